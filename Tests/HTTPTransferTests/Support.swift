import EventLoop
import HTTPMessages
import HTTPTransfer
import TestSupport
import Testing

/// All tests that open sockets, one after the other: some count the descriptors of the process.
@Suite(.serialized) struct TransferTests {}

/// The loops of all tests of this module.
enum Loops {
    static let group = LoopGroup(count: 2, name: "test")
    /// Where clients run.
    static var client: Loop { group.loops[0] }
    /// Where servers run.
    static var server: Loop { group.loops[1] }
}

/// Runs `body` on the client's loop with a server that follows `script`, and takes both down.
func withServer(
    settings: HTTPClientSettings = HTTPClientSettings(), script: @escaping ScriptedServer.Script,
    _ body: @escaping @Sendable (HTTPClient, ScriptedServer) async throws -> Void
) async throws {
    try await withServer(settings: settings, ScriptedServer(on: Loops.server, script: script), body)
}

/// The same with a server that answers each request.
func withServer(
    settings: HTTPClientSettings = HTTPClientSettings(),
    answering respond: @escaping @Sendable (ScriptedRequest) -> String,
    _ body: @escaping @Sendable (HTTPClient, ScriptedServer) async throws -> Void
) async throws {
    try await withServer(settings: settings, ScriptedServer(on: Loops.server, answering: respond), body)
}

func withServer(
    settings: HTTPClientSettings, _ server: ScriptedServer,
    _ body: @escaping @Sendable (HTTPClient, ScriptedServer) async throws -> Void
) async throws {
    let client = HTTPClient(loops: Loops.group, settings: settings)
    let outcome = await Loops.client.run {
        do {
            try await body(client, server)
            return Result<Void, any Error>.success(())
        } catch {
            return .failure(error)
        }
    }
    await client.close()
    await server.stop()
    try outcome.get()
}

/// Polls until `condition` holds; fails the test after ten seconds.
func eventually(
    _ condition: @Sendable () -> Bool, _ comment: Comment, sourceLocation: SourceLocation = #_sourceLocation
)
    async throws
{
    let deadline = Deadline.after(.seconds(10))
    while !condition() {
        try #require(!deadline.hasPassed, comment, sourceLocation: sourceLocation)
        try await Loops.client.sleep(for: .milliseconds(2))
    }
}

/// The error of a request that must fail.
func failure(
    of body: () async throws(TransferError) -> Void, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> TransferError {
    do {
        try await body()
    } catch {
        return error
    }
    throw NoFailure()
}

struct NoFailure: Error {}

/// A complete response with a body.
func ok(_ body: String, headers: String = "") -> String {
    "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
}

extension InboundResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}
