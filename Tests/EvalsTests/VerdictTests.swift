import Scoring
import Testing

@testable import Evals

@Suite struct VerdictTests {
    @Test(arguments: [
        (#"{"justification":"good","score":0.85}"#, 0.85), (#"{"score":1,"justification":""}"#, 1),
        ("  \n{\"justification\": \"x\", \"score\": 0}\n", 0), (#"{"justification":"x","score":1.0,"extra":[1]}"#, 1),
        ("```json\n{\"justification\":\"x\",\"score\":0.5}\n```", 0.5),
        ("Here you are:\n```\n{\"justification\":\"x\",\"score\":0.5}\n```\nDone.", 0.5),
        ("<think>Is it {\"score\": 1}?</think>\n{\"justification\":\"x\",\"score\":0.25}", 0.25),
        (#"{"justification":"a \"quoted\" \ud83d\ude00","score":1e-1}"#, 0.1),
    ])
    func verdictIsRead(text: String, score: Double) throws {
        #expect(try Verdict(parsing: text).score.value == score)
    }

    @Test(arguments: [
        ("", "the answer is empty"), ("   ", "the answer is empty"), ("0.8", "the answer is not a JSON object"),
        ("The score is 0.8", "the answer is not a JSON object"),
        (#"{"justification":"x","score":1.5}"#, "score: 1.5 is not between 0 and 1"),
        (#"{"justification":"x","score":-0.1}"#, "score: -0.1 is not between 0 and 1"),
        (#"{"justification":"x","score":8}"#, "score: 8.0 is not between 0 and 1"),
        (#"{"justification":"x","score":"0.8"}"#, "score: expected a number, found a string"),
        (#"{"justification":"x","score":true}"#, "score: expected a number, found true"),
        (#"{"justification":"x","score":null}"#, "score: expected a number, found null"),
        (#"{"justification":"x"}"#, "score: required, but missing"),
        (#"{"score":1}"#, "justification: required, but missing"),
        (#"{"justification":["x"],"score":1}"#, "justification: expected a string, found an array"),
        (
            "```json\n{\"justification\":\"a\",\"score\":1}\n```\n```json\n{\"justification\":\"b\",\"score\":0}\n```",
            "the answer has 2 code blocks instead of one JSON object"
        ),
    ])
    func whatIsNoVerdictIsNamed(text: String, message: String) {
        #expect { try Verdict(parsing: text) } throws: { ($0 as? AnswerError)?.message == message }
    }

    @Test(arguments: [
        "{", "[]", #"{"justification":"x","score":NaN}"#, #"{"justification":"x","score":1e999}"#,
        #"{"justification":"x","score":0.5} trailing"#, #"{"justification":"x","score":.5}"#,
        "{'justification':'x','score':1}", "```json\n{\"justification\":\"x\"", #"{"justification":"x","score":0x1}"#,
        String(repeating: "[", count: 100_000), #"{"a":"# + String(repeating: "[", count: 100),
    ])
    func malformedAnswerIsRefused(text: String) {
        #expect(throws: AnswerError.self) { try Verdict(parsing: text) }
    }

    @Test func mutatedAnswersAreReadRightOrRefused() {
        var state: UInt64 = 42
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let seeds = [
            #"{"justification":"because \u00e9 \"it\" is","score":0.75}"#,
            "text\n```json\n{\"justification\":\"x\",\"score\":1}\n```\n",
            "<think>a</think>{\"justification\":\"x\",\"score\":0}",
        ]
        let bytes = Array(#"{}[]",:0123456789.eE+-\`<>/thinkscore "#.utf8) + [0, 10, 13, 0xC3, 0xA9, 0xFF]
        var accepted = 0
        for round in 0..<20_000 {
            var text = Array(seeds[round % seeds.count].utf8)
            for _ in 0...next(3) {
                let place = next(text.count)
                switch next(3) {
                case 0: text[place] = bytes[next(bytes.count)]
                case 1: text.remove(at: place)
                default: text.insert(bytes[next(bytes.count)], at: place)
                }
            }
            do {
                let verdict = try Verdict(parsing: String(decoding: text, as: UTF8.self))
                #expect((0...1).contains(verdict.score.value))
                accepted += 1
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
        #expect((1000..<20_000).contains(accepted))
    }
}
