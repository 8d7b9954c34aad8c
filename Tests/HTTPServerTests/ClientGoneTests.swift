import EventLoop
import Glibc
import HTTPMessages
import HTTPServer
import Testing

extension HTTPServerTests {
    @Suite struct GoneClients {
        /// How a client may leave.
        enum Leaving: CaseIterable, Sendable {
            case close, reset
        }

        @Test(arguments: Leaving.allCases) func theHandlerIsCancelled(_ leaving: Leaving) async throws {
            let started = Noted(false)
            let cancelled = Noted(false)
            try await withServer { _ in
                started.value = true
                await pause(.seconds(20))
                cancelled.value = Task.isCancelled
                return .text("nobody reads this")
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/")
                #expect(try await eventually { started.value })
                leave(client, leaving)
                #expect(try await eventually(within: .seconds(1)) { cancelled.value })
                #expect(try await eventually(within: .seconds(1)) { server.openConnections == 0 })
            }
        }

        @Test func theHandlerIsCancelledWhenAUnixSocketCloses() async throws {
            let path = "/tmp/http-server-gone-\(getpid()).sock"
            let cancelled = Noted(false)
            try await withServer(HTTPListenerSettings(unixSocketPath: path)) { _ in
                await pause(.seconds(20))
                cancelled.value = Task.isCancelled
                return .text("")
            } _: { server in
                let client = try await TestClient(path: path)
                try await client.get("/")
                await pause(.milliseconds(50))
                client.close()
                #expect(try await eventually(within: .seconds(1)) { cancelled.value })
            }
        }

        @Test(arguments: Leaving.allCases) func aStreamThatWritesIsStopped(_ leaving: Leaving) async throws {
            let failure = Noted<(any Error)?>(nil)
            try await withServer { _ in
                HTTPResponse(
                    status: 200,
                    body: .stream { writer in
                        do {
                            while true {
                                try await writer.write([1])
                                await pause(.milliseconds(10))
                            }
                        } catch {
                            failure.value = error
                            throw error
                        }
                    })
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/")
                _ = try await client.readHead()
                leave(client, leaving)
                #expect(try await eventually(within: .seconds(1)) { failure.value is HTTPClientGone })
                #expect(try await eventually(within: .seconds(1)) { server.openConnections == 0 })
            }
        }

        @Test func whoWouldStreamToAClientThatHasLeftIsTold() async throws {
            let started = Noted(false)
            let failure = Noted<(any Error)?>(nil)
            try await withServer { _ in
                started.value = true
                // Ends when the client has left, which the handler does not care about.
                await pause(.seconds(20))
                return HTTPResponse(
                    status: 200,
                    body: .stream { writer in
                        do {
                            try await writer.write([1])
                        } catch {
                            failure.value = error
                            throw error
                        }
                    })
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/")
                #expect(try await eventually { started.value })
                client.close()
                #expect(try await eventually(within: .seconds(1)) { failure.value is HTTPClientGone })
                #expect(try await eventually(within: .seconds(1)) { server.openConnections == 0 })
            }
        }

        @Test func aStreamThatWaitsIsStoppedToo() async throws {
            let cancelled = Noted(false)
            try await withServer { _ in
                HTTPResponse(
                    status: 200,
                    body: .stream { writer in
                        try await writer.write([1])
                        await pause(.seconds(20))
                        cancelled.value = Task.isCancelled
                    })
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/")
                _ = try await client.readHead()
                _ = try await client.readChunk()
                client.close()
                #expect(try await eventually(within: .seconds(1)) { cancelled.value })
            }
        }

        @Test func theBodyOfAClientThatLeftFails() async throws {
            let failure = Noted<HTTPBodyError?>(nil)
            try await withServer { request in
                do throws(HTTPBodyError) {
                    _ = try await request.body.collect(upTo: 10_000_000)
                } catch {
                    failure.value = error
                }
                return .text("")
            } _: { server in
                for length in [1000, 1_000_000] {
                    failure.value = nil
                    let client = try await TestClient(port: server.port)
                    try await client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: \(length)\r\n\r\nsome")
                    await pause(.milliseconds(30))
                    client.close()
                    #expect(try await eventually(within: .seconds(1)) { failure.value == .clientGone })
                }
            }
        }

        @Test func whoLeavesEndsNobodyElsesRequest() async throws {
            let started = Noted(false)
            let mayEnd = Noted(false)
            let isCancelled = Noted(true)
            try await withServer(loops: 1) { request in
                guard request.path == "/waits" else {
                    return HTTPResponse(status: 200, body: .bytes([UInt8](repeating: 1, count: 32 << 20)))
                }
                started.value = true
                while !mayEnd.value, !Task.isCancelled { await pause(.milliseconds(5)) }
                isCancelled.value = Task.isCancelled
                return .text("answer")
            } _: { server in
                // Its answer is made, and too long to be sent before it reads.
                let leaver = try await TestClient(port: server.port)
                try await leaver.get("/")
                _ = try await leaver.readHead()
                let other = try await TestClient(port: server.port)
                try await other.get("/waits")
                #expect(try await eventually { started.value })
                leave(leaver, .reset)
                #expect(try await eventually { server.openConnections == 1 })
                mayEnd.value = true
                #expect(try await other.readResponse().text == "answer")
                #expect(!isCancelled.value)
            }
        }

        @Test func requestsBehindAnAbandonedOneAreNotCancelled() async throws {
            let running = Noted(0)
            try await withServer(loops: 1) { request in
                guard request.path == "/waits" else { return .text(Task.isCancelled ? "cancelled" : "answer") }
                running.with { $0 += 1 }
                await pause(.seconds(20))
                running.with { $0 -= 1 }
                return .text("")
            } _: { server in
                let leavers = try await [TestClient(port: server.port), TestClient(port: server.port)]
                for leaver in leavers { try await leaver.get("/waits") }
                #expect(try await eventually { running.value == 2 })
                for leaver in leavers { leaver.close() }
                #expect(try await eventually { running.value == 0 })
                let client = try await TestClient(port: server.port)
                for _ in 0..<4 {
                    try await client.get("/")
                    #expect(try await client.readResponse().text == "answer")
                }
            }
        }

        @Test(arguments: [0, 150]) func aClientThatOnlyEndedItsSendingIsAnswered(_ delay: Int) async throws {
            let size = Noted(0)
            try await withServer { request in
                do {
                    size.value = try await request.body.collect(upTo: 1_000_000).count
                } catch {
                    size.value = -1
                }
                if delay > 0 { await pause(.milliseconds(delay)) }
                return .text(Task.isCancelled ? "cancelled" : "answer")
            } _: { server in
                for count in [0, 10, 50_000, 400_000] {
                    let client = try await TestClient(port: server.port)
                    try await client.post("/", patterned(count))
                    client.halfClose()
                    let response = try await client.readResponse()
                    #expect(response.text == "answer")
                    #expect(size.value == count)
                    #expect(try await client.readToEnd() == [])
                }
            }
        }

        @Test func aClientThatOnlyEndedItsSendingGetsItsStream() async throws {
            try await withServer { _ in
                HTTPResponse(
                    status: 200,
                    body: .stream { writer in
                        for number in 0..<5 {
                            try await writer.write([UInt8]("part \(number),".utf8))
                            await pause(.milliseconds(50))
                        }
                    })
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/")
                _ = try await client.readHead()
                client.halfClose()
                var text = ""
                while case let chunk = try await client.readChunk(), !chunk.isEmpty {
                    text += String(decoding: chunk, as: UTF8.self)
                }
                #expect(text == "part 0,part 1,part 2,part 3,part 4,")
            }
        }

        @Test func pipelinedRequestsBeforeTheEndOfSendingAreAnswered() async throws {
            try await withServer { request in
                await pause(.milliseconds(30))
                return .text(request.path)
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/1")
                try await client.get("/2")
                try await client.get("/3")
                client.halfClose()
                for number in 1...3 {
                    #expect(try await client.readResponse().text == "/\(number)")
                }
            }
        }

        private func leave(_ client: TestClient, _ how: Leaving) {
            switch how {
            case .close: client.close()
            case .reset: client.reset()
            }
        }
    }
}
