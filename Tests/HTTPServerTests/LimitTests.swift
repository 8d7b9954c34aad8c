import CLinux
import EventLoop
import Glibc
import HTTPMessages
import HTTPServer
import Testing

extension HTTPServerTests {
    @Suite struct Limits {
        @Test func aLongHeaderIsRefused() async throws {
            try await withServer(handler: echo) { server in
                // Over our limit, and over what fits the connection's memory at all.
                for length in [13_000, 40_000] {
                    let client = try await TestClient(port: server.port)
                    let response = try await readingWhile(client) {
                        try await client.get("/", headers: "X: \(String(repeating: "x", count: length))\r\n")
                    }
                    #expect(response.status == 431)
                }
                let client = try await TestClient(port: server.port)
                try await client.get("/", headers: "X: \(String(repeating: "x", count: 11_500))\r\n")
                #expect(try await client.readResponse().status == 200)
            }
        }

        @Test func aLongTargetIsRefused() async throws {
            try await withServer(handler: echo) { server in
                for length in [9000, 40_000] {
                    let client = try await TestClient(port: server.port)
                    let response = try await readingWhile(client) {
                        try await client.get("/" + String(repeating: "a", count: length))
                    }
                    #expect(response.status == 414)
                }
                let client = try await TestClient(port: server.port)
                try await client.get("/?" + String(repeating: "a=1&", count: 2000))
                #expect(try await client.readResponse().status == 200)
            }
        }

        @Test func aClientThatDribblesItsHeaderIsCutOff() async throws {
            try await withServer(quick(header: .milliseconds(300))) { request in
                await echo(request)
            } _: { server in
                for begin in ["", "GET / HTTP/1.1\r\nHost: test\r\n"] {
                    let client = try await TestClient(port: server.port)
                    let elapsed = try await milliseconds {
                        let sender = Loop.current?.spawn {
                            do {
                                try await client.send(begin)
                                for _ in 0..<100 {
                                    try await client.send(begin.isEmpty ? "G" : "X: 1\r\n")
                                    await pause(.milliseconds(20))
                                }
                            } catch {
                                return
                            }
                        }
                        let rest = try await client.readToEnd()
                        sender?.cancel()
                        let status = String(decoding: rest.prefix(12), as: UTF8.self)
                        #expect(status == (begin.isEmpty ? "" : "HTTP/1.1 408"))
                    }
                    #expect((200..<1200).contains(elapsed))
                }
            }
        }

        @Test func aSilentClientIsCutOff() async throws {
            try await withServer(quick(header: .milliseconds(300)), handler: echo) { server in
                let client = try await TestClient(port: server.port)
                let elapsed = try await milliseconds {
                    let rest = try await client.readToEnd()
                    #expect(rest.isEmpty)
                }
                #expect((200..<1200).contains(elapsed))
            }
        }

        @Test func aRestingConnectionIsClosed() async throws {
            try await withServer(quick(idle: .milliseconds(300)), handler: echo) { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/")
                _ = try await client.readResponse()
                let elapsed = try await milliseconds {
                    let rest = try await client.readToEnd()
                    #expect(rest.isEmpty)
                }
                #expect((200..<1200).contains(elapsed))
            }
        }

        @Test func aSlowHandlerIsNotARestingConnection() async throws {
            try await withServer(quick(header: .milliseconds(100), idle: .milliseconds(100))) { _ in
                await pause(.milliseconds(600))
                return .text("late")
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/")
                #expect(try await client.readResponse().text == "late")
            }
        }

        @Test func aClientThatReadsNothingIsCutOff() async throws {
            let stopped = Noted(false)
            try await withServer(quick(idle: .milliseconds(400))) { _ in
                HTTPResponse(
                    status: 200,
                    body: .stream { writer in
                        defer { stopped.value = true }
                        while true { try await writer.write([UInt8](repeating: 0, count: 65_536)) }
                    })
            } _: { server in
                let streamed = try await TestClient(port: server.port)
                try await streamed.get("/")
                #expect(try await eventually { stopped.value })
                #expect(try await eventually { server.openConnections == 0 })
            }
        }

        @Test func connectionsAboveTheMaximumAreRefused() async throws {
            try await withServer(HTTPListenerSettings(maximumConnections: 3), handler: echo) { server in
                var clients: [TestClient] = []
                for _ in 0..<3 {
                    let client = try await TestClient(port: server.port)
                    try await client.get("/")
                    #expect(try await client.readResponse().status == 200)
                    clients.append(client)
                }
                let refused = try await TestClient(port: server.port)
                try await refused.get("/")
                let response = try await refused.readResponse()
                #expect(response.status == 503)
                #expect(response.headers["retry-after"] == "1")
                #expect(try await refused.readToEnd() == [])
                clients[0].close()
                #expect(try await eventually { server.openConnections == 2 })
                let admitted = try await TestClient(port: server.port)
                try await admitted.get("/")
                #expect(try await admitted.readResponse().status == 200)
            }
        }

        /// In a process of its own: the limit is the process's.
        @Test func runningOutOfDescriptorsIsSurvived() async throws {
            await #expect(processExitsWith: .success) {
                try await withServer(loops: 1, handler: echo) { server in
                    var limit = rlimit()
                    unsafe getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
                    let first = try await TestClient(port: server.port)
                    try await first.get("/")
                    _ = try await first.readResponse()
                    let spare = dup(0)
                    limit.rlim_cur = rlim_t(spare + 7)
                    close(spare)
                    unsafe setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
                    // These take descriptors on both sides, until the server has none left to accept with.
                    var clients: [TestClient] = []
                    do {
                        while true {
                            let client = try await TestClient(port: server.port)
                            try await client.get("/")
                            clients.append(client)
                        }
                    } catch {
                        await pause(.milliseconds(200))
                    }
                    precondition(clients.count >= 3, "the limit was not reached")
                    let waiting = clients.removeLast()
                    for client in clients { client.close() }
                    let response = try await waiting.readResponse()
                    precondition(response.status == 200)
                    let last = try await TestClient(port: server.port)
                    try await last.get("/")
                    let lastResponse = try await last.readResponse()
                    precondition(lastResponse.status == 200)
                }
            }
        }

        private func quick(header: Duration = .seconds(10), idle: Duration = .seconds(10)) -> HTTPListenerSettings {
            var settings = HTTPListenerSettings()
            settings.limits.headerTimeout = header
            settings.limits.idleTimeout = idle
            return settings
        }
    }
}
