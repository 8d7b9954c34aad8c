import EventLoop
import Glibc
import HTTPMessages
import HTTPServer
import Testing

extension HTTPServerTests {
    @Suite struct Fuzzing {
        /// Four seconds of broken requests from 16 clients, in a process of its own so that its descriptors can be
        /// counted. Another seed: set HTTP_FUZZ_SEED; the one that was used is in the failure.
        @Test func brokenRequestsNeitherStopTheServerNorLeakDescriptors() async throws {
            await #expect(processExitsWith: .success) {
                let seed = unsafe getenv("HTTP_FUZZ_SEED").flatMap { unsafe UInt64(String(cString: $0)) } ?? 20_251_125
                try await fuzz(seed: seed, for: .seconds(4))
            }
        }
    }
}

/// Splitmix64: small, and the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

private func fuzz(seed: UInt64, for duration: Duration) async throws {
    var settings = HTTPListenerSettings()
    settings.limits.bodyBytes = 200_000
    settings.limits.headerTimeout = .milliseconds(500)
    settings.limits.idleTimeout = .milliseconds(500)
    settings.limits.bodyRateWindow = .milliseconds(400)
    let requests = Noted(0)
    try await withServer(settings, handler: fuzzed) { server in
        let port = server.port
        // One exchange first, so that what the run-time opens once is open when the counting begins.
        try await checkAlive(port)
        let before = try await openDescriptors(server)
        let deadline = Deadline.after(duration)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<16 {
                group.addTask {
                    var generator = SeededGenerator(seed: seed &+ UInt64(number))
                    while !deadline.hasPassed {
                        await attack(port, with: &generator)
                        requests.with { $0 += 1 }
                    }
                }
            }
        }
        try await checkAlive(port)
        // Sockets linger for two seconds at most.
        await pause(.milliseconds(2300))
        let after = try await openDescriptors(server)
        precondition(after <= before, "\(after - before) descriptors leaked, seed \(seed)")
        precondition(requests.value > 500, "only \(requests.value) requests, seed \(seed)")
    }
}

/// A handler that does everything that handlers do.
@Sendable private func fuzzed(_ request: HTTPRequest) async -> HTTPResponse {
    do {
        switch request.path.utf8.count % 6 {
        case 0: return .text("unread")
        case 1: return HTTPResponse(status: 200, body: .bytes(try await request.body.collect(upTo: 100_000)))
        case 2:
            _ = try await request.body.next()
            return .text("half read")
        case 3:
            let body = try await request.body.collect(upTo: 200_000)
            return HTTPResponse(
                status: 200,
                body: .stream { writer in
                    for start in stride(from: 0, to: body.count, by: 1000) {
                        try await writer.write(Array(body[start..<min(start + 1000, body.count)]))
                    }
                })
        case 4:
            return HTTPResponse(
                status: 200,
                body: .stream { writer in
                    while let chunk = try await request.body.next() { try await writer.write(chunk) }
                })
        default:
            await pause(.milliseconds(5))
            return HTTPResponse(status: 200, body: .bytes(try await request.body.collect(upTo: 1000)))
        }
    } catch {
        return .text("\(error)", status: 400)
    }
}

/// One connection: a few requests, mutated, sent in pieces, sometimes cut off in the middle.
private func attack(_ port: Int, with generator: inout SeededGenerator) async {
    do {
        let client = try await TestClient(port: port)
        client.patience = .milliseconds(Int.random(in: 1...50, using: &generator))
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            var bytes = request(using: &generator)
            mutate(&bytes, using: &generator)
            while !bytes.isEmpty {
                let count = min(bytes.count, Int.random(in: 1...20_000, using: &generator))
                try await client.send(Array(bytes[..<count]))
                bytes.removeFirst(count)
                if Int.random(in: 0..<8, using: &generator) == 0 { await pause(.milliseconds(1)) }
            }
        }
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: client.reset()
        case 1: client.close()
        case 2:
            client.halfClose()
            _ = try await client.readToEnd()
        default: _ = try await client.readToEnd()
        }
        client.close()
    } catch {
        // Cut off, refused or out of patience: all of them are fine.
        return
    }
}

private func request(using generator: inout SeededGenerator) -> [UInt8] {
    let method = ["GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "BREW"].randomElement(using: &generator) ?? "GET"
    let path = "/" + String(repeating: "p", count: Int.random(in: 0..<6, using: &generator))
    let version = ["1.1", "1.1", "1.1", "1.0"].randomElement(using: &generator) ?? "1.1"
    var head = "\(method) \(path)?q=\(Int.random(in: 0..<100, using: &generator)) HTTP/\(version)\r\nHost: test\r\n"
    if Bool.random(using: &generator) { head += "Cookie: a=b; c=d\r\n" }
    if Int.random(in: 0..<4, using: &generator) == 0 { head += "Expect: 100-continue\r\n" }
    if Int.random(in: 0..<4, using: &generator) == 0 { head += "Connection: close\r\n" }
    let body = patterned([0, 5, 1000, 40_000, 150_000, 250_000].randomElement(using: &generator) ?? 0)
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: return Array((head + "\r\n").utf8)
    case 1: return Array((head + "Content-Length: \(body.count)\r\n\r\n").utf8) + body
    default:
        var bytes = Array((head + "Transfer-Encoding: chunked\r\n\r\n").utf8)
        var rest = body[...]
        while !rest.isEmpty {
            let count = min(rest.count, Int.random(in: 1...30_000, using: &generator))
            bytes += Array("\(String(count, radix: 16))\r\n".utf8) + rest.prefix(count) + [13, 10]
            rest = rest.dropFirst(count)
        }
        return bytes + Array("0\r\n\r\n".utf8)
    }
}

/// Breaks a request in up to four places; most of them near its head, where the meaning is.
private func mutate(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
    for _ in 0..<Int.random(in: 0...4, using: &generator) where !bytes.isEmpty {
        let reach = Bool.random(using: &generator) ? min(bytes.count, 200) : bytes.count
        let place = Int.random(in: 0..<reach, using: &generator)
        let end = min(bytes.count, place + Int.random(in: 1...40, using: &generator))
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        case 3: bytes.removeSubrange(place..<end)
        case 4: bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
        case 5: bytes.removeSubrange(place...)
        case 6:
            let token = [
                "\r\n", "\0", "\n", ":", " ", "Content-Length: 7\r\n", "ffffffff", "%00", "\r\n\r\n", "chunked",
            ]
            .randomElement(using: &generator)
            bytes.insert(contentsOf: Array((token ?? "").utf8), at: place)
        default:
            let filler = UInt8.random(in: 0...255, using: &generator)
            bytes.insert(
                contentsOf: [UInt8](repeating: filler, count: Int.random(in: 1...30_000, using: &generator)), at: place)
        }
    }
}

private func checkAlive(_ port: Int) async throws {
    let client = try await TestClient(port: port)
    try await client.post("/", [1, 2, 3])
    let response = try await client.readResponse()
    precondition(response.status == 200 && response.body == [1, 2, 3], "the server answers wrongly")
    client.close()
}

/// How many descriptors are open once the connections are gone.
private func openDescriptors(_ server: HTTPListener) async throws -> Int {
    guard try await eventually({ server.openConnections == 0 }) else {
        preconditionFailure("\(server.openConnections) connections stay open")
    }
    guard let folder = unsafe opendir("/proc/self/fd") else { throw SystemError.last("open /proc/self/fd") }
    defer { unsafe closedir(folder) }
    var count = 0
    while unsafe readdir(folder) != nil { count += 1 }
    return count
}
