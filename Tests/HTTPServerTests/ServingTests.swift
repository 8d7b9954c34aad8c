import CLinux
import EventLoop
import Glibc
import HTTPMessages
import HTTPServer
import Testing

extension HTTPServerTests {
    @Suite struct Serving {
        @Test func aRequestArrivesAsItWasWritten() async throws {
            try await withServer { request in
                .text(
                    "\(request.method) \(request.path) \(request.query ?? "-") \(request.headers["x-a"] ?? "-") "
                        + "\(request.headers.all("x-b")) \(request.remoteAddress) \(request.isSecure)")
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/a%2Fb/%00?q=%20&r", headers: "X-A:  one \t\r\nx-b: 1\r\nX-B: 2\r\n")
                let response = try await client.readResponse()
                #expect(response.text == #"GET /a%2Fb/%00 q=%20&r one ["1", "2"] 127.0.0.1 false"#)
                #expect(response.status == 200)
            }
        }

        @Test func everyResponseHasADateAndALength() async throws {
            try await withServer(handler: echo) { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/")
                let response = try await client.readResponse()
                #expect(response.headers["date"]?.hasSuffix(" GMT") == true)
                #expect(response.headers["content-length"] == "0")
            }
        }

        @Test func aConnectionServesManyRequests() async throws {
            try await withServer(handler: echo) { server in
                let client = try await TestClient(port: server.port)
                for size in [0, 1, 1000, 16_000, 70_000, 300_000, 5] {
                    let body = [UInt8](repeating: UInt8(truncatingIfNeeded: size), count: size)
                    try await client.post("/", body)
                    let response = try await client.readResponse()
                    #expect(response.body == body)
                    #expect(response.headers["connection"] == nil)
                }
            }
        }

        @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
            try await withServer { request in
                // The first takes longest.
                let delay = Int(request.path.dropFirst()) ?? 0
                await pause(.milliseconds(30 - delay * 10))
                return .text(request.path)
            } _: { server in
                let client = try await TestClient(port: server.port)
                let all = (0..<3).map { "GET /\($0) HTTP/1.1\r\nHost: test\r\n\r\n" }.joined()
                try await client.send(all + "POST /3 HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\nhi")
                for number in 0..<4 {
                    #expect(try await client.readResponse().text == "/\(number)")
                }
            }
        }

        /// What is sent in a turn of the loop that much was reported to goes out at the turn's end.
        @Test func eachOfACrowdGetsItsOwnAnswer() async throws {
            try await withServer(loops: 1, handler: echo) { server in
                var clients: [TestClient] = []
                for _ in 0..<100 { clients.append(try await TestClient(port: server.port)) }
                func text(_ round: Int, _ number: Int) -> String {
                    "\(round) \(number) " + String(repeating: "x", count: number * 900)
                }
                for round in 0..<10 {
                    for (number, client) in clients.enumerated() {
                        let isLast = round == 9
                        let body = text(round, number)
                        try await client.send(
                            "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.utf8.count)\r\n"
                                + (isLast ? "Connection: close\r\n" : "") + "\r\n" + body)
                    }
                    for (number, client) in clients.enumerated() {
                        #expect(try await client.readResponse().text == text(round, number))
                    }
                }
                #expect(try await eventually { server.openConnections == 0 })
            }
        }

        @Test func headHasTheLengthAndNoBody() async throws {
            try await withServer { _ in
                .text("four")
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n")
                let response = try await client.readResponse(toHead: true)
                #expect(response.headers["content-length"] == "4")
                try await client.get("/")
                #expect(try await client.readResponse().text == "four")
            }
        }

        @Test(arguments: [204, 304]) func bodilessStatusesHaveNoBody(_ status: Int) async throws {
            try await withServer { request in
                request.path == "/" ? .text("must not be sent", status: status) : .text("next")
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/")
                #expect(try await client.readResponse().status == status)
                try await client.get("/next")
                #expect(try await client.readResponse().text == "next")
            }
        }

        @Test func largeBodiesArriveWhole() async throws {
            let large = patterned(10_000_000)
            try await withServer { _ in
                HTTPResponse(status: 200, body: .bytes(large))
            } _: { server in
                let client = try await TestClient(port: server.port)
                for _ in 0..<2 {
                    try await client.get("/")
                    #expect(try await client.readResponse().body == large)
                }
            }
        }

        @Test func headersCannotBeInjected() async throws {
            try await withServer { _ in
                var headers = HTTPHeaders()
                headers.add("location", "/next\r\nset-cookie: stolen=1\r\n\r\nbody")
                headers.add("bad name\r\nx-injected", "1")
                headers.add("x-nul", "a\0b")
                headers.add("content-length", "7")
                headers.add("transfer-encoding", "chunked")
                return HTTPResponse(status: 302, headers: headers, body: .bytes([1, 2, 3]))
            } _: { server in
                let client = try await TestClient(port: server.port)
                try await client.get("/")
                let response = try await client.readResponse()
                #expect(response.headers["location"] == "/next  set-cookie: stolen=1    body")
                #expect(response.headers["set-cookie"] == nil)
                #expect(response.headers["x-injected"] == nil)
                #expect(response.headers["x-nul"] == "a b")
                #expect(response.headers.all("content-length") == ["3"])
                #expect(response.headers["transfer-encoding"] == nil)
                #expect(response.body == [1, 2, 3])
            }
        }

        @Test func connectionCloseIsHonouredFromBothSides() async throws {
            try await withServer { request in
                var response = HTTPResponse.text("bye")
                if request.path == "/server" { response.headers["connection"] = "close" }
                return response
            } _: { server in
                for (path, header) in [("/server", ""), ("/client", "Connection: close\r\n")] {
                    let client = try await TestClient(port: server.port)
                    try await client.get(path, headers: header)
                    let response = try await client.readResponse()
                    #expect(response.headers["connection"] == "close")
                    #expect(try await client.readToEnd() == [])
                }
            }
        }

        @Test func http10ClientsAreServedAndClosed() async throws {
            try await withServer { request in
                guard request.path == "/stream" else { return .text("plain") }
                return HTTPResponse(
                    status: 200,
                    body: .stream { writer in
                        for _ in 0..<3 { try await writer.write([UInt8]("part ".utf8)) }
                    })
            } _: { server in
                let plain = try await TestClient(port: server.port)
                try await plain.send("GET / HTTP/1.0\r\n\r\n")
                #expect(try await plain.readResponse().text == "plain")
                #expect(try await plain.readToEnd() == [])
                let streamed = try await TestClient(port: server.port)
                try await streamed.send("GET /stream HTTP/1.0\r\n\r\n")
                let response = try await streamed.readResponse()
                #expect(response.headers["transfer-encoding"] == nil)
                #expect(response.text == "part part part ")
            }
        }

        @Test func aClientOfHTTP10KeepsItsConnectionByAskingForIt() async throws {
            try await withServer { request in
                guard request.path == "/stream" else { return .text(request.path) }
                return HTTPResponse(
                    status: 200, body: .stream { writer in try await writer.write([UInt8]("part".utf8)) })
            } _: { server in
                let client = try await TestClient(port: server.port)
                for path in ["/1", "/2"] {
                    try await client.send("GET \(path) HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
                    let response = try await client.readResponse()
                    #expect(response.text == path && response.headers["connection"] == "keep-alive")
                }
                // A body of unknown length has to end with the connection.
                try await client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                let response = try await client.readResponse()
                #expect(response.text == "part" && response.headers["connection"] == "close")
                #expect(try await client.readToEnd() == [])
                let other = try await TestClient(port: server.port)
                try await other.send("GET /3 HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n")
                #expect(try await other.readResponse().headers["connection"] == "close")
                #expect(try await other.readToEnd() == [])
            }
        }

        @Test func aClientOfHTTP10GetsNoInterimAnswer() async throws {
            try await withServer(handler: echo) { server in
                let client = try await TestClient(port: server.port)
                try await client.send("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc")
                let answer = String(decoding: try await client.readToEnd(), as: UTF8.self)
                #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.hasSuffix("\r\n\r\nabc"))
            }
        }

        @Test func aUnixSocketIsServedAndRemoved() async throws {
            let path = "/tmp/http-server-test-\(getpid()).sock"
            try await withServer(HTTPListenerSettings(unixSocketPath: path)) { request in
                .text("[\(request.remoteAddress)]")
            } _: { server in
                #expect(server.port == 0)
                for _ in 0..<4 {
                    let client = try await TestClient(path: path)
                    try await client.get("/")
                    #expect(try await client.readResponse().text == "[]")
                }
                let second = HTTPListener(
                    settings: HTTPListenerSettings(unixSocketPath: path), loops: LoopGroup(count: 1, name: "second"),
                    handler: echo)
                await #expect(throws: HTTPListenerError.self) { try await second.start() }
            }
            #expect(unsafe access(path, F_OK) != 0)
        }

        @Test func anInheritedDescriptorIsServed() async throws {
            let fd = unsafe cl_listen_tcp("127.0.0.1", 0, 16, 0)
            try await withServer(HTTPListenerSettings(listeningDescriptor: fd), handler: echo) { server in
                let client = try await TestClient(port: server.port)
                try await client.post("/", [1, 2])
                #expect(try await client.readResponse().body == [1, 2])
            }
        }

        @Test func ipv6IsServedAndMappedAddressesAreShownAsIPv4() async throws {
            try await withServer(HTTPListenerSettings(address: "::")) {
                .text($0.remoteAddress)
            } _: { server in
                for (address, shown) in [("::1", "::1"), ("127.0.0.1", "127.0.0.1")] {
                    let client = try await TestClient(port: server.port, address: address)
                    try await client.get("/")
                    #expect(try await client.readResponse().text == shown)
                }
            }
        }

        @Test func aPortInUseIsAnError() async throws {
            try await withServer(handler: echo) { server in
                let second = HTTPListener(
                    settings: HTTPListenerSettings(port: server.port), loops: LoopGroup(count: 2, name: "second"),
                    handler: echo)
                await #expect(throws: HTTPListenerError.self) { try await second.start() }
            }
        }

        @Test func everyLoopServes() async throws {
            let seen = Noted<Set<Int>>([])
            try await withServer { _ in
                let index = Loop.current?.index ?? -1
                seen.with { $0.insert(index) }
                return .text("")
            } _: { server in
                // The system spreads connections by a hash of their ports.
                for _ in 0..<64 where seen.value.count < 2 {
                    let client = try await TestClient(port: server.port)
                    try await client.get("/")
                    _ = try await client.readResponse()
                }
                #expect(seen.value == [0, 1])
            }
        }
    }
}

/// Waits on the current loop; ends early when cancelled.
func pause(_ duration: Duration) async {
    do {
        try await Loop.current?.sleep(for: duration)
    } catch {
        // Cancelled: the test sees that by other means.
    }
}
