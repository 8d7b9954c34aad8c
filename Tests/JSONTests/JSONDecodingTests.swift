import FoundationEssentials
import JSON
import Testing

private enum Role: String, Codable, CaseIterable { case user, assistant, tool }

private enum Unlisted: String, Codable { case one }

private struct Turn: Codable, Equatable {
    var role: Role
    var content: String
    var toolName: String?
}

private struct Execution: Codable, Equatable {
    var evaluatorID: UUID
    var createdAt: Date
    var request: String?
    var turns: [Turn] = []
    var score: Double?
    var maxTokens: Int?
    var isFinal: Bool
    var tags: [String: String]
    var variables: JSONValue
    var baseURL: String?
    var evaluatorIDs: [UUID]?
}

private struct Bounded: Codable, Equatable {
    var value: Double

    struct OutOfBounds: Error, CustomStringConvertible { var description: String { "must be between 0 and 1" } }

    init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(Double.self)
        guard (0...1).contains(value) else { throw OutOfBounds() }
    }
}

@Suite struct JSONDecodingTests {
    private let id = "0190b8e4-7c4e-7d6c-9f3a-0123456789ab"

    private func document(_ changes: [String: String] = [:]) -> String {
        var members = [
            "evaluator_id": "\"\(id)\"", "created_at": #""2026-01-02T03:04:05.678901Z""#, "request": "\"hi\"",
            "turns": #"[{"role":"user","content":"x"},{"role":"tool","content":"y","tool_name":"search"}]"#,
            "score": "1", "max_tokens": "12", "is_final": "true", "tags": #"{"camelCase":"a","snake_case":"b"}"#,
            "variables": #"{"someKey":[1,{"innerKey":null}]}"#, "base_url": #""https://x""#, "unknown": "[1]",
            "evaluator_ids": "[\"\(id)\"]",
        ]
        members.merge(changes) { $1 }
        return "{" + members.filter { !$0.value.isEmpty }.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    private func message(_ changes: [String: String]) -> String? {
        #expect(throws: JSONDecodingError.self) { try JSONCodec.decode(Execution.self, from: document(changes)) }?
            .message
    }

    @Test func typesAreReadInAnyMemberOrder() throws {
        for _ in 0..<20 {
            let value = try JSONCodec.decode(Execution.self, from: document())
            #expect(value.evaluatorID == UUID(uuidString: id))
            #expect(value.createdAt.timeIntervalSince1970 == 1_767_323_045.678901)
            #expect(value.turns.map(\.role) == [.user, .tool])
            #expect(value.turns.map(\.toolName) == [nil, "search"])
            #expect(value.score == 1)
            #expect(value.tags == ["camelCase": "a", "snake_case": "b"])
            #expect(value.variables == ["someKey": [1, ["innerKey": nil]]])
            #expect(value.baseURL == "https://x")
            #expect(value.evaluatorIDs?.count == 1)
        }
    }

    @Test func nullAndAbsentAreTheSameForOptionals() throws {
        let value = try JSONCodec.decode(Execution.self, from: document(["request": "null", "score": ""]))
        #expect(value.request == nil)
        #expect(value.score == nil)
    }

    @Test func errorsNameTheMemberAndWhatWasExpected() {
        let badRole = #"[{"role":"robot","content":"x"}]"#
        #expect(message(["turns": badRole]) == #"turns[0].role: expected one of user, assistant, tool; found "robot""#)
        #expect(
            message(["turns": #"[{"role":"user","content":"x"},{"role":7,"content":"x"}]"#])
                == "turns[1].role: expected one of user, assistant, tool; found a number")
        #expect(message(["score": "\"high\""]) == "score: expected a number, found a string")
        #expect(message(["is_final": "1"]) == "is_final: expected true or false, found a number")
        #expect(message(["is_final": "\"true\""]) == "is_final: expected true or false, found a string")
        #expect(message(["is_final": ""]) == "is_final: required, but missing")
        #expect(message(["is_final": "null"]) == "is_final: expected true or false, found null")
        #expect(message(["request": "[]"]) == "request: expected a string, found an array")
        #expect(message(["max_tokens": "1.5"]) == "max_tokens: expected an integer, found 1.5")
        #expect(message(["turns": #"[{"role":"user"}]"#]) == "turns[0].content: required, but missing")
        #expect(message(["turns": "{}"]) == "turns: expected an array, found an object")
        #expect(message(["turns": "[3]"]) == "turns[0]: expected an object, found a number")
        #expect(message(["tags": #"{"a":"b","c":1}"#]) == "tags.c: expected a string, found a number")
        #expect(message(["evaluator_id": "\"nope\""]) == #"evaluator_id: expected a UUID, found "nope""#)
        #expect(
            message(["created_at": "\"yesterday\""])
                == #"created_at: expected a date and time such as 2026-01-02T03:04:05Z, found "yesterday""#)
        #expect(
            #expect(throws: JSONDecodingError.self) { try JSONCodec.decode(Execution.self, from: "[1]") }?.message
                == "expected an object, found an array")
    }

    @Test func errorsOfATypesOwnRulesAreKept() {
        struct Holder: Codable { var scores: [Bounded] }
        let error = #expect(throws: JSONDecodingError.self) {
            try JSONCodec.decode(Holder.self, from: #"{"scores":[0.5,2]}"#)
        }
        #expect(error?.message == "scores[1]: must be between 0 and 1")
        #expect(error?.path == ["scores", "1"])
        let unlisted = #expect(throws: JSONDecodingError.self) {
            try JSONCodec.decode([Unlisted].self, from: #"["one","two"]"#)
        }
        #expect(unlisted?.message == #"[1]: expected a known value, found "two""#)
    }

    @Test func integersMustFitAndMayBeWrittenWithAFraction() throws {
        #expect(try JSONCodec.decode([Int].self, from: "[1,1.0,1e3,-0]") == [1, 1, 1000, 0])
        #expect(try JSONCodec.decode(UInt64.self, from: "18446744073709551615") == .max)
        #expect(try JSONCodec.decode(Int64.self, from: "-9223372036854775808") == .min)
        let error = #expect(throws: JSONDecodingError.self) { try JSONCodec.decode([UInt8].self, from: "[256]") }
        #expect(error?.message == "[0]: expected an integer from 0 to 255, found 256")
        #expect(throws: JSONDecodingError.self) { try JSONCodec.decode(Int.self, from: "9223372036854775808") }
        #expect(throws: JSONDecodingError.self) { try JSONCodec.decode(UInt.self, from: "-1") }
    }

    @Test func theLastOfRepeatedMembersCounts() throws {
        struct Pair: Codable, Equatable { var first: Int, second: Int }
        #expect(
            try JSONCodec.decode(Pair.self, from: #"{"first":1,"second":2,"first":3}"#) == Pair(first: 3, second: 2))
        #expect(
            try JSONCodec.decode(Pair.self, from: #"{"first":1,"second":2,"f\u0069rst":3}"#)
                == Pair(first: 3, second: 2))
    }

    @Test func largeDictionariesAreReadInLinearTime() throws {
        let text = "{" + (0..<50_000).map { "\"someKey\($0)\":\($0)" }.joined(separator: ",") + "}"
        let started = ContinuousClock.now
        let value = try JSONCodec.decode([String: Int].self, from: text)
        #expect(value.count == 50_000)
        #expect(value["someKey49999"] == 49_999)
        #expect(ContinuousClock.now - started < .seconds(20))
    }

    @Test func namesCanBeLeftAsTheyAre() throws {
        struct Usage: Codable, Equatable { var inputTokens: Int }
        #expect(try JSONCodec.decode(Usage.self, from: #"{"inputTokens":3}"#, keys: .verbatim) == Usage(inputTokens: 3))
        #expect(
            JSONCodec.encode(Usage(inputTokens: 3), keys: .verbatim) == Array(#"{"inputTokens":3}"#.utf8))
    }
}
