import CodeScoring
import JSON
import Scoring
import Tenancy
import Testing

@Suite struct CodeEvaluatorTests {
    private func finding(_ json: String, _ response: String?, expected: String? = nil) throws -> CodeFinding {
        let evaluation = try CodeEvaluation(json: JSONParser.parse(json))
        return try CodeEvaluator(evaluation).finding(
            on: EvaluationInput(request: "Question?", response: response, expectedOutput: expected))
    }

    private static let comparisons: [(String, String, String, Double, String)] = [
        (#"{"kind": "exact_match"}"#, "Paris", "Paris", 1.0, "The text is the expected one."),
        (
            #"{"kind": "exact_match"}"#, "Paris.", "Paris", 0,
            "The text is not the expected one: it differs from character 6 on, where it has “.” instead of nothing."
        ),
        (
            #"{"kind": "exact_match", "ignore_case": true, "ignore_whitespace": true, "ignore_punctuation": true}"#,
            " paris. ", "Paris", 1, "The text is the expected one, not counting case and white space and punctuation."
        ),
        (
            #"{"kind": "levenshtein"}"#, "kitten", "sitting", 1 - 3.0 / 7,
            "3 of 7 characters have to be inserted, deleted or replaced to make the expected text."
        ),
        (
            #"{"kind": "fuzzy_match", "threshold": 0.5}"#, "kitten", "sitting", 1,
            "The texts are similar to 0.615 by the method ratio. That reaches the threshold of 0.5."
        ),
        (
            #"{"kind": "fuzzy_match", "threshold": 0.9}"#, "kitten", "sitting", 0,
            "The texts are similar to 0.615 by the method ratio. That is below the threshold of 0.9."
        ),
        (
            #"{"kind": "rouge", "variant": "rouge1", "measure": "recall"}"#, "the cat", "the cat sat on", 0.5,
            "rouge1: precision 1, recall 0.5, F1 0.667."
        ),
        (#"{"kind": "chrf", "word_order": 2}"#, "same words", "same words", 1, "chrF++ 100."),
    ]

    @Test(arguments: comparisons) func comparisonsSayWhatTheyFound(
        _ json: String, _ response: String, _ expected: String, _ score: Double, _ words: String
    ) throws {
        let finding = try finding(json, response, expected: expected)
        #expect(abs(finding.score.value - score) < 1e-12)
        #expect(finding.justification == words)
    }

    private static let looks: [(String, String, Double, String)] = [
        (
            #"{"kind": "regex", "pattern": "\\d+"}"#, "order 123!", 1.0,
            "The pattern is found at characters 7 to 9: “123”."
        ),
        (
            #"{"kind": "regex", "pattern": "sorry", "expect": "absent", "ignore_case": true}"#, "Sorry!", 0,
            "The pattern is found at characters 1 to 5: “Sorry”."
        ),
        (#"{"kind": "regex", "pattern": "yes|no", "expect": "whole"}"#, "yes!", 0, "The text does not match."),
        (#"{"kind": "json_validity"}"#, "[1]", 1, "The text is JSON: array."),
        (
            #"{"kind": "json_validity", "top": "object"}"#, "[1]", 0,
            "The text is JSON, but at its top is array and not object."
        ),
        (
            #"{"kind": "json_schema", "schema": {"required": ["a"]}}"#, "{}", 0,
            "The text does not conform to the schema: a is missing."
        ),
        (
            #"{"kind": "length", "unit": "words", "maximum": 2}"#, "one two three", 0,
            "The text has 3 words. The most allowed is 2."
        ),
        (
            #"{"kind": "length", "minimum": 1, "maximum": 1}"#, "👍🏽", 1,
            "The text has 1 characters. That is within the bounds."
        ),
        (
            #"{"kind": "readability", "formula": "flesch_kincaid_grade", "maximum": 5}"#,
            "The cat sat on the mat. The dog ran to the park.", 1,
            "Flesch-Kincaid grade -1.45: 12 words in 2 sentences with 12 syllables. That is within the bounds."
        ),
        (
            #"{"kind": "regex", "pattern": "\\?$", "input": "request"}"#, "no", 1,
            "The pattern is found at characters 9 to 9: “?”."
        ),
    ]

    @Test(arguments: looks) func looksAtOneTextSayWhatTheyFound(
        _ json: String, _ response: String, _ score: Double, _ words: String
    ) throws {
        let finding = try finding(json, response)
        #expect(finding.score.value == score)
        #expect(finding.justification == words)
    }

    @Test func whatIsNotThereIsAFailureAndNoScore() throws {
        let missing = #expect(throws: EvaluationFailure.self) { try finding(#"{"kind": "bleu"}"#, "a") }
        #expect(missing?.code == .invalidInput && missing?.message.contains("expected_output") == true)
        let silent = #expect(throws: EvaluationFailure.self) { try finding(#"{"kind": "json_validity"}"#, nil) }
        #expect(silent?.message == "there is no response to look at")
        let literal = try finding(#"{"kind": "exact_match", "expected": "a"}"#, "a")
        #expect(literal.score.value == 1)
    }

    @Test func inputsAreThoseThatTheRuleNeeds() throws {
        let comparison = try CodeEvaluation(json: JSONParser.parse(#"{"kind": "rouge"}"#))
        #expect(comparison.inputs == [.response, .expectedOutput])
        let literal = try CodeEvaluation(json: JSONParser.parse(#"{"kind": "rouge", "expected": "x"}"#))
        #expect(literal.inputs == [.response])
        let request = try CodeEvaluation(json: JSONParser.parse(#"{"kind": "pii", "input": "request"}"#))
        #expect(request.inputs == [.request])
    }
}
