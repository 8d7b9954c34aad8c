import EventLoop
import Glibc
import HTTPMessages
import HTTPTransfer
import TestSupport
import Testing

extension TransferTests {
    @Suite struct RequestTests {
        @Test func aRequestArrivesAsItWasWritten() async throws {
            try await withServer(answering: { ok($0.head) }) { client, server in
                let request = OutboundRequest(
                    method: .get, url: server.url("/a/../b%20c?x=1&y"), headers: ["X-One": "1", "X-Empty": ""])
                let response = try await client.send(request, bodyLimit: 4096)
                #expect(response.status == 200)
                #expect(response.text.hasPrefix("GET /a/../b%20c?x=1&y HTTP/1.1\r\n"))
                #expect(response.text.contains("X-One: 1"))
                #expect(response.text.contains("\r\nX-Empty:"))
                #expect(response.text.contains("\r\nUser-Agent: scorable"))
                #expect(!response.text.lowercased().contains("accept-encoding"))
            }
        }

        @Test(arguments: ["POST", "PUT", "PATCH", "DELETE", "QUERY"])
        func aBodyGoesWithAnyMethod(method: String) async throws {
            try await withServer(answering: { ok("\($0.line)|\($0.text)|\($0.head)") }) { client, server in
                let request = OutboundRequest(
                    method: HTTPMethod(rawValue: method), url: server.url(), body: .bytes(Array("hello".utf8)))
                let response = try await client.send(request, bodyLimit: 4096)
                #expect(response.text.hasPrefix("\(method) / HTTP/1.1|hello|"))
                #expect(!response.text.lowercased().contains("expect:"))
                #expect(!response.text.lowercased().contains("content-type"))
            }
        }

        @Test func methodsFollowEachOtherOnOneConnection() async throws {
            try await withServer(answering: { request in
                request.line.hasPrefix("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" : ok(request.line)
            }) { client, server in
                for method in [HTTPMethod.head, .post, .get, .head, .put, .delete, .options, .patch, .get] {
                    let response = try await client.send(
                        OutboundRequest(method: method, url: server.url()), bodyLimit: 50)
                    #expect(response.text == (method == .head ? "" : "\(method) / HTTP/1.1"))
                }
                #expect(server.connections == 1)
            }
        }

        @Test(arguments: [0, 1, 32 << 10, (32 << 10) + 1, 3_000_000])
        func bodiesOfAnySizeArriveWhole(size: Int) async throws {
            let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await withServer(answering: { ok("\($0.body == body)") }) { client, server in
                let request = OutboundRequest(method: .post, url: server.url(), body: .bytes(body))
                let response = try await client.send(request, bodyLimit: 10)
                #expect(response.text == "true")
            }
        }

        @Test func aResponseWithoutLengthEndsWithItsConnection() async throws {
            try await withServer(script: { connection in
                _ = try await connection.request()
                try await connection.send("HTTP/1.1 200 OK\r\n\r\nto the end")
            }) { client, server in
                let response = try await client.send(OutboundRequest(method: .get, url: server.url()), bodyLimit: 100)
                #expect(response.text == "to the end")
            }
        }

        @Test func interimResponsesAreNotTheResponse() async throws {
            try await withServer(answering: { _ in
                "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + ok("x", headers: "A: 1\r\nA: 2\r\n")
            }) { client, server in
                let response = try await client.send(OutboundRequest(method: .get, url: server.url()), bodyLimit: 100)
                #expect(response.status == 200)
                #expect(response.headers["link"] == nil)
                #expect(response.headers.all("a") == ["1", "2"])
            }
        }

        @Test func redirectsAndCookiesAreTheCallersBusiness() async throws {
            try await withServer(answering: { request in
                "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n"
                    + "X-Cookie: \(request.head.lowercased().contains("cookie"))\r\n\r\n"
            }) { client, server in
                for _ in 0..<2 {
                    let response = try await client.send(
                        OutboundRequest(method: .get, url: server.url()), bodyLimit: 100)
                    #expect(response.status == 302)
                    #expect(response.headers["x-cookie"] == "false")
                }
                #expect(server.requests == 2)
            }
        }

        @Test func aUnixSocketCarriesRequests() async throws {
            let path = "/tmp/transfer-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
            defer { unsafe unlink(path) }
            let server = try ScriptedServer(on: Loops.server, unixSocketPath: path, answering: { ok($0.head) })
            let settings = HTTPClientSettings(egress: .only([]))
            try await withServer(settings: settings, server) { client, server in
                for _ in 0..<3 {
                    let request = OutboundRequest(method: .get, url: "http://daemon/x", unixSocketPath: path)
                    let text = try await client.send(request, bodyLimit: 1000).text
                    #expect(text.hasPrefix("GET /x HTTP/1.1\r\nHost: daemon\r\n"))
                }
                #expect(server.connections == 1)
            }
        }

        @Test func timingTellsThePhasesApart() async throws {
            try await withServer(script: { connection in
                while try await connection.request() != nil {
                    try await Loops.server.sleep(for: .milliseconds(30))
                    try await connection.send(ok("x"))
                }
            }) { client, server in
                let response = try await client.send(OutboundRequest(method: .get, url: server.url()), bodyLimit: 10)
                #expect(response.timing.firstByte >= response.timing.connect + .milliseconds(29))
                #expect(response.timing.total >= response.timing.firstByte)
            }
        }
    }

    @Suite struct ReuseTests {
        @Test func requestsInARowShareOneConnection() async throws {
            try await withServer(answering: { _ in ok("x") }) { client, server in
                for _ in 0..<50 {
                    _ = try await client.send(
                        OutboundRequest(method: .post, url: server.url(), body: .bytes([1])), bodyLimit: 10)
                }
                #expect(server.connections == 1)
                #expect(server.requests == 50)
            }
        }

        @Test func twoHundredAtOnceStayWithinTheLimit() async throws {
            let settings = HTTPClientSettings(maxConnectionsPerHost: 16)
            try await withServer(settings: settings, answering: { ok($0.text) }) { client, server in
                let url = server.url()
                let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<200 {
                        group.addTask {
                            let body = Array("\(number)".utf8)
                            let request = OutboundRequest(method: .post, url: url, body: .bytes(body))
                            return try await client.send(request, bodyLimit: 100).body == body
                        }
                    }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(answers == 200)
                #expect(server.connections <= 16)
            }
        }

        @Test func moreThanMayWaitAreRefused() async throws {
            var settings = HTTPClientSettings(maxConnectionsPerHost: 1)
            settings.maxWaitingPerHost = 1
            try await withServer(settings: settings, script: { try await $0.waitUntilClosed() }) { client, server in
                let url = server.url()
                let running = (0..<2).map { _ in
                    Loops.client.spawn {
                        _ = await Result { () async throws(TransferError) in
                            try await client.send(OutboundRequest(method: .get, url: url), bodyLimit: 1)
                        }
                    }
                }
                try await eventually({ server.connections == 1 }, "the first request has a connection")
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(OutboundRequest(method: .get, url: url), bodyLimit: 1)
                }
                #expect(error.kind == .overloaded)
                #expect(error.isBeforeRequestSent)
                for task in running {
                    task.cancel()
                    await task.value
                }
            }
        }

        @Test func aConnectionThatAServerClosedWhileIdleIsReplaced() async throws {
            try await withServer(script: { connection in
                _ = try await connection.request()
                try await connection.send(ok("x"))
            }) { client, server in
                for number in 1...3 {
                    let request = OutboundRequest(method: .post, url: server.url(), body: .bytes([1]))
                    _ = try await client.send(request, bodyLimit: 10)
                    #expect(server.connections == number)
                    try await eventually({ server.closed == number }, "the server has closed")
                }
            }
        }
    }
}

extension Result where Failure == TransferError {
    /// What `body` returned or threw.
    init(_ body: () async throws(TransferError) -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
