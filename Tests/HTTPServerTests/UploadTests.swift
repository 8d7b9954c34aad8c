import EventLoop
import HTTPMessages
import Testing

@testable import HTTPServer

extension HTTPServerTests {
    @Suite struct Uploads {
        @Test func aSlowReaderOfALargeUploadBoundsWhatIsBuffered() async throws {
            let sent = patterned(10_000_000)
            let most = Noted(0)
            try await withServer { request in
                var whole: [UInt8] = []
                do {
                    while let chunk = try await request.body.next() {
                        whole += chunk
                        let buffered = request.body.stream?.buffered ?? 0
                        most.with { $0 = max($0, buffered) }
                        if whole.count % 8 == 0 { await pause(.milliseconds(1)) }
                    }
                } catch {
                    return .text("\(error)", status: 400)
                }
                return .text(whole == sent ? "same" : "different")
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.post("/", sent)
                #expect(try await client.readResponse().text == "same")
            }
            // The mark, and one buffer of the library.
            #expect(most.value > 0)
            #expect(most.value <= BodyStream.highWaterMark + 32 * 1024)
        }

        @Test func chunkedUploadsArriveWhole() async throws {
            try await withServer(handler: echo) { server in
                let client = try await TestClient(port: server.port)
                for count in [1, 3, 400] {
                    try await client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n")
                    var expected: [UInt8] = []
                    for number in 0..<count {
                        let chunk = patterned(number * 7 + 1)
                        expected += chunk
                        try await client.send("\(String(chunk.count, radix: 16));ext=\"1\"\r\n")
                        try await client.send(chunk + [13, 10])
                    }
                    try await client.send("0\r\nTrailer: x\r\n\r\n")
                    let response = try await client.readResponse()
                    #expect(response.status == 200)
                    #expect(response.body == expected)
                }
            }
        }

        @Test func aBodyThatIsExpectedToBeAskedForIsAskedFor() async throws {
            try await withServer(handler: echo) { server in
                let client = try await TestClient(port: server.port)
                try await client.send(
                    "POST / HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
                #expect(try await client.readHead().status == 100)
                try await client.send("hello")
                #expect(try await client.readResponse().text == "hello")
                try await client.get("/")
                #expect(try await client.readResponse().status == 200)
            }
        }

        @Test func aRefusedBodyIsNotAskedFor() async throws {
            try await withServer { _ in
                .text("who are you?", status: 401)
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.send(
                    "POST / HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
                let head = try await client.readHead()
                #expect(head.status == 401)
                #expect(head.headers["connection"] == "close")
            }
        }

        @Test func anAnnouncedBodyOverTheLimitIsRefusedBeforeItComes() async throws {
            let handled = Noted(false)
            try await withServer(small(body: 1000)) { _ in
                handled.value = true
                return .text("")
            } _: { server in
                for expectation in ["", "Expect: 100-continue\r\n"] {
                    let client = try await TestClient(port: server.port)
                    try await client.send("POST / HTTP/1.1\r\nHost: test\r\n\(expectation)Content-Length: 1001\r\n\r\n")
                    let response = try await client.readResponse()
                    #expect(response.status == 413)
                    #expect(response.text.contains(#""code":"content_too_large""#))
                    #expect(response.headers["content-type"] == "application/problem+json")
                }
            }
            #expect(!handled.value)
        }

        @Test func theRefusalIsTheOneThatWasGiven() async throws {
            try await withServer(
                small(body: 10), refusal: { .text("\($0.rawValue)!", status: $0.status) }, handler: echo
            ) { server in
                let client = try await TestClient(port: server.port)
                try await client.post("/", patterned(11))
                let response = try await client.readResponse()
                #expect(response.status == 413)
                #expect(response.text == "content_too_large!")
            }
        }

        @Test func aChunkedBodyOverTheLimitIsRefused() async throws {
            try await withServer(small(body: 100_000), handler: echo) { server in
                let client = try await TestClient(port: server.port)
                try await client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n")
                let chunk = Array("4000\r\n".utf8) + [UInt8](repeating: 1, count: 0x4000) + [13, 10]
                // The server stops reading at some point; what counts is that its answer is not lost.
                let reading = try await readingWhile(client) {
                    for _ in 0..<2000 { try await client.send(chunk) }
                }
                #expect(reading.status == 413)
                #expect(reading.headers["connection"] == "close")
            }
        }

        @Test func aSmallUnreadBodyDoesNotCostTheConnection() async throws {
            try await withServer { _ in
                .text("no", status: 403)
            } _: { server in
                let client = try await TestClient(port: server.port)
                for _ in 0..<3 {
                    try await client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 20000\r\n\r\n")
                    await pause(.milliseconds(20))
                    try await client.send(patterned(20_000))
                    let response = try await client.readResponse()
                    #expect(response.status == 403)
                    #expect(response.headers["connection"] == nil)
                }
            }
        }

        @Test func aLargeUnreadBodyIsCutOffButTheAnswerArrives() async throws {
            try await withServer { _ in
                .text("no", status: 403)
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 8000000\r\n\r\n")
                let body = patterned(8_000_000)
                let response = try await readingWhile(client) { try await client.send(body) }
                #expect(response.status == 403)
                #expect(response.headers["connection"] == "close")
            }
        }

        @Test func anAnswerInTheMiddleOfALargeBodyArrives() async throws {
            try await withServer { request in
                do {
                    _ = try await request.body.next()
                } catch {
                    return .text("\(error)", status: 400)
                }
                return .text("enough", status: 422)
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 8000000\r\n\r\n")
                let body = patterned(8_000_000)
                let response = try await readingWhile(client) { try await client.send(body) }
                #expect(response.status == 422)
                #expect(response.text == "enough")
                #expect(response.headers["date"] != nil)
                #expect(response.headers["connection"] == "close")
            }
        }

        @Test func collectingMoreThanAllowedThrowsBeforeReading() async throws {
            try await withServer { request in
                do {
                    return .text("\(try await request.body.collect(upTo: 10).count)")
                } catch {
                    return .text("\(error)", status: 413)
                }
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.post("/", patterned(10))
                #expect(try await client.readResponse().text == "10")
                try await client.post("/", patterned(11))
                #expect(try await client.readResponse().text == "the request body is longer than 10 bytes")
                try await client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n")
                try await client.send("b\r\nhello world\r\n0\r\n\r\n")
                #expect(try await client.readResponse().status == 413)
            }
        }

        @Test func aBodyThatComesTooSlowlyIsRefused() async throws {
            var settings = HTTPListenerSettings()
            settings.limits.bodyMinimumRate = 1000
            settings.limits.bodyRateWindow = .milliseconds(300)
            let failure = Noted<HTTPBodyError?>(nil)
            try await withServer(settings) { request in
                do throws(HTTPBodyError) {
                    let body = try await request.body.collect(upTo: 1000)
                    return .text("\(body.count)")
                } catch {
                    failure.value = error
                    return .text("\(error)", status: 400)
                }
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n")
                let elapsed = try await milliseconds {
                    let response = try await readingWhile(client) {
                        for _ in 0..<200 {
                            try await client.send("x")
                            await pause(.milliseconds(20))
                        }
                    }
                    #expect(response.status == 408)
                }
                #expect(elapsed < 1500)
            }
            #expect(failure.value == .timedOut)
        }

        private func small(body: Int) -> HTTPListenerSettings {
            var settings = HTTPListenerSettings()
            settings.limits.bodyBytes = body
            return settings
        }
    }
}

/// Reads the response while `sending` runs; that it may fail is the point of being cut off.
func readingWhile(_ client: TestClient, _ sending: @escaping @Sendable () async throws -> Void) async throws -> Received
{
    let sender = Loop.current?.spawn {
        do {
            try await sending()
        } catch {
            return
        }
    }
    defer { sender?.cancel() }
    return try await client.readResponse()
}
