@testable import CodeScoring
import JSON
import Testing

@Suite struct SchemaTests {
    @Test func documentsConformAsTheyDoInPython() throws {
        let vectors = try Vectors.load("schemas")
        let instances = try #require(vectors["instances"]?.arrayValue)
        let rows = try #require(vectors["schemas"]?.arrayValue)
        #expect(rows.count > 50)
        for row in rows {
            let schema = try JSONSchema(row["schema"] ?? .null)
            for (instance, isValid) in zip(instances, row["valid"]?.arrayValue ?? []) {
                let validation = SchemaValidation(schema, of: instance)
                #expect(
                    validation.findings.isEmpty == isValid.boolValue,
                    "\(row["schema"] ?? .null) on \(instance): \(validation.findings)")
                #expect(!validation.isTooLarge)
            }
        }
    }

    @Test(arguments: [
        (#"{"type": "text"}"#, "type must be one or several of"),
        (#"{"properties": {"a": {"pattern": "("}}}"#, "properties.a.pattern is no pattern"),
        (#"{"patternProperties": {"(?=a)": {}}}"#, "Look-around"),
        (#"{"$ref": "https://example.org/schema"}"#, "nothing outside of the schema is ever fetched"),
        (#"{"$ref": "other.json#/a"}"#, "nothing outside of the schema is ever fetched"),
        (##"{"$ref": "#/$defs/a"}"##, "where there is nothing"), (##"{"$ref": "#a"}"##, "no such anchor"),
        (##"{"$dynamicRef": "#a"}"##, "is not supported"), (#"{"required": "a"}"#, "required must be a list of texts"),
        (#"{"minLength": -1}"#, "minLength must be a whole number from 0"),
        (#"{"items": [{}]}"#, "items is no schema"), (#"{"anyOf": []}"#, "anyOf must be a list of schemas"),
        (#"{"$schema": "http://json-schema.org/draft-04/schema#"}"#, "supported are"), ("3", "$ is no schema"),
    ]) func whatCannotBeAppliedIsRefused(_ schema: String, _ words: String) throws {
        let json = try JSONParser.parse(schema)
        let error = #expect(throws: SchemaError.self) { try JSONSchema(json) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test func everyFindingSaysWhere() throws {
        let schema = try JSONSchema(
            JSONParser.parse(
                #"{"properties": {"items": {"items": {"properties": {"price": {"type": "number", "minimum": 0}}, "required": ["id"]}}}, "additionalProperties": false}"#
            ))
        let document = try JSONParser.parse(#"{"items": [{"id": 1, "price": -2}, {"price": "3"}], "total": 1}"#)
        #expect(
            SchemaValidation(schema, of: document).findings == [
                "items[0].price is -2, less than 0", "items[1].id is missing",
                "items[1].price is of the type string, not number",
                "total is not allowed: the schema has no such member",
            ])
    }

    @Test func aSchemaThatRefersToItselfEndsAnyhow() throws {
        let schema = try JSONSchema(JSONParser.parse(##"{"$ref": "#"}"##))
        #expect(SchemaValidation(schema, of: 1).isTooLarge)
        let doubling = try JSONSchema(JSONParser.parse(##"{"allOf": [{"$ref": "#"}, {"$ref": "#"}]}"##))
        #expect(SchemaValidation(doubling, of: 1).isTooLarge)
    }
}
