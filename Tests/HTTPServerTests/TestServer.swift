import EventLoop
import HTTPMessages
import HTTPServer
import Synchronization
import Testing

/// All tests of this module, one after the other: they measure time and count descriptors.
@Suite(.serialized) struct HTTPServerTests {}

/// Serves `handler` while `body` runs on a loop of its own.
func withServer(
    _ settings: HTTPListenerSettings = HTTPListenerSettings(), loops: Int = 2,
    refusal: @escaping @Sendable (HTTPRefusal) -> HTTPResponse = { $0.response },
    handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse,
    _ body: @escaping @Sendable @concurrent (HTTPListener) async throws -> Void
) async throws {
    let serving = LoopGroup(count: loops, name: "serve")
    let asking = LoopGroup(count: 1, name: "ask")
    let listener = HTTPListener(settings: settings, loops: serving, refusal: refusal, handler: handler)
    try await listener.start()
    let result: Result<Void, any Error>
    do {
        try await asking.next().run { try await body(listener) }
        result = .success(())
    } catch {
        result = .failure(error)
    }
    await listener.drain(within: .milliseconds(200))
    #expect(listener.openConnections == 0)
    await serving.shutdown()
    await asking.shutdown()
    try result.get()
}

extension HTTPResponse {
    static func text(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["content-type": "text/plain"], body: .bytes([UInt8](text.utf8)))
    }
}

/// Answers with the request's body, or with what went wrong with it.
@Sendable func echo(_ request: HTTPRequest) async -> HTTPResponse {
    do {
        return HTTPResponse(status: 200, body: .bytes(try await request.body.collect(upTo: 64 << 20)))
    } catch {
        return .text("\(error)", status: 400)
    }
}

/// Polls `condition` on the current loop until it holds; `false` after `limit`.
func eventually(within limit: Duration = .seconds(5), _ condition: () -> Bool) async throws -> Bool {
    let deadline = Deadline.after(limit)
    while !condition() {
        if deadline.hasPassed { return false }
        try await Loop.current?.sleep(for: .milliseconds(5))
    }
    return true
}

/// Milliseconds that `body` takes.
func milliseconds(_ body: () async throws -> Void) async rethrows -> Int {
    let elapsed = try await ContinuousClock().measure(body)
    return Int(elapsed.components.seconds * 1000 + elapsed.components.attoseconds / 1_000_000_000_000_000)
}

/// A value that a handler leaves for its test.
final class Noted<Value: Sendable>: Sendable {
    private let stored: Mutex<Value>

    init(_ value: Value) { stored = Mutex(value) }

    var value: Value {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }

    func with(_ change: @Sendable (inout Value) -> Void) { stored.withLock { change(&$0) } }
}

/// `count` bytes in which no part looks like its neighbour.
func patterned(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0x5a, count: count)
    for index in stride(from: 0, to: count, by: 997) { bytes[index] = UInt8(truncatingIfNeeded: index >> 4) }
    return bytes
}
