import Glibc
import TestSupport

/// Makes certificates in a temporary directory by the `openssl` program, and serves TLS with them.
final class OpenSSLCommand {
    struct Failed: Error { let arguments: [String] }

    let directory: String
    private var servers: [ConnectedProgram] = []

    init() throws {
        var template = Array("/tmp/transfer-tls-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer {
            unsafe $0.baseAddress.flatMap { unsafe mkdtemp($0) } != nil
        }
        guard made else { throw Failed(arguments: ["mkdtemp"]) }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        killServers()
        for name in ["ca", "other", "server", "stranger", "client"] {
            for kind in ["pem", "key"] { unsafe unlink(path("\(name).\(kind)")) }
        }
        unsafe rmdir(directory)
    }

    func killServers() {
        for server in servers { server.stop() }
        servers.removeAll()
    }

    func path(_ name: String) -> String { "\(directory)/\(name)" }

    /// Makes `name.pem` and `name.key`, signed by `authority` or by itself.
    func certificate(
        _ name: String, subject: String, names: String = "DNS:localhost", signedBy authority: String? = nil
    )
        throws
    {
        var arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-keyout", path("\(name).key"), "-out", path("\(name).pem"), "-subj", "/CN=\(subject)",
            "-addext", "subjectAltName=\(names)",
        ]
        if let authority {
            arguments += ["-CA", path("\(authority).pem"), "-CAkey", path("\(authority).key")]
            arguments += ["-addext", "basicConstraints=critical,CA:FALSE"]
        }
        let outcome = try ConnectedProgram.run(["openssl"] + arguments)
        guard outcome.code == 0 else { throw Failed(arguments: arguments) }
    }

    /// Serves a page on a port of 127.0.0.1 with the certificate `name`, and returns the port.
    func serve(_ name: String, demandingCertificateOf authority: String? = nil) throws -> Int {
        var arguments = ["s_server", "-accept", "127.0.0.1:0", "-www"]
        arguments += ["-cert", path("\(name).pem"), "-key", path("\(name).key")]
        if let authority {
            arguments += ["-Verify", "1", "-verify_return_error", "-CAfile", path("\(authority).pem")]
        }
        return try portOfServer(["openssl"] + arguments)
    }

    /// Answers requests of HTTP/1.1 over TLS on a port of 127.0.0.1, and returns the port.
    func serveEchoes(_ name: String) throws -> Int {
        try portOfServer(["python3", "-c", Self.echoes, path("\(name).pem"), path("\(name).key")])
    }

    /// A path says what happens: `/echo`, `/bye` (the answer, and goodbye), `/end` and `/cut` (a body without length, with
    /// and without goodbye). Each answer says on which connection it is, and how that came about.
    private static let echoes = """
        import socket, ssl, sys, threading
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        context.set_alpn_protocols(["h2", "http/1.1"])
        def serve(plain, number):
            try:
                connection = context.wrap_socket(plain, server_side=True)
                reader = connection.makefile("rb")
                while line := reader.readline():
                    length = 0
                    while (field := reader.readline()) not in (b"\\r\\n", b""):
                        if field.lower().startswith(b"content-length:"):
                            length = int(field[15:])
                    body = reader.read(length)
                    path = line.split()[1]
                    if path in (b"/end", b"/cut"):
                        connection.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\nto the end")
                    else:
                        facts = f"{number} {connection.session_reused} {connection.selected_alpn_protocol()}"
                        head = f"HTTP/1.1 200 OK\\r\\nContent-Length: {length}\\r\\nX-Connection: {facts}\\r\\n\\r\\n"
                        connection.sendall(head.encode() + body)
                    if path in (b"/bye", b"/end"):
                        connection.unwrap()
                    if path != b"/echo":
                        break
                reader.close()
                connection.close()
            except OSError:
                pass
        listener = socket.create_server(("127.0.0.1", 0))
        print("ACCEPT 127.0.0.1:%d" % listener.getsockname()[1], flush=True)
        number = 0
        while True:
            plain, _ = listener.accept()
            number += 1
            threading.Thread(target=serve, args=(plain, number), daemon=True).start()
        """

    /// Starts a server, and waits until it says where it listens.
    private func portOfServer(_ command: [String]) throws -> Int {
        let server = try ConnectedProgram(command)
        servers.append(server)
        while case let line = try server.line(), !line.isEmpty {
            if line.hasPrefix("ACCEPT"), let port = line.split(separator: ":").last.flatMap({ Int($0) }) { return port }
        }
        throw Failed(arguments: command)
    }
}
