import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd {
    /// The public API from outside: what its published contract says.
    @Suite struct PublicAPI {}
}

/// The identifier of a built-in evaluator, Truthfulness.
let rootEvaluator = "053df10f-b0c7-400b-892e-46ce3aa1e430"

/// An identifier that nothing has.
let unknownID = "0193a500-0000-7000-8000-00000000dead"

extension APIClient {
    /// A new evaluator.
    func makeEvaluator(
        named name: String = "Made for a test", criteria: String = "Rate {{response}}",
        _ others: JSONObject = [:]
    ) async throws -> Reply {
        var body: JSONObject = [
            "name": .string(name), "scoring_criteria": .string(criteria), "objective": ["intent": "To test"],
        ]
        for member in others.members { body[member.key] = member.value }
        let reply = try await post("/v1/evaluators/", .object(body))
        #expect(reply.status == 201, "\(reply.text)")
        return reply
    }

    /// A new judge of the given evaluators.
    func makeJudge(of evaluators: [String]) async throws -> Reply {
        let references = evaluators.map { JSONValue.object(["id": .string($0)]) }
        let reply = try await post(
            "/v1/judges/",
            ["name": "Made for a test", "intent": "To test", "evaluator_references": .array(references)])
        #expect(reply.status == 201, "\(reply.text)")
        return reply
    }

    /// A new objective; its identifier.
    func makeObjective(_ intent: String) async throws -> String {
        let reply = try await post("/v1/objectives/", ["intent": .string(intent)])
        #expect(reply.status == 201, "\(reply.text)")
        return reply.string("id")
    }
}

/// A problem as every client reads it: the status in the body as well, a code, a title, a detail, and complaints about
/// `field` where one is given.
func expectProblem(
    _ reply: Reply, _ status: Int, _ code: String, field: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(reply.status == status, "\(reply.text)", sourceLocation: sourceLocation)
    #expect(reply["status"]?.integerValue == Int64(status), "\(reply.text)", sourceLocation: sourceLocation)
    #expect(reply.string("code") == code, "\(reply.text)", sourceLocation: sourceLocation)
    #expect(!reply.string("title").isEmpty && !reply.string("detail").isEmpty, sourceLocation: sourceLocation)
    #expect(reply.string("type") == "about:blank" && reply["instance"] == .null, sourceLocation: sourceLocation)
    #expect(reply.headers["content-type"]?.contains("json") == true, sourceLocation: sourceLocation)
    if let field {
        let complaints = reply[field]?.arrayValue ?? []
        #expect(
            !complaints.isEmpty && complaints.allSatisfy { $0.stringValue != nil }, "\(field) is named: \(reply.text)",
            sourceLocation: sourceLocation)
    }
}
