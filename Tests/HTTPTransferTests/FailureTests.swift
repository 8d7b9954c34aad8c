import EventLoop
import HTTPMessages
import HTTPTransfer
import TestSupport
import Testing

extension TransferTests {
    /// What a server does wrong, and what the client makes of it.
    @Suite struct FailureTests {
        private func failureOfGet(
            settings: HTTPClientSettings = HTTPClientSettings(), bodyLimit: Int = 1000,
            script: @escaping ScriptedServer.Script, _ check: @escaping @Sendable (TransferError) -> Void
        ) async throws {
            try await withServer(settings: settings, script: script) { client, server in
                let request = OutboundRequest(
                    method: .get, url: "http://user:secret@127.0.0.1:\(server.port)/path?key=secret")
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(request, bodyLimit: bodyLimit)
                }
                check(error)
                #expect(error.url == "http://127.0.0.1:\(server.port)/path")
                #expect(!"\(error)".contains("secret"))
            }
        }

        @Test(arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello",
        ])
        func aBodyThatEndsEarlyIsTruncated(response: String) async throws {
            let script: ScriptedServer.Script = { connection in
                _ = try await connection.request()
                try await connection.send(response)
            }
            try await failureOfGet(script: script) { error in
                #expect(error.kind == .truncated)
                #expect(!error.isBeforeRequestSent)
            }
            try await withServer(script: script) { client, server in
                let stream = try await client.open(OutboundRequest(method: .get, url: server.url()))
                let error = try await failure { () throws(TransferError) in
                    while try await stream.next() != nil {}
                }
                #expect(error.kind == .truncated)
            }
        }

        @Test func aServerKilledAmidTheBodyIsTruncated() async throws {
            try await failureOfGet(
                script: { connection in
                    _ = try await connection.request()
                    try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
                    connection.reset()
                }, { #expect($0.kind == .truncated) })
        }

        @Test func aServerKilledBeforeItAnswersIsAReset() async throws {
            for isReset in [false, true] {
                try await failureOfGet(
                    script: { connection in
                        _ = try await connection.request()
                        if isReset { connection.reset() }
                    },
                    { error in
                        #expect(error.kind == .reset)
                        #expect(!error.isBeforeRequestSent)
                    })
            }
        }

        @Test func aHeadThatEndsEarlyIsNoResponse() async throws {
            try await failureOfGet(
                script: { connection in
                    _ = try await connection.request()
                    try await connection.send("HTTP/1.1 200 OK\r\nContent-Le")
                }, { #expect($0.kind == .reset || $0.kind == .protocol) })
        }

        @Test(arguments: [
            "garbage\r\n\r\n", "\u{0}\u{1}\u{2}", "HTTP/9.9 200 OK\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "<html></html>",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nabc",
        ])
        func garbageIsAProtocolError(response: String) async throws {
            try await failureOfGet(
                script: { connection in
                    _ = try await connection.request()
                    try await connection.send(response)
                }, { #expect($0.kind == .protocol, "\($0) \($0.kind)") })
        }

        @Test func aBodyBeyondTheLimitIsTooLarge() async throws {
            for framing in ["Content-Length: 1001", "Connection: close"] {
                try await failureOfGet(
                    script: { connection in
                        _ = try await connection.request()
                        try await connection.send("HTTP/1.1 200 OK\r\n\(framing)\r\n\r\n")
                        try await connection.send([UInt8](repeating: 0, count: 1001))
                        try await connection.waitUntilClosed()
                    }, { #expect($0.kind == .tooLarge) })
            }
        }

        @Test func aHeadBeyondTheLimitIsTooLarge() async throws {
            var settings = HTTPClientSettings()
            settings.maxHeaderBytes = 10_000
            try await failureOfGet(
                settings: settings,
                script: { connection in
                    _ = try await connection.request()
                    try await connection.send("HTTP/1.1 200 OK\r\n")
                    for number in 0..<1000 { try await connection.send("X-\(number): 0123456789\r\n") }
                    try await connection.waitUntilClosed()
                }, { #expect($0.kind == .tooLarge) })
        }

        @Test func nobodyListeningIsAConnectErrorBeforeTheRequest() async throws {
            let server = try ScriptedServer(on: Loops.server, script: { _ in })
            let url = server.url()
            await server.stop()
            try await withServer(script: { _ in }) { client, _ in
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(OutboundRequest(method: .post, url: url), bodyLimit: 1)
                }
                #expect(error.kind == .connect)
                #expect(error.isBeforeRequestSent)
            }
        }

        @Test func anUnknownHostIsAResolveError() async throws {
            try await withServer(script: { _ in }) { client, _ in
                let request = OutboundRequest(
                    method: .get, url: "http://no-such-host.invalid/",
                    deadlines: TransferDeadlines(connect: .seconds(20)))
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(request, bodyLimit: 1)
                }
                #expect(error.kind == .resolve)
                #expect(error.isBeforeRequestSent)
            }
        }

        @Test(arguments: [
            ("X-Bad", "a\r\nX-Injected: 1"), ("X-Bad", "a\nb"), ("X-Bad", "a\u{0}b"), ("X Bad", "a"), ("", "a"),
            ("X-Bad", "a\u{1b}[2J"), ("X-Bad", "a\u{7f}"),
            ("X\r\nY", "a"), ("Content-Length", "5"), ("transfer-encoding", "chunked"), ("Bad:", "x"),
        ])
        func headersThatBreakTheFramingAreRefused(name: String, value: String) async throws {
            try await withServer(answering: { _ in ok("x") }) { client, server in
                var headers = HTTPHeaders()
                headers.add(name, value)
                let request = OutboundRequest(
                    method: .post, url: server.url(), headers: headers, body: .bytes([1, 2, 3, 4, 5]))
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(request, bodyLimit: 10)
                }
                #expect(error.kind == .invalidRequest)
                #expect(error.isBeforeRequestSent)
                _ = try await client.send(OutboundRequest(method: .get, url: server.url()), bodyLimit: 10)
                #expect(server.requests == 1)
            }
        }

        @Test(arguments: [
            "", "/path", "127.0.0.1", "ftp://127.0.0.1/", "file:///etc/passwd", "http://a b/",
            "http://127.0.0.1/\r\nX: 1",
            "http://ex\u{e4}mple.com/", "http://",
        ])
        func whatIsNoURLIsRefused(url: String) async throws {
            try await withServer(script: { _ in }) { client, _ in
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(OutboundRequest(method: .get, url: url), bodyLimit: 10)
                }
                #expect(error.kind == .invalidRequest)
            }
        }

        @Test func aMethodThatIsNoTokenIsRefused() async throws {
            try await withServer(script: { _ in }) { client, server in
                let method = HTTPMethod(rawValue: "GET / HTTP/1.1\r\nX: 1\r\n\r\nGET")
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(OutboundRequest(method: method, url: server.url()), bodyLimit: 10)
                }
                #expect(error.kind == .invalidRequest)
            }
        }
    }

    /// A kept-alive connection that the server closes at the moment it gets the next request.
    @Suite struct RepetitionTests {
        private func withStaleConnection(
            _ body: @escaping @Sendable (HTTPClient, ScriptedServer) async throws -> Void
        ) async throws {
            let connections = Counter()
            try await withServer(script: { connection in
                let isFirst = connections.add(1) == 1
                while try await connection.request() != nil {
                    try await connection.send(ok("x"))
                    // The first connection takes its second request, and dies.
                    if isFirst, try await connection.request() != nil { return }
                }
            }) { client, server in
                _ = try await client.send(OutboundRequest(method: .get, url: server.url()), bodyLimit: 10)
                try await body(client, server)
            }
        }

        @Test func aPostIsNeverSentTwice() async throws {
            for size in [10, 100_000] {
                try await withStaleConnection { client, server in
                    let request = OutboundRequest(
                        method: .post, url: server.url(), body: .bytes([UInt8](repeating: 1, count: size)))
                    let error = try await failure { () throws(TransferError) in
                        _ = try await client.send(request, bodyLimit: 10)
                    }
                    #expect(error.kind == .reset)
                    #expect(!error.isBeforeRequestSent)
                    #expect(server.requests == 2)
                }
            }
        }

        @Test func anIdempotentRequestIsRepeatedOnce() async throws {
            try await withStaleConnection { client, server in
                let request = OutboundRequest(
                    method: .put, url: server.url(), body: .bytes([UInt8](repeating: 1, count: 100_000)))
                let response = try await client.send(request, bodyLimit: 10)
                #expect(response.status == 200)
                #expect(server.requests == 3)
                #expect(server.connections == 2)
            }
        }

        @Test func aPostIsRepeatedWhenItsCallerSaysItMayBe() async throws {
            try await withStaleConnection { client, server in
                let request = OutboundRequest(
                    method: .post, url: server.url(), body: .bytes([1]), isIdempotent: true)
                let response = try await client.send(request, bodyLimit: 10)
                #expect(response.status == 200)
                #expect(server.requests == 3)
            }
        }

        @Test func handlesStayGoodForManyRepetitions() async throws {
            let count = Counter()
            try await withServer(script: { connection in
                // Every connection answers one request and dies of its second.
                guard try await connection.request() != nil else { return }
                count.add(1)
                try await connection.send(ok("x"))
                _ = try await connection.request()
            }) { client, server in
                for _ in 0..<20 {
                    let response = try await client.send(
                        OutboundRequest(method: .get, url: server.url()), bodyLimit: 10)
                    #expect(response.status == 200)
                }
                #expect(count.value == 20)
            }
        }
    }
}
