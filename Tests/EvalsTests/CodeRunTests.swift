import FoundationEssentials
import HTTPTransfer
import JSON
import Testing
import WireAPI

@testable import Evals

/// Evaluators that are code, as evald runs them.
@Suite struct CodeRunTests {
    private static func call(_ evaluators: [JSONValue], response: String, expected: JSONValue = nil) -> JSONValue {
        [
            "organization_id": .string(OrganizationFixture.one.uuidString), "project_id": nil,
            "evaluators": .array(evaluators),
            "input": [
                "request": nil, "response": .string(response), "turns": [], "tools": nil, "contexts": [],
                "expected_output": expected, "variables": [:],
            ],
        ]
    }

    private static func evaluator(code: JSONValue?) -> JSONValue {
        [
            "name": "Evaluator", "objective": "", "criteria": code == nil ? "Is {{response}} polite?" : "",
            "variables": [], "behavior": "balanced", "models": code == nil ? ["m"] : [], "code": code ?? nil,
        ]
    }

    private static func results(
        _ rig: ScriptedProxy, _ call: JSONValue
    ) async throws -> [EvaluationReply.Result] {
        try JSONCodec.decode(EvaluationReply.self, from: try await rig.post(JSONWriter.bytes(of: call)).body).results
    }

    @Test func codeAsksNoModelAndCostsNothing() async throws {
        try await ScriptedProxy.run { _, _, _ in
            .verdict(0)
        } _: { rig in
            let call = Self.call(
                [Self.evaluator(code: ["kind": "regex", "pattern": "th.nk"])], response: "Thanks, thank you")
            let result = try #require(try await Self.results(rig, call).first)
            #expect(result.score == 1)
            #expect(result.justification == "The pattern is found at characters 9 to 13: “thank”.")
            #expect(result.costNanodollars == 0 && result.attempts == 0 && result.model == nil)
            #expect(result.failure == nil && result.usage == nil && result.renderedPrompt == nil)
            #expect(rig.calls.all.isEmpty)
        }
    }

    @Test func aJudgeMayHaveBothKinds() async throws {
        try await ScriptedProxy.run { _, _, _ in
            .verdict(0.5)
        } _: { rig in
            let evaluators = [
                Self.evaluator(code: ["kind": "exact_match"]), Self.evaluator(code: nil),
                Self.evaluator(code: ["kind": "json_validity"]),
            ]
            let results = try await Self.results(rig, Self.call(evaluators, response: "{}", expected: "{}"))
            #expect(results.map(\.score) == [1, 0.5, 1])
            #expect(rig.calls.all.count == 1)
        }
    }

    @Test func whatCodeCannotDoIsAFailureOfItsOwn() async throws {
        try await ScriptedProxy.run { _, _, _ in
            .verdict(0.5)
        } _: { rig in
            let evaluators = [
                Self.evaluator(code: ["kind": "bleu"]), Self.evaluator(code: ["kind": "length", "maximum": 5]),
                Self.evaluator(code: ["kind": "of a later release"]),
            ]
            let results = try await Self.results(rig, Self.call(evaluators, response: "short"))
            #expect(results.map(\.score) == [nil, 1, nil])
            #expect(results[0].failure?.code == "invalid_input")
            #expect(results[0].failure?.message == "there is no expected_output to compare with")
            #expect(results[2].failure?.code == "invalid_input")
        }
    }

    @Test func longTextsAreLookedAtBesideTheLoop() async throws {
        try await ScriptedProxy.run { _, _, _ in
            .verdict(0.5)
        } _: { rig in
            let text = String(repeating: "word ", count: 20_000)
            let call = Self.call(
                [Self.evaluator(code: ["kind": "length", "unit": "words", "minimum": 20_000])], response: text)
            let result = try #require(try await Self.results(rig, call).first)
            #expect(result.score == 1)
        }
    }
}
