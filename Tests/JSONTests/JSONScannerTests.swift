import JSON
import Testing

@Suite struct JSONScannerTests {
    private let body = Array(
        #"{"model": "gpt-4o" ,"stream":true,"temperature":0.5,"max_tokens":12,"response_format":{"type":"json_object","deep":{"x":1}},"messages":[{"role":"user","model":"inner"}]}"#
            .utf8)

    @Test func membersAreReadWithoutDecoding() throws {
        let scanner = try JSONScanner(body)
        #expect(scanner.string("model") == "gpt-4o")
        #expect(scanner.bool("stream") == true)
        #expect(scanner.double("temperature") == 0.5)
        #expect(scanner.integer("max_tokens") == 12)
        #expect(scanner.string("response_format", "type") == "json_object")
        #expect(scanner.string("stream") == nil)
        #expect(scanner.bool("model") == nil)
        #expect(!scanner.has("role"))
        #expect(!scanner.has("model", "type"))
        let range = try #require(scanner.range(of: "messages"))
        #expect(String(decoding: body[range], as: UTF8.self) == #"[{"role":"user","model":"inner"}]"#)
        #expect(try scanner.value("response_format", "deep") == ["x": 1])
        #expect(scanner.names == ["model", "stream", "temperature", "max_tokens", "response_format", "messages"])
    }

    @Test func replacingChangesOneValueAndNoOtherByte() throws {
        let replaced = try JSONScanner(body).replacing("model", with: "a\"b")
        #expect(
            String(decoding: replaced, as: UTF8.self)
                == String(decoding: body, as: UTF8.self).replacing("\"gpt-4o\"", with: #""a\"b""#, maxReplacements: 1))
    }

    @Test func everyOccurrenceIsReplacedHoweverItIsSpelt() throws {
        let scanner = try JSONScanner(Array(#"{"model":"a","mod\u0065l":{"b":1},"x":{"model":"c"}}"#.utf8))
        #expect(scanner.string("model") == nil)
        #expect(
            String(decoding: scanner.replacing("model", with: "z"), as: UTF8.self)
                == #"{"model":"z","mod\u0065l":"z","x":{"model":"c"}}"#)
    }

    @Test func anAbsentMemberIsAdded() throws {
        #expect(
            String(decoding: try JSONScanner(Array("{ }".utf8)).replacing("a", with: 1), as: UTF8.self) == #"{ "a":1}"#)
        #expect(
            String(decoding: try JSONScanner(Array(#"{"b":2} "#.utf8)).replacing("a", with: 1), as: UTF8.self)
                == #"{"b":2,"a":1} "#)
    }

    @Test(arguments: ["[]", "1", #"{"a":[1,}"#, #"{"a":{"b":{"c":tru}}}"#]) func whatIsNoObjectIsRefused(_ text: String)
    {
        #expect(throws: JSONDecodingError.self) { try JSONScanner(Array(text.utf8)) }
    }
}
