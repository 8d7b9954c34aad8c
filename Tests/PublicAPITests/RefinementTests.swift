import HTTPMessages
import JSON
import Tenancy
import Testing

/// Improving a response by a judge, where the judge cannot look at it.
@Suite struct RefinementTests {
    /// A judge whose evaluator is gone.
    private func emptyJudge(_ caller: Caller) async throws -> String {
        let evaluator = try await caller.make(
            "/v1/evaluators/",
            ["name": "Gone", "scoring_criteria": "Is {{response}} right?", "objective": ["intent": "To go."]])
        let judge = try await caller.make(
            "/v1/judges/",
            ["name": "Judge", "intent": "To judge.", "evaluator_references": [["id": .string(evaluator)]]])
        let changed = try await caller.send(.patch, "/v1/judges/\(judge)/", ["evaluator_references": []])
        #expect(changed.status == 200, "\(changed.text)")
        return judge
    }

    /// A stream that has begun can only break off, which a client takes for a fault of the network.
    @Test(arguments: [false, true])
    func aJudgeWithoutEvaluatorsIsRefusedBeforeAnythingIsSent(inStream: Bool) async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let judge = try await emptyJudge(caller)
            let body: JSONValue = ["request": "What is 1+1?", "response": "3", "stream": .bool(inStream)]
            let answer = try await caller.send(.post, "/v1/judges/\(judge)/refine/", body)
            #expect(answer.status == 400, "\(answer.text)")
            #expect(answer.text.contains("This judge has no evaluators"))
        }
    }

    @Test(arguments: [false, true])
    func aProjectThatIsNotThereIsRefusedBeforeAnythingIsSent(inStream: Bool) async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let evaluator = try await caller.make(
                "/v1/evaluators/",
                ["name": "Stays", "scoring_criteria": "Is {{response}} right?", "objective": ["intent": "To stay."]])
            let judge = try await caller.make(
                "/v1/judges/",
                ["name": "Judge", "intent": "To judge.", "evaluator_references": [["id": .string(evaluator)]]])
            let body: JSONValue = [
                "request": "What is 1+1?", "response": "3", "stream": .bool(inStream),
                "project_id": .string("\(server.identifiers.uuid())"),
            ]
            let answer = try await caller.send(.post, "/v1/judges/\(judge)/refine/", body)
            #expect(answer.status == 400, "\(answer.text)")
            #expect(answer["fields"]["project_id"] != .null || answer.text.contains("project"))
        }
    }
}
