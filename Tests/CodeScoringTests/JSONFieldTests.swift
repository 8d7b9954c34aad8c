@testable import CodeScoring
import JSON
import Scoring
import Testing

@Suite struct JSONFieldTests {
    private func compare(
        _ found: String, _ expected: String, _ change: (inout JSONComparison) -> Void = { _ in }
    ) throws -> CodeFinding {
        var rule = JSONComparison()
        change(&rule)
        return try CodeEvaluator(CodeEvaluation(.jsonMatch(rule))).finding(
            on: EvaluationInput(response: found, expectedOutput: expected))
    }

    @Test func theScoreIsTheShareOfTheFieldsThatAreEqual() throws {
        let finding = try compare(
            #"{"id": 1.0, "tags": ["a", "c"], "extra": true}"#, #"{"tags": ["a", "b"], "id": 1, "name": "x"}"#)
        #expect(finding.score.value == 0.4)
        #expect(
            finding.justification
                == #"2 of 5 fields match: tags[1] is "c", not "b"; name is missing; extra was not expected."#)
    }

    @Test func whatIsToBeIgnoredIsIgnored() throws {
        #expect(try compare(#"{"a": 1, "b": 2}"#, #"{"a": 1}"#) { $0.ignoresExtra = true }.score.value == 1)
        #expect(
            try compare(#"{"a": [{"id": 1, "v": 2}]}"#, #"{"a": [{"id": 9, "v": 2}]}"#) {
                $0.ignoredFields = ["a[*].id"]
            }.score.value == 1)
        #expect(try compare("[1, 2, 3]", "[3, 1, 2]") { $0.ignoresOrder = true }.score.value == 1)
        #expect(try compare("[1, 2, 3]", "[3, 1, 2]").score.value == 0)
        #expect(try compare(#"{"a": 1.04}"#, #"{"a": 1}"#) { $0.tolerance = 0.05 }.score.value == 1)
        #expect(try compare(#"{"a": "New  York"}"#, #"{"a": "new york"}"#) { $0.foldsText = true }.score.value == 1)
    }

    @Test func elementsInAnyOrderAreBroughtTogetherByHowWellTheyFit() throws {
        let finding = try compare(
            #"[{"id": 2, "v": "b"}, {"id": 1, "v": "x"}]"#, #"[{"id": 1, "v": "a"}, {"id": 2, "v": "b"}]"#
        ) { $0.ignoresOrder = true }
        #expect(finding.score.value == 0.75)
        #expect(finding.justification == #"3 of 4 fields match: [0].v is "x", not "a"."#)
    }

    @Test func namesTypesAndCompletenessAreComparedForThemselves() throws {
        let (found, expected) = (#"{"a": "1", "b": null, "x": 1}"#, #"{"a": 1, "b": 2, "c": {"d": 1}}"#)
        #expect(try compare(found, expected) { $0.aspect = .names }.score.value == 2 / 3)
        #expect(try compare(found, expected) { $0.aspect = .completeness }.score.value == 2 / 3)
        #expect(
            try compare(#"{"a": "1", "b": 5}"#, #"{"a": 1, "b": 2, "c": 3}"#) { $0.aspect = .types }.score.value == 0.5)
    }

    @Test func aTextThatIsNoJSONHasNoFieldsRight() throws {
        let finding = try compare("{", #"{"a": 1}"#)
        #expect(finding.score.value == 0)
        #expect(finding.justification.hasPrefix("The text is no JSON: "))
        let failure = #expect(throws: EvaluationFailure.self) { try compare("{}", "nothing") }
        #expect(failure?.code == .invalidInput)
    }

    @Test func hugeArraysWithoutOrderAreGivenUp() throws {
        let many = "[\((0..<1500).map(String.init).joined(separator: ","))]"
        let other = "[\((5000..<6500).map(String.init).joined(separator: ","))]"
        let failure = #expect(throws: EvaluationFailure.self) { try compare(many, other) { $0.ignoresOrder = true } }
        #expect(failure?.message.contains("too large") == true)
    }

    @Test func filledFieldsAreThoseThatSaySomething() throws {
        let evaluator = try CodeEvaluator(CodeEvaluation(.jsonFilled))
        let finding = try evaluator.finding(
            on: EvaluationInput(response: #"{"a": 1, "b": " ", "c": null, "d": [], "e": {"f": false}}"#))
        #expect(finding.score.value == 0.4)
        #expect(finding.justification == "3 of 5 fields have no value: b; c; d.")
    }
}
