import EventLoop
import HTTPMessages
import HTTPTransfer
import TestSupport
import Testing

extension TransferTests {
    /// Which connections are used again, and how long they are kept.
    @Suite struct KeptConnectionTests {
        /// Sends two requests, the second one after the first is over, and counts the connections that takes.
        private func connections(
            settings: HTTPClientSettings = HTTPClientSettings(), answering response: String
        ) async throws -> Int {
            let count = Counter()
            try await withServer(settings: settings, answering: { _ in response }) { client, server in
                for _ in 0..<2 {
                    let request = OutboundRequest(method: .post, url: server.url(), body: .bytes([1]))
                    let response = try await client.send(request, bodyLimit: 100)
                    #expect(response.text == "x")
                }
                count.add(server.connections)
            }
            return count.value
        }

        @Test func aCompleteResponseLeavesItsConnection() async throws {
            #expect(try await connections(answering: ok("x")) == 1)
            let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
            #expect(try await connections(answering: chunked) == 1)
            #expect(try await connections(answering: "HTTP/1.1 103 Early\r\n\r\n" + ok("x")) == 1)
            let old = "HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\nx"
            #expect(try await connections(answering: old) == 1)
        }

        /// What is sent in a turn of the loop that much was reported to goes out at the turn's end.
        @Test func eachOfACrowdIsAskedWhatItAsks() async throws {
            try await withServer(answering: { ok($0.text) }) { client, server in
                let url = server.url()
                try await withThrowingTaskGroup { group in
                    for number in 0..<100 {
                        group.addTask {
                            for round in 0..<20 {
                                let text = "\(number) \(round) " + String(repeating: "x", count: number * 250)
                                let request = OutboundRequest(method: .post, url: url, body: .bytes([UInt8](text.utf8)))
                                let response = try await client.send(request, bodyLimit: 30_000)
                                #expect(response.text == text)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(server.connections <= 64)
            }
        }

        @Test func aServerThatSaysSoIsAskedOnANewOne() async throws {
            #expect(try await connections(answering: ok("x", headers: "Connection: close\r\n")) == 2)
            #expect(try await connections(answering: "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx") == 2)
        }

        @Test func bytesThatNobodyAskedForEndTheConnection() async throws {
            #expect(try await connections(answering: ok("x") + "junk") == 2)
            #expect(try await connections(answering: ok("x") + ok("poison")) == 2)
            // Also when they come later.
            try await withServer(script: { connection in
                while try await connection.request() != nil {
                    try await connection.send(ok("x"))
                    try await Loops.server.sleep(for: .milliseconds(20))
                    try await connection.send(ok("poison"))
                }
            }) { client, server in
                for number in 1...3 {
                    let request = OutboundRequest(method: .get, url: server.url())
                    let response = try await client.send(request, bodyLimit: 100)
                    #expect(response.text == "x")
                    try await eventually({ server.closed == number }, "the connection is closed")
                }
            }
        }

        @Test func aServerThatDiesOverARequestIsNotSentItAgain() async throws {
            var settings = HTTPClientSettings()
            settings.repeatableWithin = .milliseconds(1)
            try await withServer(
                settings: settings,
                script: { connection in
                    _ = try await connection.request()
                    try await connection.send(ok("x"))
                    _ = try await connection.request()
                    try await Loops.server.sleep(for: .milliseconds(50))
                }
            ) { client, server in
                let request = OutboundRequest(method: .post, url: server.url(), body: .bytes([1]), isIdempotent: true)
                _ = try await client.send(request, bodyLimit: 10)
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(request, bodyLimit: 10)
                }
                #expect(error.kind == .reset)
                #expect(server.requests == 2 && server.connections == 1)
            }
        }

        @Test func anIdleConnectionIsClosedWhenItsTimeIsOver() async throws {
            var settings = HTTPClientSettings()
            settings.idleConnectionLifetime = .milliseconds(100)
            try await withServer(settings: settings, answering: { _ in ok("x") }) { client, server in
                let request = OutboundRequest(
                    method: .get, url: server.url(),
                    deadlines: TransferDeadlines(firstByte: nil, idle: nil, total: nil))
                _ = try await client.send(request, bodyLimit: 10)
                #expect(server.closed == 0)
                try await eventually({ server.closed == 1 }, "the idle connection is closed")
            }
        }

        @Test func anOldConnectionIsNotUsedAgain() async throws {
            var settings = HTTPClientSettings()
            settings.connectionLifetime = .zero
            #expect(try await connections(settings: settings, answering: ok("x")) == 2)
        }

        @Test func noMoreThanSoManyAreKept() async throws {
            var settings = HTTPClientSettings()
            settings.maxIdleConnections = 3
            try await withServer(
                settings: settings,
                script: { connection in
                    while try await connection.request() != nil {
                        try await Loops.server.sleep(for: .milliseconds(20))
                        try await connection.send(ok("x"))
                    }
                }
            ) { client, server in
                let url = server.url()
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<10 {
                        group.addTask {
                            _ = await Result { () async throws(TransferError) in
                                try await client.send(OutboundRequest(method: .get, url: url), bodyLimit: 10)
                            }
                        }
                    }
                }
                try await eventually({ server.closed == 7 && server.connections == 10 }, "three are left")
            }
        }

        @Test func aResponseMayArriveByteByByte() async throws {
            let response = Array(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n".utf8)
            try await withServer(script: { connection in
                while try await connection.request() != nil {
                    for byte in response {
                        try await connection.send([byte])
                        await Task.yield()
                    }
                }
            }) { client, server in
                for _ in 0..<5 {
                    let request = OutboundRequest(method: .get, url: server.url())
                    let response = try await client.send(request, bodyLimit: 10)
                    #expect(response.text == "hello")
                }
                #expect(server.connections == 1)
            }
        }

        @Test func whateverAServerSendsEndsTheRequest() async throws {
            let noise = [
                "", "\r\n", "5\r\n", "HTTP/1.1 200 OK\r\n", "Content-Length: 3\r\n", "x", "\u{0}", "0\r\n\r\n", "\n",
            ]
            let whole = ok("hello")
            let seeds = Counter()
            try await withServer(script: { connection in
                var generator = SeededGenerator(seed: UInt64(seeds.add(1)))
                while try await connection.request() != nil {
                    let cut = Int.random(in: 0...whole.count, using: &generator)
                    try await connection.send(String(whole.prefix(cut)))
                    if Bool.random(using: &generator) {
                        try await connection.send(noise.randomElement(using: &generator) ?? "")
                    }
                    try await connection.send(String(whole.dropFirst(cut)))
                    if Int.random(in: 0..<4, using: &generator) == 0 { return connection.reset() }
                }
            }) { client, server in
                let url = server.url()
                let ends = Counter()
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            for _ in 0..<250 {
                                _ = await Result { () async throws(TransferError) in
                                    try await client.send(
                                        OutboundRequest(
                                            method: .get, url: url,
                                            deadlines: TransferDeadlines(
                                                firstByte: .milliseconds(50), idle: .milliseconds(50))),
                                        bodyLimit: 100)
                                }
                                ends.add(1)
                            }
                        }
                    }
                }
                #expect(ends.value == 2000)
            }
        }
    }

    @Suite struct CredentialTests {
        @Test func thoseOfTheURLAreSentUnlessTheCallerHasOthers() async throws {
            try await withServer(answering: { ok($0.head) }) { client, server in
                let url = "http://us%65r:p%40ss@127.0.0.1:\(server.port)/"
                var head = try await client.send(OutboundRequest(method: .get, url: url), bodyLimit: 1000).text
                #expect(head.contains("\r\nAuthorization: Basic dXNlcjpwQHNz\r\n"))
                #expect(!head.contains("us%65r"))
                let request = OutboundRequest(method: .get, url: url, headers: ["authorization": "Bearer x"])
                head = try await client.send(request, bodyLimit: 1000).text
                #expect(!head.contains("Basic") && head.contains("\r\nauthorization: Bearer x"))
            }
        }

        @Test func aCallersFieldsReplaceOurs() async throws {
            try await withServer(answering: { ok($0.head) }) { client, server in
                let request = OutboundRequest(
                    method: .get, url: server.url(), headers: ["host": "other", "user-agent": "me", "accept": "a/b"])
                let head = try await client.send(request, bodyLimit: 1000).text.lowercased()
                for name in ["host:", "user-agent:", "accept:"] {
                    #expect(head.ranges(of: "\r\n\(name)").count == 1)
                }
                #expect(head.contains("host: other"))
            }
        }
    }

    @Suite struct ProxyTests {
        @Test func aProxyGetsTheWholeURLOfARequestInClear() async throws {
            try await withServer(answering: { ok($0.head) }) { _, server in
                var settings = HTTPClientSettings()
                settings.proxy = "http://me:secret@127.0.0.1:\(server.port)"
                let client = HTTPClient(loops: Loops.group, settings: settings)
                for _ in 0..<2 {
                    let request = OutboundRequest(method: .get, url: "http://far.example:81/path?q")
                    let head = try await client.send(request, bodyLimit: 1000).text
                    #expect(head.hasPrefix("GET http://far.example:81/path?q HTTP/1.1\r\nHost: far.example:81\r\n"))
                    #expect(head.contains("\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n"))
                }
                #expect(server.connections == 1)
                await client.close()
            }
        }

        @Test func aProxyIsAskedForATunnelToAServerWithTLS() async throws {
            let line = Noted("")
            try await withServer(script: { connection in
                line.value = try await connection.head() ?? ""
                try await connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            }) { _, server in
                var settings = HTTPClientSettings()
                settings.proxy = "127.0.0.1:\(server.port)"
                let client = HTTPClient(loops: Loops.group, settings: settings)
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(
                        OutboundRequest(method: .get, url: "https://far.example/path"), bodyLimit: 10)
                }
                #expect(line.value.hasPrefix("CONNECT far.example:443 HTTP/1.1\r\n"))
                #expect(error.kind == .connect && error.isBeforeRequestSent)
                await client.close()
            }
        }

        /// Plays a SOCKS5 proxy (RFC 1928) on a connection, as one that asks for `password` where there is one (RFC 1929).
        /// Returns the host and port that a tunnel is wanted to.
        private static func playSOCKS(_ connection: ScriptedConnection, password: String?) async throws -> String {
            let greeting = try #require(try await connection.bytes())
            #expect(greeting[0] == 5 && greeting.dropFirst(2).contains(password == nil ? 0 : 2))
            try await connection.send([5, password == nil ? 0 : 2])
            if let password {
                let login = try #require(try await connection.bytes())
                let user = Int(login[1])
                #expect(String(decoding: login[(3 + user)...], as: UTF8.self) == password)
                try await connection.send([1, 0])
            }
            let wish = try #require(try await connection.bytes())
            #expect(Array(wish[..<3]) == [5, 1, 0])
            try await connection.send([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
            let port = Int(wish[wish.count - 2]) << 8 | Int(wish[wish.count - 1])
            guard wish[3] == 3 else { return wish[4..<8].map(String.init).joined(separator: ".") + ":\(port)" }
            return "\(String(decoding: wish[5..<(5 + Int(wish[4]))], as: UTF8.self)):\(port)"
        }

        @Test(
            arguments: [
                ("socks5h://", "far.example:81", nil), ("socks5h://me:secret@", "far.example:81", "secret"),
                ("socks5://", "192.0.2.7:81", nil),
            ] as [(String, String, String?)])
        func aProxyThatSpeaksSOCKSMakesATunnel(scheme: String, host: String, password: String?) async throws {
            let wished = Noted("")
            try await withServer(script: { connection in
                wished.value = try await Self.playSOCKS(connection, password: password)
                while let request = try await connection.request() { try await connection.send(ok(request.head)) }
            }) { _, server in
                var settings = HTTPClientSettings()
                settings.proxy = "\(scheme)127.0.0.1:\(server.port)"
                let client = HTTPClient(loops: Loops.group, settings: settings)
                for _ in 0..<2 {
                    let request = OutboundRequest(method: .get, url: "http://\(host)/path?q")
                    let head = try await client.send(request, bodyLimit: 1000).text
                    // What goes through a tunnel is for the server at its end.
                    #expect(head.hasPrefix("GET /path?q HTTP/1.1\r\nHost: \(host)\r\n"))
                }
                #expect(wished.value == host)
                #expect(server.connections == 1)
                await client.close()
            }
        }

        @Test func aProxyThatSpeaksSOCKSAndRefusesIsSaidSo() async throws {
            try await withServer(script: { connection in
                _ = try await connection.bytes()
                try await connection.send([5, 0])
                _ = try await connection.bytes()
                // Not allowed by its rules.
                try await connection.send([5, 2, 0, 1, 0, 0, 0, 0, 0, 0])
                try await connection.waitUntilClosed()
            }) { _, server in
                var settings = HTTPClientSettings()
                settings.proxy = "socks5h://127.0.0.1:\(server.port)"
                let client = HTTPClient(loops: Loops.group, settings: settings)
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(
                        OutboundRequest(method: .get, url: "http://far.example/"), bodyLimit: 10)
                }
                #expect(error.kind == .connect && error.isBeforeRequestSent)
                await client.close()
            }
        }

        @Test func aProxyThatCannotBeUsedIsSaidSo() async throws {
            try await withServer(answering: { _ in ok("x") }) { _, server in
                var settings = HTTPClientSettings()
                settings.proxy = "ftp://127.0.0.1:21"
                let client = HTTPClient(loops: Loops.group, settings: settings)
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(OutboundRequest(method: .get, url: server.url()), bodyLimit: 10)
                }
                #expect(error.kind == .invalidRequest)
                #expect(server.connections == 0)
                await client.close()
            }
        }
    }
}
