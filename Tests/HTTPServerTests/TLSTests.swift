import EventLoop
import Glibc
import HTTPMessages
import HTTPServer
import Testing

extension HTTPServerTests {
    @Suite struct TLS {
        @Test func requestsAndStreamsGoThroughTLS() async throws {
            let files = try await CertificateFiles()
            try await withServer(HTTPListenerSettings(tls: files.identity)) { request in
                switch request.path {
                case "/large": HTTPResponse(status: 200, body: .bytes(patterned(3_000_000)))
                case "/stream":
                    HTTPResponse(
                        status: 200,
                        body: .stream { writer in
                            for number in 0..<100 {
                                try await writer.write([UInt8]("part \(number)\n".utf8))
                                if number % 10 == 0 { await pause(.milliseconds(1)) }
                            }
                        })
                case "/echo": await echo(request)
                default: .text("\(request.isSecure) \(request.headers["host"] ?? "-")")
                }
            } _: { server in
                let base = "https://localhost:\(server.port)"
                let plain = try await files.curl([base + "/"])
                #expect(plain.output == "true localhost:\(server.port)")
                // Two requests on one connection.
                let twice = try await files.curl([base + "/", base + "/", "-w", "%{num_connects} "])
                #expect(twice.output.contains("1 ") && twice.output.contains("0 "))
                let large = try await files.curl([base + "/large", "-o", "/dev/null", "-w", "%{size_download}"])
                #expect(large.output == "3000000")
                let stream = try await files.curl([base + "/stream"])
                #expect(stream.output == (0..<100).map { "part \($0)\n" }.joined())
                let body = String(repeating: "0123456789", count: 6000)
                let upload = try await files.curl(
                    [base + "/echo", "--data-binary", "@-", "-H", "Expect: 100-continue"], input: body)
                #expect(upload.output == body)
                let chunked = try await files.curl(
                    [base + "/echo", "--data-binary", "@-", "-H", "Transfer-Encoding: chunked"], input: body)
                #expect(chunked.output == body)
            }
        }

        @Test func onlyTLS12AndNewerIsSpoken() async throws {
            let files = try await CertificateFiles()
            try await withServer(HTTPListenerSettings(tls: files.identity), handler: echo) { server in
                for (version, isSpoken) in [("-tls1_3", true), ("-tls1_2", true), ("-tls1_1", false)] {
                    let result = try await Command.run(
                        [
                            "openssl", "s_client", "-connect", "127.0.0.1:\(server.port)", version, "-cipher",
                            "DEFAULT@SECLEVEL=0", "-CAfile", files.certificate, "-verify_return_error",
                        ], input: "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    #expect(result.output.contains("Cipher is (NONE)") == !isSpoken, "\(version)")
                }
            }
        }

        @Test func sessionsAreResumed() async throws {
            let files = try await CertificateFiles()
            try await withServer(HTTPListenerSettings(tls: files.identity), handler: echo) { server in
                let result = try await Command.run(
                    ["openssl", "s_client", "-connect", "127.0.0.1:\(server.port)", "-tls1_2", "-reconnect"])
                #expect(result.output.contains("Reused, TLSv1.2"))
            }
        }

        @Test func plainHTTPOnATLSPortIsCutOff() async throws {
            let files = try await CertificateFiles()
            try await withServer(HTTPListenerSettings(tls: files.identity), handler: echo) { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/")
                _ = try await client.readToEnd()
                #expect(try await eventually { server.openConnections == 0 })
                let good = try await files.curl(["https://localhost:\(server.port)/"])
                #expect(good.status == 0)
            }
        }

        @Test func aHandshakeThatDoesNotEndIsCutOff() async throws {
            let files = try await CertificateFiles()
            var settings = HTTPListenerSettings(tls: files.identity)
            settings.limits.headerTimeout = .milliseconds(300)
            try await withServer(settings, handler: echo) { server in
                let client = try await TestClient(port: server.port)
                try await client.send([0x16, 0x03, 0x01])
                let elapsed = try await milliseconds { _ = try await client.readToEnd() }
                #expect((200..<1200).contains(elapsed))
            }
        }

        @Test func theHandlerIsCancelledWhenATLSClientLeaves() async throws {
            let files = try await CertificateFiles()
            let cancelled = Noted(false)
            try await withServer(HTTPListenerSettings(tls: files.identity)) { _ in
                await pause(.seconds(20))
                cancelled.value = Task.isCancelled
                return .text("")
            } _: { server in
                let result = try await files.curl(["https://localhost:\(server.port)/", "--max-time", "0.3"])
                #expect(result.status != 0)
                #expect(try await eventually(within: .seconds(1)) { cancelled.value })
            }
        }

        @Test func anotherCertificateIsUsedAfterAReload() async throws {
            let first = try await CertificateFiles()
            let second = try await CertificateFiles()
            try await withServer(HTTPListenerSettings(tls: first.identity), handler: echo) { server in
                let url = "https://localhost:\(server.port)/"
                #expect(try await first.curl([url]).status == 0)
                try await server.reload(second.identity)
                #expect(try await first.curl([url]).status != 0)
                #expect(try await second.curl([url]).status == 0)
                await #expect(throws: HTTPListenerError.badIdentity) {
                    try await server.reload(TLSIdentity(certificatePEM: "no", keyPEM: "no"))
                }
                #expect(try await second.curl([url]).status == 0)
            }
        }

        @Test func aKeyOfAnotherCertificateIsAnError() async throws {
            let first = try await CertificateFiles()
            let second = try await CertificateFiles()
            let identity = TLSIdentity(
                certificatePEM: first.identity.certificatePEM, keyPEM: second.identity.keyPEM)
            let loops = LoopGroup(count: 1, name: "bad")
            let listener = HTTPListener(settings: HTTPListenerSettings(tls: identity), loops: loops, handler: echo)
            await #expect(throws: HTTPListenerError.badIdentity) { try await listener.start() }
            await loops.shutdown()
        }
    }
}

/// A self-signed ECDSA certificate for localhost, in files that go with it.
final class CertificateFiles: Sendable {
    let identity: TLSIdentity
    let certificate: String
    private let key: String

    init() async throws {
        var template = Array("/tmp/http-server-tls-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw SystemError.last("mkdtemp") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        certificate = folder + "/certificate.pem"
        key = folder + "/key.pem"
        let made = try await Command.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out",
            certificate,
        ])
        guard made.status == 0 else { throw ClientFailure(description: made.output) }
        identity = TLSIdentity(
            certificatePEM: try await Command.run(["cat", certificate]).output,
            keyPEM: try await Command.run(["cat", key]).output)
    }

    deinit {
        unsafe unlink(certificate)
        unsafe unlink(key)
        unsafe rmdir(String(certificate.dropLast("/certificate.pem".count)))
    }

    /// Runs curl, which trusts this certificate only.
    func curl(_ arguments: [String], input: String = "") async throws -> CommandResult {
        try await Command.run(
            ["curl", "--silent", "--cacert", certificate, "--max-time", "10"] + arguments, input: input)
    }
}
