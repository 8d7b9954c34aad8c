import EventLoop
import Glibc
import HTTPMessages
import HTTPServer
import Testing

extension HTTPServerTests {
    @Suite struct Streaming {
        @Test func everyPieceLeavesAtOnce() async throws {
            let gate = Noted(0)
            try await withServer { _ in
                HTTPResponse(
                    status: 200, headers: ["content-type": "text/event-stream"],
                    body: .stream { writer in
                        for number in 1...3 {
                            while gate.value < number { await pause(.milliseconds(1)) }
                            try await writer.write([UInt8]("event \(number)\n".utf8))
                        }
                    })
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/")
                // The head comes although there is nothing to send yet.
                #expect(try await client.readHead().headers["content-type"] == "text/event-stream")
                for number in 1...3 {
                    gate.value = number
                    let elapsed = try await milliseconds {
                        let chunk = try await client.readChunk()
                        #expect(chunk == [UInt8]("event \(number)\n".utf8))
                    }
                    #expect(elapsed < 100)
                }
                #expect(try await client.readChunk() == [])
                try await client.get("/")
                #expect(try await client.readHead().status == 200)
            }
        }

        /// Both timers are late: the one that sends the last piece, and behind it that which looks for clients that do not read.
        @Test func whatWaitsForTheEndOfATurnIsNotWhatAClientHasNotRead() async throws {
            var settings = HTTPListenerSettings()
            settings.limits.idleTimeout = .milliseconds(80)
            try await withServer(settings) { _ in
                HTTPResponse(
                    status: 200,
                    body: .stream { writer in
                        await withCheckedContinuation { sent in
                            _ = Loop.current?.after(.zero) {
                                _ = writer.send(last: [UInt8]("whole".utf8).span)
                                sent.resume()
                            }
                            let end = ContinuousClock.now + .milliseconds(50)
                            while ContinuousClock.now < end {}
                        }
                    })
            } _: { server in
                let client = try await TestClient(port: server.port)
                for _ in 0..<5 {
                    try await client.get("/")
                    #expect(try await client.readHead().status == 200)
                    #expect(try await client.readChunk() == [UInt8]("whole".utf8))
                    #expect(try await client.readChunk() == [])
                }
            }
        }

        @Test func aClientThatDoesNotReadHoldsTheWriterUp() async throws {
            let written = Noted(0)
            let piece = [UInt8](repeating: 7, count: 16 * 1024)
            try await withServer { _ in
                HTTPResponse(
                    status: 200,
                    body: .stream { writer in
                        for _ in 0..<2000 {
                            try await writer.write(piece)
                            written.with { $0 += 1 }
                        }
                    })
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/")
                var before = -1
                while written.value != before {
                    before = written.value
                    await pause(.milliseconds(100))
                }
                // Stuck: the rest is in the kernel's buffers.
                #expect(before < 1900)
                let response = try await client.readResponse()
                #expect(response.body.count == 2000 * piece.count)
                #expect(written.value == 2000)
            }
        }

        @Test func aClientThatDoesNotReadCostsTheSystemLittle() async throws {
            let taken = Noted(0)
            let isFull = Noted(false)
            let piece = [UInt8](repeating: 7, count: 16 * 1024)
            try await withServer { _ in
                HTTPResponse(
                    status: 200,
                    body: .stream { writer in
                        while writer.send(piece.span), taken.value < 32 << 20 { taken.with { $0 += piece.count } }
                        isFull.value = true
                        try await writer.room()
                    })
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/")
                while !isFull.value { await pause(.milliseconds(1)) }
                _ = try await client.readResponse()
                // What the client's side has room for, and of what waits here a part.
                #expect(taken.value < 1 << 20)
            }
        }

        @Test func aStreamThatFailsIsSeenToBeCutOff() async throws {
            try await withServer { request in
                HTTPResponse(
                    status: 200,
                    body: .stream { writer in
                        try await writer.write([1, 2, 3])
                        await pause(.milliseconds(20))
                        throw ClientFailure(description: "no more")
                    })
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/")
                await #expect(throws: ClientFailure.self) { try await client.readResponse() }
                // To whom only the end of the connection tells that of the body.
                let old = try await TestClient(port: server.port)
                try await old.send("GET / HTTP/1.0\r\n\r\n")
                await #expect(throws: (any Error).self) { try await old.readResponse() }
            }
        }

        @Test func anAnnouncedLengthIsKept() async throws {
            try await withServer { request in
                HTTPResponse(
                    status: 200, headers: ["content-length": "100000"],
                    body: .stream { writer in
                        for _ in 0..<100 { try await writer.write([UInt8](repeating: 9, count: 1000)) }
                    })
            } _: { server in
                let client = try await TestClient(port: server.port)
                for _ in 0..<2 {
                    try await client.get("/")
                    let response = try await client.readResponse()
                    #expect(response.headers["transfer-encoding"] == nil)
                    #expect(response.body.count == 100_000)
                }
            }
        }

        @Test(arguments: ["HEAD", "GET"]) func aStreamIsNotProducedWhereNoBodyMayFollow(_ method: String) async throws {
            let produced = Noted(false)
            try await withServer { _ in
                HTTPResponse(
                    status: method == "HEAD" ? 200 : 304, headers: ["etag": "1"],
                    body: .stream { _ in produced.value = true })
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.send("\(method) / HTTP/1.1\r\nHost: test\r\n\r\n")
                #expect(try await client.readResponse(toHead: true).headers["etag"] == "1")
                #expect(try await client.readToEnd() == [])
            }
            #expect(!produced.value)
        }

        @Test(arguments: [5, 10]) func theBodyCannotBeReadAfterTheAnswer(_ arrived: Int) async throws {
            let failure = Noted<(any Error)?>(nil)
            try await withServer { request in
                HTTPResponse(
                    status: 200,
                    body: .stream { writer in
                        do {
                            while let chunk = try await request.body.next() { try await writer.write(chunk) }
                        } catch {
                            failure.value = error
                            throw error
                        }
                    })
            } _: { server in
                // Half of the body, or all of it.
                let client = try await TestClient(port: server.port)
                let body = String(repeating: "x", count: arrived)
                try await client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n\(body)")
                #expect(try await eventually { failure.value as? HTTPBodyError == .clientGone })
            }
        }

        @Test func aThousandStreamsRunAtOnce() async throws {
            let count = 1000
            let rounds = 5
            try await withServer { _ in
                HTTPResponse(
                    status: 200,
                    body: .stream { writer in
                        for round in 0..<rounds {
                            try await writer.write([UInt8]("data: \(round)\n\n".utf8))
                            try await Loop.current?.sleep(for: .milliseconds(200))
                        }
                    })
            } _: { server in
                var clients: [TestClient] = []
                for _ in 0..<count { clients.append(try await TestClient(port: server.port)) }
                for client in clients { try await client.get("/") }
                // A connection is made before the server has accepted it.
                #expect(try await eventually { server.openConnections == count })
                for client in clients {
                    let response = try await client.readResponse()
                    #expect(response.text == (0..<rounds).map { "data: \($0)\n\n" }.joined())
                }
            }
        }
    }
}
