import Foundation
import JSON
import Testing

@Suite struct JSONParserTests {
    @Test(arguments: JSONCorpus.valid) func validTextIsReadAndKeptByTheWriter(_ text: String) throws {
        let value = try JSONParser.parse(text)
        let written = JSONWriter.bytes(of: value)
        #expect(try JSONParser.parse(written) == value)
        #expect(JSONWriter.bytes(of: try JSONParser.parse(written)) == written)
    }

    @Test(arguments: JSONCorpus.invalid) func invalidTextIsRefused(_ text: String) {
        #expect(throws: JSONDecodingError.self) { try JSONParser.parse(text) }
    }

    @Test(arguments: JSONCorpus.notUTF8) func invalidUTF8IsRefusedInValuesAndNames(_ bytes: [UInt8]) {
        for padding in [0, 7, 8, 20] {
            let string = [0x22] + [UInt8](repeating: 0x61, count: padding) + bytes + [0x22]
            #expect(throws: JSONDecodingError.self) { try JSONParser.parse(string) }
            #expect(throws: JSONDecodingError.self) { try JSONParser.parse([0x7B] + string + [0x3A, 0x31, 0x7D]) }
        }
    }

    @Test func foundationAgreesOnTheCorpus() {
        for text in JSONCorpus.valid { #expect(accepts(text), "Foundation refuses \(text)") }
        // Foundation lets a comma after the last element pass.
        for text in JSONCorpus.invalid where !text.contains(",]") && !text.contains(",}") {
            #expect(!accepts(text), "Foundation accepts \(text)")
        }
        func accepts(_ text: String) -> Bool {
            // ok: the question is whether it throws
            (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) != nil
        }
    }

    @Test func numbersKeepTheirKindAndValue() throws {
        #expect(
            try JSONParser.parse("[1,-2,9223372036854775807,-9223372036854775808,0]")
                == [1, -2, .integer(.max), .integer(.min), 0])
        #expect(try JSONParser.parse("[1.0,1e2,0.1]") == [.number(1), .number(100), .number(0.1)])
        #expect(try JSONParser.parse("9223372036854775808") == .number(9_223_372_036_854_775_808))
        #expect(try JSONParser.parse("-0").doubleValue?.sign == .minus)
        #expect(try JSONParser.parse("5e-324") == .number(.leastNonzeroMagnitude))
        #expect(try JSONParser.parse("0.1234567890123456789") == .number(0.1234567890123456789))
        #expect(try JSONParser.parse("123456789012345678.5e-3") == .number(123456789012345.6785))
    }

    @Test func doublesRoundTripByBits() throws {
        var random = SplitMix(seed: 11)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            let read = try JSONParser.parse(JSONWriter.bytes(of: .number(value))).doubleValue
            #expect(read?.bitPattern == value.bitPattern)
        }
    }

    @Test func escapesAndSurrogatePairsAreDecoded() throws {
        #expect(try JSONParser.parse(#""\"\\\/\b\f\n\r\t\u0041\ud83d\ude00é""#) == "\"\\/\u{8}\u{c}\n\r\tA😀é")
    }

    @Test func theLastOfRepeatedKeysCountsAtThePlaceOfTheFirst() throws {
        let value = try JSONParser.parse(#"{"a":1,"b":2,"a":3}"#)
        #expect(value.objectValue?.keys == ["a", "b"])
        #expect(value["a"] == 3)
        let many = (0..<100).map { "\"k\($0 % 60)\":\($0)" }.joined(separator: ",")
        let large = try JSONParser.parse("{\(many)}").objectValue
        #expect(large?.count == 60)
        #expect(large?["k5"] == 65)
    }

    @Test func nestingIsLimited() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try JSONParser.parse(nested(256)) }
        let error = #expect(throws: JSONDecodingError.self) { try JSONParser.parse(nested(257)) }
        #expect(error?.expected == "at most 256 nested arrays and objects")
        #expect(throws: JSONDecodingError.self) { try JSONParser.parse(nested(1_000_000)) }
        #expect(throws: JSONDecodingError.self) { try JSONParser.parse("[1]", limits: JSONLimits(lengthInBytes: 2)) }
    }

    @Test func syntaxErrorsNameTheirPlace() {
        let error = #expect(throws: JSONDecodingError.self) { try JSONParser.parse("{\n  \"a\": 1,\n  b\n}") }
        #expect(
            error?.message == "not valid JSON at line 3, column 3: expected a member name in double quotes, found `b`")
        let end = #expect(throws: JSONDecodingError.self) { try JSONParser.parse("[1") }
        #expect(end?.message == "not valid JSON at line 1, column 3: expected `,` or `]`, found the end")
    }
}

@Suite struct JSONObjectTests {
    @Test func membersKeepTheirOrderThroughChanges() {
        var object: JSONObject = ["a": 1, "b": 2, "c": 3]
        object["b"] = "two"
        object["d"] = .null
        object["a"] = nil
        #expect(object.keys == ["b", "c", "d"])
        #expect(object["d"] == .null)
        #expect(object["a"] == nil)
    }

    @Test func largeObjectsFindTheirMembersAfterRemovals() {
        var object = JSONObject((0..<40).map { ("k\($0)", .integer($0)) })
        for index in stride(from: 0, to: 40, by: 2) { object["k\(index)"] = nil }
        #expect(object.count == 20)
        for index in 0..<40 { #expect(object["k\(index)"] == (index % 2 == 0 ? nil : .integer(Int64(index)))) }
    }

    @Test func orderDoesNotMatterForEquality() {
        let left: JSONObject = ["a": 1, "b": [2]]
        let right: JSONObject = ["b": [2], "a": 1]
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left != ["a": 1, "b": [3]])
        #expect(left != ["a": 1, "c": [2]])
    }
}

@Suite struct JSONWriterTests {
    @Test func textIsEscapedWhereItMust() {
        let text = "plain \"quoted\" back\\slash \u{1}\u{1f}\n\r\t\u{8}\u{c} é😀/ tail that is longer than eight bytes"
        let expected =
            #""plain \"quoted\" back\\slash \u0001\u001f\n\r\t\b\fé😀/ tail that is longer than eight bytes""#
            .replacingOccurrences(of: #"\fé"#, with: #"\f é"#)
        #expect(JSONValue.string(text).description == expected)
    }

    @Test func numbersAreWrittenShortest() {
        let values: JSONValue = [0, -7, .integer(.min), 1.0, 0.1, -0.0, 1e21, 1e-7, 12345678.5]
        #expect(values.description == "[0,-7,-9223372036854775808,1.0,0.1,-0.0,1e+21,1e-07,12345678.5]")
    }

    @Test func whatIsNoNumberBecomesNull() {
        let values: JSONValue = [.number(.nan), .number(.infinity), .number(-.infinity)]
        #expect(values.description == "[null,null,null]")
    }

    @Test func documentsAreBuiltPieceByPiece() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("a,\"b\"")
        writer.beginArray()
        writer.write(1)
        writer.write("x:")
        writer.beginObject()
        writer.endObject()
        writer.write(true)
        writer.endArray()
        writer.key("raw")
        writer.writeRaw(Array("[1, 2]".utf8))
        writer.key("last")
        writer.writeNull()
        writer.endObject()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self) == #"{"a,\"b\"":[1,"x:",{},true],"raw":[1, 2],"last":null}"#)
    }
}

/// A small generator with a seed, so that a failure can be seen again.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
