import ChatModel
import JSON
import Providers
import Testing

/// Schemas of answers that came in OpenAI's dialect, at Anthropic's models, which can be held to less.
@Suite struct MessagesSchemaTests {
    private static let claude = "anthropic.claude-sonnet-4-5-20250929-v1:0"

    private func call(_ kind: ProviderKind, _ schema: String) throws -> ProviderRequest {
        try Wire.call(
            kind, model: Self.claude,
            #"""
            {"model":"a","messages":[{"role":"user","content":"q"}],
            "response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":\#(schema)}}}
            """#)
    }

    private func schema(_ call: ProviderRequest, of kind: ProviderKind) throws -> JSONValue? {
        let body = try Wire.json(call.body)
        guard kind == .bedrock else { return body["output_config"]?["format"]?["schema"] }
        let text = body["outputConfig"]?["textFormat"]?["structure"]?["jsonSchema"]?["schema"]?.stringValue
        return try text.map { try JSONParser.parse($0) }
    }

    @Test(arguments: [ProviderKind.anthropic, .bedrock])
    func whatCannotBeHeldToIsTold(kind: ProviderKind) throws {
        let call = try call(
            kind,
            #"""
            {"type":"object","$defs":{"n":{"type":"string","maxLength":5}},"properties":{
            "score":{"type":"number","minimum":0,"maximum":1,"description":"How good."},
            "notes":{"type":"array","minItems":1,"items":{"$ref":"#/$defs/n"}},
            "kind":{"oneOf":[{"type":"string","enum":["a","b"]},{"type":"null"}]}},"required":["score"]}
            """#)
        let expected = try JSONParser.parse(
            #"""
            {"type":"object","$defs":{"n":{"type":"string","description":"{maxLength: 5}"}},"properties":{
            "score":{"type":"number","description":"How good.\n\n{minimum: 0, maximum: 1}"},
            "notes":{"type":"array","minItems":1,"items":{"$ref":"#/$defs/n"}},
            "kind":{"anyOf":[{"type":"string","enum":["a","b"]},{"type":"null"}]}},"required":["score"],
            "additionalProperties":false}
            """#)
        #expect(try schema(call, of: kind) == expected)
        #expect(call.adjustments == [.approximated("response_format")])
    }

    @Test func aSchemaThatFitsGoesOutAsItCame() throws {
        let schema = #"{"properties": {"a":{"type":"string"}},"type":"object","additionalProperties":false}"#
        let call = try call(.anthropic, schema)
        #expect(String(decoding: call.body, as: UTF8.self).contains(schema))
        #expect(call.adjustments.isEmpty)
    }

    @Test(arguments: [ProviderKind.anthropic, .bedrock])
    func propertiesOfAnyNameAreRefused(kind: ProviderKind) {
        let map = #"{"type":"object","properties":{"m":{"type":"object","additionalProperties":{"type":"string"}}}}"#
        #expect { try call(kind, map) } throws: { ($0 as? Unsupported)?.parameter == "response_format" }
    }

    @Test func strictToolsAreHeldToTheSame() throws {
        let body =
            #"{"model":"a","messages":[{"role":"user","content":"q"}],"tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object","properties":{"a":{"type":"integer","minimum":1}}}}}]}"#
        let expected: JSONValue = [
            "type": "object", "properties": ["a": ["type": "integer", "description": "{minimum: 1}"]],
            "additionalProperties": false,
        ]
        let direct = try Wire.call(.anthropic, model: Self.claude, body)
        #expect(try Wire.json(direct.body)["tools"]?[0]?["input_schema"] == expected)
        #expect(direct.adjustments == [.approximated("tools")])
        let carried = try Wire.json(try Wire.call(.bedrock, model: Self.claude, body).body)["toolConfig"]
        #expect(carried?["tools"]?[0]?["toolSpec"]?["inputSchema"]?["json"] == expected)
        let loose = try Wire.call(.anthropic, model: Self.claude, body.replacing(#""strict":true,"#, with: ""))
        #expect(try Wire.json(loose.body)["tools"]?[0]?["input_schema"]?["properties"]?["a"]?["minimum"] == 1)
    }
}
