import EventLoop
import Glibc
import HTTPMessages
import HTTPServer
import Testing

extension HTTPServerTests {
    /// Heads and bodies at the edges of what is allowed, in whatever pieces they come.
    @Suite struct Heads {
        @Test func namesAreFoundInAnyCaseAndRepeatedOnesAreKept() {
            var headers: HTTPHeaders = ["Content-TYPE": "a/b", "X-One": "1"]
            headers.add("x-one", "2")
            #expect(headers["content-type"] == "a/b" && headers["X-ONE"] == "1" && headers["x-on"] == nil)
            #expect(headers.all("x-One") == ["1", "2"] && headers.count == 3)
            // Only letters have two cases: `[` is not `{`.
            headers.add("a[", "3")
            #expect(headers["a{"] == nil && headers["A["] == "3")
            headers["X-ONE"] = "4"
            #expect(headers.all("x-one") == ["4"] && headers.fields.last?.name == "X-ONE")
            headers["x-one"] = nil
            #expect(!headers.contains("x-one") && headers.count == 2)
            #expect(headers == ["Content-TYPE": "a/b", "a[": "3"] && headers != ["content-type": "a/b", "a[": "3"])
        }

        @Test func everyByteOfANameIsLookedAt() {
            let marks = Set("!#$%&'*+-.^_`|~".utf8)
            for length in 1...20 {
                for place in 0..<length {
                    var name = [UInt8](repeating: UInt8(ascii: "x"), count: length)
                    for byte in UInt8.min...UInt8.max {
                        name[place] = byte
                        let scalar = Unicode.Scalar(byte)
                        let isAllowed = scalar.isASCII && Character(scalar).isLetter || (48...57).contains(byte)
                        let isToken = FieldSyntax.isToken(name.span)
                        #expect(isToken == (isAllowed || marks.contains(byte)), "\(name)")
                    }
                }
            }
            let isNothing = FieldSyntax.isToken([UInt8]().span)
            #expect(!isNothing)
        }

        @Test func fieldsOfTwoHeadsAreJoined() {
            var headers: HTTPHeaders = ["a": "1"]
            headers.add(contentsOf: ["b": "2", "a": "ä"])
            #expect(headers.all("a") == ["1", "ä"] && headers["b"] == "2")
            var seen: [String] = []
            headers.forEach { name, value in seen.append(HTTPHeaders.text(name) + HTTPHeaders.text(value)) }
            #expect(seen == ["a1", "b2", "aä"])
            #expect(headers.withValue(of: "B") { $0.count } == 1)
        }

        @Test func aHeadThatComesByteByByteIsReadAsAWhole() async throws {
            try await withServer { request in
                .text("\(request.path) \(request.headers.all("x-a")) \(request.headers["HOST"] ?? "-")")
            } _: { server in
                let client = try await TestClient(port: server.port)
                let head = "\r\n\r\nGET /slow HTTP/1.1\r\nhOsT: test\r\nX-A: \t 1 \t\r\nx-a:\r\nX-a:2\r\n\r\n"
                for byte in head.utf8 {
                    try await client.send([byte])
                    if byte == 10 || byte == 13 { await pause(.milliseconds(1)) }
                }
                #expect(try await client.readResponse().text == #"/slow ["1", "", "2"] test"#)
            }
        }

        @Test func theLimitOfAHeadIsExact() async throws {
            var settings = HTTPListenerSettings()
            settings.limits.headerBytes = 1000
            settings.limits.targetBytes = 200
            try await withServer(settings, handler: echo) { server in
                func status(_ text: String) async throws -> Int {
                    let client = try await TestClient(port: server.port)
                    try await client.send(text)
                    let response = try await client.readResponse()
                    if response.status != 200 {
                        #expect(response.headers["connection"] == "close")
                        #expect(try await client.readToEnd() == [])
                    }
                    return response.status
                }
                let start = "GET / HTTP/1.1\r\nHost: a\r\nX: "
                let longest = start + String(repeating: "x", count: 1000 - start.utf8.count - 4)
                let path = "/" + String(repeating: "p", count: 199)
                for (text, expected) in [
                    (longest + "\r\n\r\n", 200), (longest + "x\r\n\r\n", 431),
                    // Also when its end is not in sight, and when it is of many small fields.
                    (longest + "xxxxx", 431), (start + String(repeating: "\r\na: b", count: 200) + "\r\n\r\n", 431),
                    ("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n", 200), ("GET \(path)p HTTP/1.1\r\nHost: a\r\n\r\n", 414),
                    ("GET \(String(repeating: path, count: 6))", 414),
                ] {
                    let found = try await status(text)
                    #expect(found == expected, "\(text.prefix(60))")
                }
            }
        }

        @Test(arguments: [
            "GET / HTTP/1.1\r\nHost: a\r\n\rX: y\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
            "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", "\n\nGET / HTTP/1.1\r\n\r\n",
            "GET /*?* HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\n",
        ]) func whatCouldBeReadInTwoWaysIsRefused(_ text: String) async throws {
            try await withServer(handler: echo) { server in
                let client = try await TestClient(port: server.port)
                try await client.send(text)
                #expect(try await client.readResponse().status == 400)
            }
        }

        @Test func aChunkedBodyThatComesByteByByteIsReadAsAWhole() async throws {
            try await withServer(handler: echo) { server in
                let client = try await TestClient(port: server.port)
                let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                for body in [
                    "5;a=\"b\"\r\nhello\r\n00A \r\n, world...\r\n0\r\n\r\n", "0;x\r\nTrailer: 1\r\nT: 2\r\n\r\n",
                ] {
                    try await client.send(head)
                    for byte in body.utf8 { try await client.send([byte]) }
                    let text = try await client.readResponse().text
                    #expect(text == (body.hasPrefix("5") ? "hello, world..." : ""))
                }
            }
        }

        @Test func manyRequestsInOnePieceAreAnsweredInOrder() async throws {
            try await withServer { request in
                .text(request.path)
            } _: { server in
                let client = try await TestClient(port: server.port)
                let all = (0..<1000).map { "GET /\($0) HTTP/1.1\r\nHost: test\r\n\r\n" }.joined()
                try await client.send(all)
                for number in 0..<1000 { #expect(try await client.readResponse().text == "/\(number)") }
            }
        }

        @Test func aWaitingStreamHasNoBuffersOfItsOwn() async throws {
            let count = 500
            try await withServer(loops: 1) { _ in
                HTTPResponse(
                    status: 200,
                    body: .stream { writer in
                        try await writer.write([UInt8]("data: 1\n\n".utf8))
                        try await Loop.current?.sleep(for: .seconds(2))
                    })
            } _: { server in
                var clients: [TestClient] = []
                for _ in 0..<count { clients.append(try await TestClient(port: server.port)) }
                let before = residentBytes()
                for client in clients { try await client.get("/") }
                for client in clients { _ = try await client.readHead() }
                for client in clients { _ = try await client.readChunk() }
                // Tasks and what the client has read are in it too.
                #expect((residentBytes() - before) / count < 30_000)
                for client in clients { client.close() }
            }
        }
    }
}

/// Memory of this process that is in use.
private func residentBytes() -> Int {
    guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
    defer { unsafe fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard unsafe fgets(&line, 128, file) != nil else { return 0 }
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return (Int(text.split(separator: " ")[1]) ?? 0) * 4096
}
