import CodeScoring
import JSON
import Scoring
import Tenancy
import Testing

@Suite struct CodeDefinitionTests {
    @Test(arguments: [
        (#"3"#, "code", "Must be an object."), (#"{}"#, "code.kind", "This field is required."),
        (#"{"kind": "magic"}"#, "code.kind", "“magic” is none of exact_match, "),
        (#"{"kind": "regex"}"#, "code.pattern", "This field is required."),
        (#"{"kind": "regex", "pattern": ""}"#, "code.pattern", "This field may not be blank."),
        (#"{"kind": "regex", "pattern": "a("}"#, "code.pattern", "“(” is never closed (character 2)."),
        (#"{"kind": "regex", "pattern": 3}"#, "code.pattern", "Must be a text."),
        (#"{"kind": "regex", "pattern": "a", "flags": "i"}"#, "code.flags", "There is no such option here."),
        (#"{"kind": "json_schema"}"#, "code.schema", "This field is required."),
        (#"{"kind": "json_schema", "schema": {"type": 1}}"#, "code.schema", "type must be one or several of"),
        (#"{"kind": "length"}"#, "code.maximum", "Give a minimum or a maximum."),
        (#"{"kind": "length", "minimum": 5, "maximum": 1}"#, "code.maximum", "Must not be below the minimum."),
        (#"{"kind": "readability", "formula": "flesch_kincaid_grade"}"#, "code.maximum", "A grade has no scale"),
        (#"{"kind": "pii", "kinds": ["email", "face"]}"#, "code.kinds", "“face” is none of email, "),
        (#"{"kind": "pii", "kinds": []}"#, "code.kinds", "Name at least one kind"),
        (#"{"kind": "chrf", "word_order": 3}"#, "code.word_order", "Must be 0 for chrF"),
        (#"{"kind": "bleu", "threshold": 2}"#, "code.threshold", "Must be from 0.0 to 1.0."),
        (#"{"kind": "pii", "expected": "x"}"#, "code.expected", "There is no such option here."),
    ]) func everyMistakeIsToldAtItsField(_ json: String, _ field: String, _ words: String) throws {
        let value = try JSONParser.parse(json)
        let refusal = #expect(throws: InvalidDefinition.self) { try CodeEvaluation(json: value) }
        let problem = try #require(refusal?.problems.first { $0.field == field }, "\(String(describing: refusal))")
        #expect(problem.message.contains(words), "\(problem.message)")
    }

    @Test(arguments: [
        #"{"kind":"exact_match"}"#,
        #"{"kind":"exact_match","ignore_case":true,"ignore_whitespace":true,"expected":"x"}"#,
        #"{"kind":"fuzzy_match","method":"token_set","ignore_punctuation":true,"threshold":0.5}"#,
        #"{"kind":"levenshtein","input":"request"}"#,
        #"{"kind":"regex","pattern":"a+","ignore_case":true,"expect":"whole"}"#,
        #"{"kind":"json_validity","top":"array"}"#, #"{"kind":"json_schema","schema":{"type":"object"}}"#,
        #"{"kind":"json_match","aspect":"types","ignore_fields":["a.b"],"tolerance":0.5,"ignore_order":true,"ignore_extra":true,"fold_text":true}"#,
        #"{"kind":"json_filled"}"#, #"{"kind":"rouge","variant":"rougeLsum","measure":"recall","words":"ascii"}"#,
        #"{"kind":"bleu","smoothing":"add-k","ignore_case":true}"#, #"{"kind":"chrf","word_order":2}"#,
        #"{"kind":"readability","minimum":60}"#, #"{"kind":"length","unit":"sentences","minimum":1,"maximum":3}"#,
        #"{"kind":"pii"}"#, #"{"kind":"pii","kinds":["email","iban"]}"#,
    ]) func aDefinitionIsWrittenAsItIsRead(_ json: String) throws {
        let evaluation = try CodeEvaluation(json: JSONParser.parse(json))
        #expect(evaluation.json.description == json)
        #expect(try CodeEvaluation(json: evaluation.json) == evaluation)
    }

    @Test func nullIsAsGoodAsAbsent() throws {
        let evaluation = try CodeEvaluation(
            json: JSONParser.parse(#"{"kind":"bleu","threshold":null,"expected":null}"#))
        #expect(evaluation == CodeEvaluation(.bleu(BleuRule())))
    }
}
