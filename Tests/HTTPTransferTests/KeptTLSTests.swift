import EventLoop
import HTTPMessages
import HTTPTransfer
import TestSupport
import Testing

extension TransferTests {
    /// Several requests over one TLS connection, and its end.
    @Suite struct KeptTLSTests {
        private func withTLSServer(
            _ body: @escaping @Sendable (HTTPClient, _ url: String) async throws -> Void
        ) async throws {
            let openssl = try OpenSSLCommand()
            try openssl.certificate("server", subject: "server")
            let url = "https://localhost:\(try openssl.serveEchoes("server"))"
            let client = HTTPClient(
                loops: Loops.group, settings: HTTPClientSettings(caFile: openssl.path("server.pem")))
            let outcome = await Loops.client.run {
                do {
                    try await body(client, url)
                    return Result<Void, any Error>.success(())
                } catch {
                    return .failure(error)
                }
            }
            await client.close()
            try outcome.get()
        }

        @Test func requestsInARowShareOneConnection() async throws {
            try await withTLSServer { client, url in
                for size in [0, 1, 16_000, 16_384, 16_385, 3_000_000, 5] {
                    let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                    let request = OutboundRequest(method: .post, url: url + "/echo", body: .bytes(body))
                    let response = try await client.send(request, bodyLimit: 4_000_000)
                    #expect(response.body == body)
                    #expect(response.headers["x-connection"] == "1 False http/1.1")
                }
            }
        }

        @Test func aStreamPassesASlowReader() async throws {
            try await withTLSServer { client, url in
                let total = 3_000_000
                let pieces = Counter()
                let request = OutboundRequest(
                    method: .post, url: url + "/echo",
                    body: .stream(length: total) {
                        pieces.add(1)
                        return [UInt8](repeating: 7, count: 100_000)
                    })
                let stream = try await client.open(request)
                try await Loops.client.sleep(for: .milliseconds(50))
                #expect(try await stream.collect(upTo: total).count == total)
                #expect(pieces.value == 30)
            }
        }

        @Test func theNextConnectionResumesTheSession() async throws {
            try await withTLSServer { client, url in
                for expected in ["1 False http/1.1", "2 True http/1.1", "3 True http/1.1"] {
                    let response = try await client.send(
                        OutboundRequest(method: .get, url: url + "/bye"), bodyLimit: 100)
                    #expect(response.headers["x-connection"] == expected)
                    // The goodbye that comes behind the response ends the idle connection.
                    try await Loops.client.sleep(for: .milliseconds(50))
                }
            }
        }

        @Test func onlyAGoodbyeEndsABodyWithoutALength() async throws {
            try await withTLSServer { client, url in
                let whole = try await client.send(OutboundRequest(method: .get, url: url + "/end"), bodyLimit: 100)
                #expect(whole.text == "to the end")
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(OutboundRequest(method: .get, url: url + "/cut"), bodyLimit: 100)
                }
                #expect(error.kind == .truncated)
            }
        }
    }
}
