import EventLoop
import TestSupport

/// An endpoint that takes every message and never answers.
final class ScriptedStall: Sendable {
    private let server: ScriptedServer

    init(on loop: Loop) throws {
        server = try ScriptedServer(on: loop) { connection in
            while try await connection.request() != nil {}
        }
    }

    var url: String { server.url("/stall") }
    var connections: Int { server.connections }

    func stop() async { await server.stop() }
}
