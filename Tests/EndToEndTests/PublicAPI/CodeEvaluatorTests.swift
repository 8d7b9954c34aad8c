import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Evaluators that are code: our addition beside the criteria.
    @Suite struct CodeEvaluatorTests {
        private static func body(_ code: JSONValue, _ more: JSONObject = [:]) -> JSONValue {
            var body: JSONObject = ["name": "Order number", "objective": ["intent": "To find it."], "code": code]
            for member in more.members { body[member.key] = member.value }
            return .object(body)
        }

        @Test func codeIsMadeExecutedReadAndListed() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let code: JSONValue = ["kind": "regex", "pattern": "[A-Z]{2}-\\d+", "expect": "found"]
            let made = try await api.post("/v1/evaluators/", Self.body(code))
            #expect(made.status == 201, "\(made.text)")
            #expect(made["code"] == ["kind": "regex", "pattern": "[A-Z]{2}-\\d+"])
            #expect(made.string("scoring_criteria") == "" && made["models"] == [])
            #expect(made["inputs"]?.objectValue?.keys == ["response"])
            let path = "/v1/evaluators/execute/\(made.string("id"))/"
            let result = try await api.post(path, ["response": "Your order is AB-123."])
            #expect(result["score"]?.doubleValue == 1 && result["cost"]?.doubleValue == 0)
            #expect(result.string("justification") == "The pattern is found at characters 15 to 20: “AB-123”.")
            let log = try await api.get("/v1/execution-logs/\(result.string("execution_log_id"))/")
            #expect(log["score"]?.doubleValue == 1)

            let native = try await api.get("/v1/evaluators/?evaluator_type=native&page_size=100")
            #expect(native.results.contains { $0.string("id") == made.string("id") })
            #expect(native.results.allSatisfy { $0["code"]?.objectValue != nil })
            let managed = try await api.get("/v1/evaluators/?evaluator_type=managed&page_size=100")
            #expect(managed.results.allSatisfy { $0["code"]?.isNull != false })
            expectProblem(
                try await api.get("/v1/evaluators/?evaluator_type=x"), 400, "invalid", field: "evaluator_type")
        }

        @Test func mistakesAreToldAtTheirField() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let wrong: [(JSONValue, String)] = [
                (["kind": "regex", "pattern": "("], "code.pattern"), (["kind": "magic"], "code.kind"),
                // `code` is a member of the problem itself, so the complaint stands among the others.
                ("regex", "non_field_errors"),
                (["kind": "json_schema", "schema": ["$ref": "https://example.org/"]], "code.schema"),
                (["kind": "bleu", "colour": 1], "code.colour"),
            ]
            for (code, field) in wrong {
                expectProblem(try await api.post("/v1/evaluators/", Self.body(code)), 400, "invalid", field: field)
            }
            let both = Self.body(["kind": "bleu"], ["scoring_criteria": "Rate {{response}}"])
            expectProblem(try await api.post("/v1/evaluators/", both), 400, "invalid", field: "scoring_criteria")
            let asking = Self.body(["kind": "bleu"], ["models": ["gpt-4o"]])
            expectProblem(try await api.post("/v1/evaluators/", asking), 400, "invalid", field: "models")
        }

        @Test func aJudgeMayHaveCodeBesideCriteria() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let code = try await api.post("/v1/evaluators/", Self.body(["kind": "exact_match"]))
            let criteria = try await api.makeEvaluator()
            let judge = try await api.makeJudge(of: [code.string("id"), criteria.string("id")])
            let result = try await api.post(
                "/v1/judges/\(judge.string("id"))/execute/", ["response": "Paris", "expected_output": "Paris"])
            let results = result["evaluator_results"]?.arrayValue ?? []
            #expect(results.count == 2 && results.first?["score"]?.doubleValue == 1, "\(result.text)")
        }

        @Test func whatTheCodeNeedsAndDoesNotGetIsSaid() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let made = try await api.post("/v1/evaluators/", Self.body(["kind": "rouge"]))
            #expect(made["inputs"]?.objectValue.map { Set($0.keys) } == ["response", "expected_output"])
            let reply = try await api.post("/v1/evaluators/execute/\(made.string("id"))/", ["response": "x"])
            #expect(reply.status == 400, "\(reply.text)")
            #expect(reply.text.contains("expected_output"))
        }
    }
}
