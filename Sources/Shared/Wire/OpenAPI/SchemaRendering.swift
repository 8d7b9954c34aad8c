package import JSON

extension Schema {
    /// The schema in the words of JSON Schema 2020-12.
    package var json: JSONValue {
        var members = core
        if !text.isEmpty { members["description"] = .string(text) }
        if isDeprecated { members["deprecated"] = true }
        return .object(members)
    }

    private var core: JSONObject {
        switch kind {
        case .any: return [:]
        case .reference(let name):
            let reference: JSONObject = ["$ref": .string("#/components/schemas/\(name)")]
            return isNullable ? ["anyOf": [.object(reference), ["type": "null"]]] : reference
        case .boolean: return typed("boolean")
        case .integer: return typed("integer").adding(bounds)
        case .number: return typed("number").adding(bounds)
        case .string(let format): return text(format)
        case .array(let element):
            var members = typed("array")
            members["items"] = element.json
            if let counts {
                if counts.lowerBound > 0 { members["minItems"] = .integer(Int64(counts.lowerBound)) }
                members["maxItems"] = .integer(Int64(counts.upperBound))
            }
            return members
        case .map(let value):
            var members = typed("object")
            members["additionalProperties"] = value.json
            return members
        case .object(let fields): return object(fields)
        }
    }

    private func typed(_ type: String) -> JSONObject {
        ["type": isNullable ? [.string(type), "null"] : .string(type)]
    }

    private var bounds: JSONObject {
        guard let range else { return [:] }
        var members: JSONObject = [:]
        if range.lowerBound.isFinite { members["minimum"] = Self.number(range.lowerBound) }
        if range.upperBound.isFinite { members["maximum"] = Self.number(range.upperBound) }
        return members
    }

    private func text(_ format: String?) -> JSONObject {
        var members = typed("string")
        if let format { members["format"] = .string(format) }
        if !choices.isEmpty {
            members["enum"] = .array(choices.map(JSONValue.string) + (isNullable ? [.null] : []))
        }
        if let lengths {
            if lengths.lowerBound > 0 { members["minLength"] = .integer(Int64(lengths.lowerBound)) }
            members["maxLength"] = .integer(Int64(lengths.upperBound))
        }
        return members
    }

    private func object(_ fields: [Member]) -> JSONObject {
        var members = typed("object")
        members["properties"] = .object(JSONObject(fields.map { ($0.name, $0.schema.json) }))
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { members["required"] = .array(required) }
        return members
    }

    private static func number(_ value: Double) -> JSONValue {
        value == value.rounded() && abs(value) < 1e15 ? .integer(Int64(value)) : .number(value)
    }
}

extension JSONObject {
    fileprivate func adding(_ others: JSONObject) -> JSONObject {
        var copy = self
        for member in others.members { copy[member.key] = member.value }
        return copy
    }
}
