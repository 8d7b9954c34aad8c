import EventLoop
import HTTPMessages
import HTTPServer
import Testing

extension HTTPServerTests {
    @Suite struct Draining {
        @Test func runningRequestsFinishAndNewOnesAreRefused() async throws {
            try await withServer { _ in
                await pause(.milliseconds(300))
                return .text("done")
            } _: { server in
                let resting = try await TestClient(port: server.port)
                try await resting.get("/")
                _ = try await resting.readResponse()
                let running = try await TestClient(port: server.port)
                try await running.get("/")
                await pause(.milliseconds(50))
                let port = server.port
                let drain = Task { await server.drain(within: .seconds(5)) }
                let elapsed = try await milliseconds {
                    let rest = try await resting.readToEnd()
                    #expect(rest.isEmpty)
                    let response = try await running.readResponse()
                    #expect(response.text == "done")
                    #expect(response.headers["connection"] == "close")
                    await drain.value
                }
                #expect(elapsed < 2000)
                #expect(server.openConnections == 0)
                await #expect(throws: (any Error).self) {
                    let refused = try await TestClient(port: port)
                    try await refused.get("/")
                    _ = try await refused.readResponse()
                }
            }
        }

        @Test func whatDoesNotFinishIsCutOffAtTheDeadline() async throws {
            let cancelled = Noted(0)
            try await withServer { request in
                if request.path == "/stream" {
                    return HTTPResponse(
                        status: 200,
                        body: .stream { writer in
                            try await writer.write([1])
                            await pause(.seconds(60))
                            if Task.isCancelled { cancelled.with { $0 += 1 } }
                        })
                }
                await pause(.seconds(60))
                if Task.isCancelled { cancelled.with { $0 += 1 } }
                return .text("")
            } _: { server in
                var clients: [TestClient] = []
                for path in ["/", "/stream", "/", "/stream"] {
                    let client = try await TestClient(port: server.port)
                    try await client.get(path)
                    clients.append(client)
                }
                // One that sends its body never, and one that sends nothing at all.
                let slow = try await TestClient(port: server.port)
                try await slow.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\n")
                clients.append(slow)
                clients.append(try await TestClient(port: server.port))
                await pause(.milliseconds(100))
                let elapsed = await milliseconds { await server.drain(within: .milliseconds(300)) }
                #expect((200..<1200).contains(elapsed))
                #expect(cancelled.value == 5)
                #expect(server.openConnections == 0)
                for client in clients { _ = try await client.readToEnd() }
            }
        }

        @Test func whoWritesAStreamMaySayThatItEndsBeforeItIsCutOff() async throws {
            let hasBegun = Noted(false)
            try await withServer { _ in
                HTTPResponse(
                    status: 200,
                    body: .stream { writer in
                        try await writer.write(Array("begun".utf8))
                        hasBegun.with { $0 = true }
                        await pause(.seconds(60))
                        #expect(writer.isOpen)
                        _ = writer.send(", and stopped".utf8.span)
                    })
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/")
                #expect(try await eventually { hasBegun.value })
                await server.drain(within: .milliseconds(50))
                let text = String(decoding: try await client.readToEnd(), as: UTF8.self)
                #expect(text.contains("begun") && text.contains(", and stopped"))
                #expect(text.hasSuffix("0\r\n\r\n"))
            }
        }

        @Test func underLoadNoAcceptedRequestIsLost() async throws {
            let handled = Noted(0)
            let answered = Noted(0)
            try await withServer { _ in
                handled.with { $0 += 1 }
                await pause(.milliseconds(2))
                return .text("ok")
            } _: { server in
                let port = server.port
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<20 {
                        group.addTask {
                            do {
                                while true {
                                    let client = try await TestClient(port: port)
                                    for _ in 0..<10 {
                                        try await client.get("/")
                                        let response = try await client.readResponse()
                                        if response.text == "ok" { answered.with { $0 += 1 } }
                                        if response.headers["connection"] == "close" { break }
                                    }
                                    client.close()
                                }
                            } catch {
                                // Refused, or closed while it rested: both are allowed to happen.
                                return
                            }
                        }
                    }
                    await pause(.milliseconds(300))
                    await server.drain(within: .seconds(5))
                }
            }
            #expect(answered.value > 100)
            #expect(answered.value == handled.value)
        }

        @Test func drainingTwiceIsHarmless() async throws {
            try await withServer(handler: echo) { server in
                await server.drain(within: .seconds(1))
                await server.drain(within: .seconds(1))
                #expect(server.openConnections == 0)
            }
        }
    }
}
