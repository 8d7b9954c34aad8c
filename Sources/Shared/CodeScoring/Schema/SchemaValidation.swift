internal import JSON

/// Applies a schema to a document.
struct SchemaValidation {
    let schema: JSONSchema
    /// What is wrong, in sentences, the outermost first.
    private(set) var findings: [String] = []
    /// How many schemas have been applied: combinations of references multiply.
    private var work = 0
    /// Whether the schema asked for more than is allowed, so that the findings mean nothing.
    private(set) var isTooLarge = false
    private var depth = 0

    private static let mostWork = 1_000_000
    private static let deepest = 300
    private static let mostFindings = 1000

    init(_ schema: JSONSchema, of document: JSONValue) {
        self.schema = schema
        _ = apply(schema.root, to: document, at: [])
    }

    /// What a schema has looked at, for those that ask for the rest.
    struct Seen {
        var members: Set<String> = []
        var elements: Set<Int> = []

        mutating func add(_ other: Seen) {
            members.formUnion(other.members)
            elements.formUnion(other.elements)
        }
    }

    /// What came of a schema: what it has seen, `nil` when it does not hold.
    mutating func apply(_ schema: JSONValue, to value: JSONValue, at path: JSONPath) -> Seen? {
        work += 1
        guard work <= Self.mostWork, depth < Self.deepest else {
            isTooLarge = true
            return Seen()
        }
        depth += 1
        defer { depth -= 1 }
        guard let object = schema.objectValue else {
            if schema.boolValue == false { return report("\(path.text) is not allowed") }
            return Seen()
        }
        if self.schema.draft == .seven, let reference = object["$ref"]?.stringValue {
            // Beside a reference nothing counts in draft 7.
            return apply(self.schema.targets[reference] ?? true, to: value, at: path)
        }
        var seen = Seen()
        var holds = applyReference(object, value, path, &seen)
        holds = checkValue(object, value, path) && holds
        holds = applyCombinations(object, value, path, &seen) && holds
        if let members = value.objectValue {
            holds = applyToMembers(object, members, value, path, &seen) && holds
        }
        if let elements = value.arrayValue { holds = applyToElements(object, elements, path, &seen) && holds }
        return holds ? seen : nil
    }

    /// What a schema has seen, `nil` when it does not hold, without telling of what is wrong.
    mutating func holding(_ schema: JSONValue, on value: JSONValue, at path: JSONPath) -> Seen? {
        let before = findings
        defer { findings = before }
        return apply(schema, to: value, at: path)
    }

    /// Makes the findings mean nothing.
    mutating func giveUp() { isTooLarge = true }

    /// Notes what is wrong.
    mutating func report(_ finding: String) -> Seen? {
        if findings.count < Self.mostFindings { findings.append(finding) }
        return nil
    }

    /// Notes a finding where something does not hold, and says whether it does.
    mutating func require(_ holds: Bool, _ finding: @autoclosure () -> String) -> Bool {
        if !holds { _ = report(finding()) }
        return holds
    }

    private mutating func applyReference(
        _ object: JSONObject, _ value: JSONValue, _ path: JSONPath, _ seen: inout Seen
    ) -> Bool {
        guard let reference = object["$ref"]?.stringValue, let target = schema.targets[reference] else { return true }
        guard let there = apply(target, to: value, at: path) else { return false }
        seen.add(there)
        return true
    }

    private mutating func applyCombinations(
        _ object: JSONObject, _ value: JSONValue, _ path: JSONPath, _ seen: inout Seen
    ) -> Bool {
        var holds = true
        for part in object["allOf"]?.arrayValue ?? [] {
            if let there = apply(part, to: value, at: path) { seen.add(there) } else { holds = false }
        }
        if let parts = object["anyOf"]?.arrayValue {
            let found = parts.compactMap { holding($0, on: value, at: path) }
            for there in found { seen.add(there) }
            holds = require(!found.isEmpty, "\(path.text) is none of the \(parts.count) allowed forms") && holds
        }
        if let parts = object["oneOf"]?.arrayValue {
            let found = parts.compactMap { holding($0, on: value, at: path) }
            if found.count == 1 { seen.add(found[0]) }
            let message = "\(path.text) is \(found.count) of the \(parts.count) forms of which it must be exactly one"
            holds = require(found.count == 1, message) && holds
        }
        if let part = object["not"] {
            holds =
                require(holding(part, on: value, at: path) == nil, "\(path.text) has a form that is not allowed")
                && holds
        }
        if let condition = object["if"] {
            let there = holding(condition, on: value, at: path)
            if let there { seen.add(there) }
            if let consequence = object[there == nil ? "else" : "then"] {
                if let there = apply(consequence, to: value, at: path) { seen.add(there) } else { holds = false }
            }
        }
        return holds
    }
}
