import EventLoop
import Glibc
import HTTPMessages
import HTTPServer
import Testing

extension HTTPServerTests {
    @Suite struct Malformed {
        /// Requests that two servers in a row could read differently, or that are no HTTP at all.
        static let requests: [(name: String, text: String)] = [
            (
                "length and chunks",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
            ("two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
            ("two equal lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
            ("list of lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc"),
            ("negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"),
            ("signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc"),
            ("hexadecimal length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc"),
            ("huge length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n"),
            ("empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"),
            ("unknown coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"),
            ("two codings", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
            (
                "chunked twice",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
            ("coding with a tab", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u{b}chunked\r\n\r\n0\r\n\r\n"),
            ("chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            (
                "bad chunk size",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n"
            ),
            (
                "signed chunk size",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n"
            ),
            (
                "prefixed chunk size",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n"
            ),
            (
                "huge chunk size",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"
            ),
            (
                "chunk longer than its size",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n"
            ),
            ("NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("NUL at the target's end", "GET /a\0 HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("NUL in the method", "GE\0T / HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"),
            ("NUL in a name", "GET / HTTP/1.1\r\nHost: a\r\nX\0Y: a\r\n\r\n"),
            ("absolute target", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("authority target", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("asterisk target", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("relative target", "GET a HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("control character in the target", "GET /\u{1} HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("no version", "GET /\r\nHost: a\r\n\r\n"),
            ("other version", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
            ("old version", "GET / HTTP/0.9\r\nHost: a\r\n\r\n"),
            ("lower case version", "GET / http/1.1\r\nHost: a\r\n\r\n"),
            ("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            ("no host", "GET / HTTP/1.1\r\n\r\n"),
            ("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
            ("no colon", "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n"),
            ("no name", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n"),
            ("space before the colon", "GET / HTTP/1.1\r\nHost: a\r\nX : x\r\n\r\n"),
            ("folded value", "GET / HTTP/1.1\r\nHost: a\r\nX: x\r\n y\r\n\r\n"),
            ("fold at the start", "GET / HTTP/1.1\r\n X: x\r\nHost: a\r\n\r\n"),
            ("bare LF after a field", "GET / HTTP/1.1\r\nHost: a\r\nX: y\nContent-Length: 3\r\n\r\nabc"),
            ("bare CR in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"),
            ("control character in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: \u{7}\r\n\r\n"),
            ("method that is no token", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("binary", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\r\n\r\n"),
        ]

        @Test func malformedRequestsAreRefusedAndServingGoesOn() async throws {
            let bodies = Noted<[String]>([])
            try await withServer { request in
                do {
                    let body = try await request.body.collect(upTo: 1000)
                    bodies.with { $0.append(String(decoding: body, as: UTF8.self)) }
                } catch {
                    return .text("\(error)", status: 400)
                }
                return .text("")
            } _: { server in
                for (name, text) in Self.requests {
                    let client = try await TestClient(port: server.port)
                    client.patience = .seconds(2)
                    // What follows must never be taken for a request of its own.
                    try await client.send(text + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
                    let answer: [UInt8]
                    do {
                        answer = try await client.readToEnd()
                    } catch let error as WaitError where error == .timedOut {
                        Issue.record("\(name): neither refused nor closed")
                        continue
                    } catch {
                        continue
                    }
                    let shown = String(decoding: answer.prefix(15), as: UTF8.self)
                    let isRefused = answer.isEmpty || shown.hasPrefix("HTTP/1.1 4") || shown.hasPrefix("HTTP/1.1 5")
                    #expect(isRefused, "\(name): \(shown)")
                }
                let client = try await TestClient(port: server.port)
                try await client.get("/")
                #expect(try await client.readResponse().status == 200)
            }
            // Only that last one reached the handler's end.
            #expect(bodies.value == [""])
        }

        @Test func junkThatIsAllowedIsServed() async throws {
            try await withServer {
                .text("\($0.method) \($0.path) \($0.query ?? "-")")
            } _: { server in
                for (line, shown) in [
                    ("GET /%zz%1%00?%%% HTTP/1.1", "GET /%zz%1%00 %%%"), ("GET /? HTTP/1.1", "GET / "),
                    ("GET /a?b?c HTTP/1.1", "GET /a b?c"), ("GET //..//. HTTP/1.1", "GET //..//. -"),
                    ("GET /?&&=&a=b&&& HTTP/1.1", "GET / &&=&a=b&&&"), ("X-Y_Z /\u{e9} HTTP/1.1", "X-Y_Z /\u{e9} -"),
                    ("OPTIONS * HTTP/1.1", "OPTIONS * -"), ("\r\n\r\nGET /crlf HTTP/1.1", "GET /crlf -"),
                ] {
                    let client = try await TestClient(port: server.port)
                    try await client.send("\(line)\r\nHost: a\r\n\r\n")
                    #expect(try await client.readResponse().text == shown)
                }
            }
        }

        @Test func whatIsSaidAboutAChunkHasALimit() async throws {
            try await withServer(handler: echo) { server in
                for (length, status) in [(4096, 200), (4097, 400), (100_000, 400)] {
                    let client = try await TestClient(port: server.port)
                    try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;")
                    _ = client.sendSome([UInt8](repeating: UInt8(ascii: "x"), count: length))
                    _ = client.sendSome(Array("\r\na\r\n0\r\n\r\n".utf8))
                    #expect(try await client.readResponse().status == status)
                }
            }
        }

        @Test func aChunkHeaderWithoutEndDoesNotSpin() async throws {
            var settings = HTTPListenerSettings()
            settings.limits.bodyRateWindow = .milliseconds(600)
            try await withServer(settings, loops: 1, handler: echo) { server in
                let client = try await TestClient(port: server.port)
                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;")
                let before = processorMilliseconds()
                _ = client.sendSome([UInt8](repeating: UInt8(ascii: "x"), count: 4000))
                let response = try await client.readResponse()
                #expect(response.status == 408)
                #expect(processorMilliseconds() - before < 300)
                #expect(try await eventually(within: .seconds(2)) { server.openConnections == 0 })
            }
        }
    }
}

/// Processor time that this process has used.
func processorMilliseconds() -> Int {
    Int(clock()) / (Int(CLOCKS_PER_SEC) / 1000)
}
