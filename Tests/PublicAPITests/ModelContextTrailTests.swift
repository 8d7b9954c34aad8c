import Access
import HTTPMessages
import JSON
import Records
import Synchronization
import Tenancy
import Testing

/// What the tools of the Model Context Protocol leave in the audit: the same as the calls that they stand for.
@Suite struct ModelContextTrailTests {
    private func call(_ tool: String, _ arguments: JSONValue, by caller: Caller) async throws -> JSONValue {
        let answer = try await caller.send(
            .post, "/v1/mcp",
            [
                "jsonrpc": "2.0", "id": 1, "method": "tools/call",
                "params": ["name": .string(tool), "arguments": arguments],
            ])
        #expect(answer.status == 200, "\(answer.text)")
        return answer["result"]
    }

    private static let evaluator: JSONValue = [
        "name": "Short", "intent": "To be short.", "scoring_criteria": "Is {{response}} short?",
    ]

    @Test func whatAToolChangesIsKeptOnceByWhatDoesIt() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let made = try await call("create_evaluator", Self.evaluator, by: caller)
            let id = try #require(made["structuredContent"]?["id"]?.stringValue, "\(made)")
            let kept = try await server.kept(of: caller).filter { $0.action.hasPrefix("evaluator.") }
            #expect(kept.map(\.subject) == ["evaluator:\(id)"])
            #expect(server.followed.all(of: caller).isEmpty)
        }
    }

    @Test func whatAToolIsRefusedIsToldOf() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller(without: .evaluatorCreate)
            let refused = try await call("create_evaluator", Self.evaluator, by: caller)
            #expect(refused["isError"] == true)
            let told = server.followed.all(of: caller)
            #expect(told.count == 1 && told.first?.permission == .evaluatorCreate)
            guard case .refused = told.first?.outcome else {
                Issue.record("\(told)")
                return
            }
        }
    }

    @Test func whatOnlyLooksLeavesNothing() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            _ = try await call("list_evaluators", [:], by: caller)
            #expect(server.followed.all(of: caller).isEmpty)
        }
    }
}

/// The calls that a trail has told of.
final class FollowedCalls: Sendable {
    private let calls = Mutex<[FollowedCall]>([])

    func add(_ call: FollowedCall) { calls.withLock { $0.append(call) } }

    /// Those of one caller's organisation.
    func all(of caller: Caller) -> [FollowedCall] {
        calls.withLock { $0.filter { $0.principal.organizationID == caller.principal.organizationID } }
    }
}
