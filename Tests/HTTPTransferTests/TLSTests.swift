import EventLoop
import HTTPMessages
import HTTPTransfer
import TestSupport
import Testing

extension TransferTests {
    /// Trust and identity, against the server of the `openssl` program.
    @Suite struct TLSTests {
        private func outcome(
            _ url: String, _ settings: HTTPClientSettings = HTTPClientSettings(), tls: ClientTLS? = nil
        ) async throws -> Result<InboundResponse, TransferError> {
            let client = HTTPClient(loops: Loops.group, settings: settings)
            let outcome = await Loops.client.run {
                await Result { () async throws(TransferError) in
                    try await client.send(OutboundRequest(method: .get, url: url, tls: tls), bodyLimit: 100_000)
                }
            }
            await client.close()
            return outcome
        }

        private func kind(of outcome: Result<InboundResponse, TransferError>) -> TransferError.Kind? {
            if case .failure(let error) = outcome { error.kind } else { nil }
        }

        @Test func onlyTheRightAuthorityAndNameAreTrusted() async throws {
            let openssl = try OpenSSLCommand()
            try openssl.certificate("ca", subject: "Test CA")
            try openssl.certificate("other", subject: "Other CA")
            try openssl.certificate("server", subject: "server", signedBy: "ca")
            let port = try openssl.serve("server")
            let right = HTTPClientSettings(caFile: openssl.path("ca.pem"))
            let wrong = HTTPClientSettings(caFile: openssl.path("other.pem"))
            let name = "https://localhost:\(port)/"

            #expect(try await outcome(name, right).get().status == 200)
            #expect(kind(of: try await outcome(name, wrong)) == .tls)
            #expect(kind(of: try await outcome(name)) == .tls)
            // The certificate is for another name.
            #expect(kind(of: try await outcome("https://127.0.0.1:\(port)/", right)) == .tls)
            // What a request brings goes before what the client has.
            let own = ClientTLS(caFile: openssl.path("ca.pem"))
            #expect(try await outcome(name, wrong, tls: own).get().status == 200)
            let missing = HTTPClientSettings(caFile: openssl.path("missing.pem"))
            #expect(kind(of: try await outcome(name, missing)) == .tls)
        }

        @Test func oneClientKeepsTheTrustOfItsRequestsApart() async throws {
            let openssl = try OpenSSLCommand()
            try openssl.certificate("ca", subject: "Test CA")
            try openssl.certificate("other", subject: "Other CA")
            try openssl.certificate("server", subject: "server", signedBy: "ca")
            let url = "https://localhost:\(try openssl.serve("server"))/"
            let client = HTTPClient(loops: Loops.group)
            let right = ClientTLS(caFile: openssl.path("ca.pem"))
            let wrong = ClientTLS(caFile: openssl.path("other.pem"))
            let kinds = await Loops.client.run {
                var kinds: [TransferError.Kind?] = []
                for tls in [right, wrong, nil, right, wrong] {
                    let outcome = await Result { () async throws(TransferError) in
                        try await client.send(OutboundRequest(method: .get, url: url, tls: tls), bodyLimit: 100_000)
                    }
                    if case .failure(let error) = outcome { kinds.append(error.kind) } else { kinds.append(nil) }
                }
                return kinds
            }
            #expect(kinds == [nil, .tls, .tls, nil, .tls])
            await client.close()
        }

        @Test func aClientCertificateIsShownWhereItIsDemanded() async throws {
            let openssl = try OpenSSLCommand()
            try openssl.certificate("ca", subject: "Test CA")
            try openssl.certificate("server", subject: "server", signedBy: "ca")
            try openssl.certificate("client", subject: "client", signedBy: "ca")
            try openssl.certificate("stranger", subject: "stranger")
            let url = "https://localhost:\(try openssl.serve("server", demandingCertificateOf: "ca"))/"
            var tls = ClientTLS(
                caFile: openssl.path("ca.pem"), certificateFile: openssl.path("client.pem"),
                keyFile: openssl.path("client.key"))
            #expect(try await outcome(url, tls: tls).get().status == 200)
            tls.certificateFile = openssl.path("stranger.pem")
            tls.keyFile = openssl.path("stranger.key")
            // In TLS 1.3 the refusal comes after the handshake, when the request is already on its way.
            #expect(try await [.tls, .reset].contains(kind(of: outcome(url, tls: tls))))
            #expect(try await [.tls, .reset].contains(kind(of: outcome(url, HTTPClientSettings(caFile: tls.caFile)))))
        }

        @Test func aServerKilledAmidAnUploadIsNoMoreThanAReset() async throws {
            let openssl = try OpenSSLCommand()
            try openssl.certificate("server", subject: "server")
            let url = "https://localhost:\(try openssl.serve("server"))/"
            let client = HTTPClient(
                loops: Loops.group, settings: HTTPClientSettings(caFile: openssl.path("server.pem")))
            let made = Counter()
            let request = OutboundRequest(
                method: .post, url: url,
                body: .stream(length: nil) {
                    made.add(1)
                    return Array(repeating: 10, count: 10_000)
                })
            let task = Task(executorPreference: Loops.client) { () -> TransferError.Kind? in
                let outcome = await Result { () async throws(TransferError) in
                    try await client.send(request, bodyLimit: 10)
                }
                if case .failure(let error) = outcome { return error.kind } else { return nil }
            }
            try await Loops.client.run { try await eventually({ made.value > 200 }, "the upload runs") }
            // What is still in flight then is written to a connection that is gone.
            openssl.killServers()
            #expect(await task.value == .reset)
            await client.close()
        }

        @Test func aServerWithoutTLSIsATLSError() async throws {
            try await withServer(script: { connection in
                try await connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                try await connection.waitUntilClosed()
            }) { client, server in
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(
                        OutboundRequest(method: .get, url: server.url(scheme: "https")), bodyLimit: 10)
                }
                #expect(error.kind == .tls)
                #expect(error.isBeforeRequestSent)
            }
        }
    }

    /// The policy at work; its rules are in `EgressPolicyTests`.
    @Suite struct EgressTests {
        @Test func aHostThatIsNotListedIsRefused() async throws {
            let settings = HTTPClientSettings(egress: .only(["127.0.0.1:1"]))
            try await withServer(settings: settings, answering: { _ in ok("x") }) { client, server in
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(OutboundRequest(method: .get, url: server.url()), bodyLimit: 10)
                }
                #expect(error.kind == .refusedByPolicy)
                #expect(server.connections == 0)
            }
        }

        @Test func aListedHostIsReached() async throws {
            let server = try ScriptedServer(on: Loops.server, answering: { _ in ok("x") })
            let settings = HTTPClientSettings(egress: .only(["127.0.0.1:\(server.port)"]))
            try await withServer(settings: settings, server) { client, server in
                let response = try await client.send(OutboundRequest(method: .get, url: server.url()), bodyLimit: 10)
                #expect(response.status == 200)
            }
        }

        @Test(arguments: [
            "http://169.254.169.254/latest/meta-data/", "http://0xa9fea9fe/", "http://2852039166/",
            "http://[::ffff:169.254.169.254]/", "http://[fd00:ec2::254]/", "http://[fe80::1]/",
        ])
        func aMetadataAddressIsRefusedHoweverItIsWritten(url: String) async throws {
            try await withServer(script: { _ in }) { client, _ in
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(OutboundRequest(method: .get, url: url), bodyLimit: 10)
                }
                #expect(error.kind == .refusedByPolicy)
                #expect(error.isBeforeRequestSent)
            }
        }
    }
}
