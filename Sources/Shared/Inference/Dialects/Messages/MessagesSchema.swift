package import ChatModel
internal import JSON

/// The part of JSON Schema that Anthropic's models can be held to. What else a schema says is told them in its
/// descriptions, as Anthropic's own libraries do it.
package struct MessagesSchema: Sendable {
    /// The schema in that part of the language.
    package let schema: RawJSON
    /// Whether some of it is only told, so that an answer may break it.
    package let isWeaker: Bool

    /// What can be done with `schema`, which stands in the member `parameter` of the request.
    /// - Throws: When it asks for what cannot even be told.
    package init(fitting schema: RawJSON, in parameter: String) throws(Unsupported) {
        let given: JSONValue
        do {
            given = try JSONParser.parse(schema.bytes)
        } catch {
            // One that is too deep for us goes out as it is.
            self.schema = schema
            isWeaker = false
            return
        }
        var fitting = SchemaFitting(parameter: parameter)
        let fitted = try fitting.fit(given)
        self.schema = fitted == given ? schema : RawJSON(JSONWriter.bytes(of: fitted))
        isWeaker = fitting.isWeaker
    }
}

private struct SchemaFitting {
    let parameter: String
    var isWeaker = false

    private static let formats: Set<String> = [
        "date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid",
    ]
    /// What says nothing about which values are right.
    private static let notes: Set<String> = ["default", "examples", "deprecated", "readOnly", "writeOnly"]

    mutating func fit(_ value: JSONValue) throws(Unsupported) -> JSONValue {
        guard case .object(let schema) = value else { return value }
        var fitted = JSONObject()
        var told: [String] = []
        for member in schema.members {
            let name = member.key
            switch name {
            case "type", "enum", "const", "description", "title", "required", "$ref": fitted[name] = member.value
            case "$defs", "definitions", "properties": fitted[name] = try fit(each: member.value)
            case "anyOf", "allOf": fitted[name] = try fit(all: member.value)
            case "oneOf": fitted["anyOf"] = try fit(all: member.value)
            case "items": fitted[name] = try fit(member.value)
            case "format" where Self.formats.contains(member.value.stringValue ?? ""): fitted[name] = member.value
            case "minItems" where member.value == 0 || member.value == 1: fitted[name] = member.value
            case "additionalProperties":
                guard member.value.objectValue == nil else {
                    throw Unsupported(
                        parameter, "cannot follow a schema with properties of any name",
                        advice: "name the properties, or use a list of objects with a name and a value")
                }
            case "$schema", "$id", "$comment": break
            default:
                told.append("\(name): \(member.value)")
                if !Self.notes.contains(name) { isWeaker = true }
            }
        }
        if Self.isObject(schema) { fitted["additionalProperties"] = false }
        if !told.isEmpty {
            let text = "{" + told.joined(separator: ", ") + "}"
            let description = fitted["description"]?.stringValue.map { $0 + "\n\n" } ?? ""
            fitted["description"] = .string(description + text)
        }
        return .object(fitted)
    }

    private static func isObject(_ schema: JSONObject) -> Bool {
        schema["properties"] != nil || schema["type"] == "object"
            || schema["type"]?.arrayValue?.contains("object") == true
    }

    private mutating func fit(each value: JSONValue) throws(Unsupported) -> JSONValue {
        guard case .object(let schemas) = value else { return value }
        var fitted = JSONObject()
        for member in schemas.members { fitted[member.key] = try fit(member.value) }
        return .object(fitted)
    }

    private mutating func fit(all value: JSONValue) throws(Unsupported) -> JSONValue {
        guard case .array(let schemas) = value else { return value }
        var fitted: [JSONValue] = []
        for schema in schemas { fitted.append(try fit(schema)) }
        return .array(fitted)
    }
}
