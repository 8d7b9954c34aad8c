import Cryptography
import Foundation
import Testing

@Suite struct TLSChannelTests {
    /// Echoes lines in capitals on each connection; says goodbye after `bye`, and just closes after `cut`.
    private static let server = """
        import os, socket, ssl, sys, threading
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        if len(sys.argv) > 3:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(sys.argv[3])
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        while True:
            plain, _ = listener.accept()
            try:
                connection = context.wrap_socket(plain, server_side=True)
                for line in connection.makefile("rb"):
                    if line == b"cut\\n":
                        break
                    if line == b"bye\\n":
                        connection.unwrap()
                        break
                    connection.sendall(line.upper())
            except (OSError, ssl.SSLError):
                pass
            finally:
                plain.close()
                connection = None
        """

    private let directory: TemporaryDirectory
    private let authority: CertificateAuthority
    private let peer: PythonPeer
    private let port: UInt16

    init() throws {
        try self.init(requiringClients: false)
    }

    private init(requiringClients: Bool) throws {
        directory = try TemporaryDirectory()
        authority = try CertificateAuthority.generate(commonName: "Root", now: testTime)
        let server = try authority.issue(for: ["localhost", "127.0.0.1"], now: testTime)
        var arguments = [
            try directory.write(server.certificatePEM, "server.pem"),
            try directory.write(server.privateKeyPEM, "server.key"),
        ]
        if requiringClients { arguments.append(try directory.write(authority.root.certificatePEM, "root.pem")) }
        peer = try PythonPeer(Self.server, arguments)
        port = try #require(UInt16(try peer.line()))
    }

    private func connect(_ host: String, roots: String?, credentials: TLSCredentials? = nil) throws -> BlockingTLS {
        let context = try TLSClientContext(rootsPEM: roots, credentials: credentials)
        return try BlockingTLS(channel: context.channel(to: host), port: port)
    }

    @Test(arguments: ["localhost", "127.0.0.1"]) func dataGoesBothWays(_ host: String) throws {
        defer { peer.stop() }
        let connection = try connect(host, roots: authority.root.certificatePEM)
        try connection.handshake()
        try connection.send("hello\n")
        #expect(try connection.receive(6) == "HELLO\n")
        let long = String(repeating: "x", count: 200_000) + "\n"
        try connection.send(long)
        #expect(try connection.receive(200_001) == long.uppercased())
        try connection.send("bye\n")
        #expect(try connection.receive(1).isEmpty)
        #expect(connection.channel.isClosedByPeer)
    }

    @Test func aCutConnectionIsNoGoodbye() throws {
        defer { peer.stop() }
        let connection = try connect("localhost", roots: authority.root.certificatePEM)
        try connection.handshake()
        try connection.send("cut\n")
        #expect(try connection.receive(1).isEmpty)
        #expect(!connection.channel.isClosedByPeer)
    }

    @Test func strangersAndWrongNamesAreRefused() throws {
        defer { peer.stop() }
        let stranger = try CertificateAuthority.generate(commonName: "Stranger", now: testTime)
        let error = #expect(throws: CryptographyError.self) {
            try connect("localhost", roots: stranger.root.certificatePEM).handshake()
        }
        #expect(error?.kind == .authenticationFailed)
        let name = #expect(throws: CryptographyError.self) {
            try connect("other.test", roots: authority.root.certificatePEM).handshake()
        }
        #expect(name?.description.contains("hostname mismatch") == true)
        #expect(throws: CryptographyError.self) { try connect("localhost", roots: nil).handshake() }
        #expect(throws: CryptographyError.self) { try TLSClientContext(rootsPEM: "no certificate") }
    }

    @Test func aClientShowsItsCertificate() throws {
        peer.stop()
        let strict = try TLSChannelTests(requiringClients: true)
        defer { strict.peer.stop() }
        let roots = strict.authority.root.certificatePEM
        let mine = try strict.authority.issue(for: ["client"], usage: .client, now: testTime)
        let connection = try strict.connect("localhost", roots: roots, credentials: mine)
        try connection.handshake()
        try connection.send("hello\n")
        #expect(try connection.receive(6) == "HELLO\n")
        try connection.send("cut\n")
        // With TLS 1.3 a server's refusal comes after the client's handshake.
        #expect(throws: CryptographyError.self) {
            let bare = try strict.connect("localhost", roots: roots)
            try bare.handshake()
            try bare.send("hello\n")
            _ = try bare.receive(6)
        }
    }
}

/// A blocking socket around a channel.
private final class BlockingTLS {
    let channel: TLSChannel
    private let socket: Int32

    init(channel: TLSChannel, port: UInt16) throws {
        self.channel = channel
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(connected == 0)
    }

    deinit { close(socket) }

    func handshake() throws {
        while true {
            let isComplete: Bool
            do {
                isComplete = try channel.handshake()
            } catch {
                flush()
                throw error
            }
            flush()
            if isComplete { return }
            let isOpen = try fill()
            try #require(isOpen)
        }
    }

    func send(_ text: String) throws {
        try channel.write(Array(text.utf8))
        flush()
    }

    /// Fewer bytes than asked for at the end.
    func receive(_ count: Int) throws -> String {
        var bytes: [UInt8] = []
        while bytes.count < count, !channel.isClosedByPeer {
            bytes += try channel.read(limit: count - bytes.count)
            if bytes.count < count, !channel.isClosedByPeer, try !fill() { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func flush() {
        let output = channel.takeOutput()
        var sent = 0
        while sent < output.count {
            let count = unsafe output[sent...].withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    private func fill() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = unsafe recv(socket, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        try channel.feed(buffer[..<count])
        return true
    }
}
