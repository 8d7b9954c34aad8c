internal import JSON

/// One step into a document.
enum JSONStep: Sendable, Hashable, CustomStringConvertible {
    case member(String)
    case element(Int)

    var description: String {
        switch self {
        case .member(let name): ".\(name)"
        case .element(let index): "[\(index)]"
        }
    }
}

/// Where a value is in a document.
typealias JSONPath = [JSONStep]

extension JSONPath {
    /// As people write it: `order.items[0].id`; `$` for the document itself.
    var text: String {
        let text = map(\.description).joined()
        return text.isEmpty ? "$" : text.hasPrefix(".") ? String(text.dropFirst()) : text
    }

    /// Whether the path is, or is below, one as people write it, in which `[*]` is any element.
    func isCovered(by written: String) -> Bool {
        var pattern = Substring(written)
        if pattern.hasPrefix("$") { pattern = pattern.dropFirst() }
        if !pattern.hasPrefix("."), !pattern.hasPrefix("[") { pattern = "." + pattern }
        for step in self {
            if pattern.isEmpty { return true }
            if pattern.hasPrefix("[*]") {
                switch step {
                case .element: pattern = pattern.dropFirst(3)
                case .member: return false
                }
                continue
            }
            let own = step.description
            guard pattern.hasPrefix(own) else { return false }
            pattern = pattern.dropFirst(own.count)
            guard pattern.isEmpty || pattern.hasPrefix(".") || pattern.hasPrefix("[") else { return false }
        }
        return pattern.isEmpty
    }
}

extension JSONValue {
    /// What JSON Schema calls its type, in words for people.
    var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer, .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// The values that have none below, with their paths, in order. An empty array or object is one itself.
    var fields: [(path: JSONPath, value: JSONValue)] {
        var found: [(JSONPath, JSONValue)] = []
        collect(at: [], into: &found)
        return found
    }

    private func collect(at path: JSONPath, into found: inout [(JSONPath, JSONValue)]) {
        switch self {
        case .array(let elements) where !elements.isEmpty:
            for (index, element) in elements.enumerated() {
                element.collect(at: path + [.element(index)], into: &found)
            }
        case .object(let object) where !object.isEmpty:
            for member in object.members { member.value.collect(at: path + [.member(member.key)], into: &found) }
        case .null, .bool, .integer, .number, .string, .array, .object: found.append((path, self))
        }
    }

    /// Whether the value says nothing: null, a blank text, an empty array or object.
    var isBlank: Bool {
        switch self {
        case .null: true
        case .string(let text): text.allSatisfy(\.isWhitespace)
        case .array(let elements): elements.isEmpty
        case .object(let object): object.isEmpty
        case .bool, .integer, .number: false
        }
    }

    /// Whether two values are the same in JSON: numbers by their value, so that 1 and 1.0 are; texts
    /// by their scalars, of which one and the same sign may have several forms.
    func isSame(as other: JSONValue) -> Bool {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): left == right
        case (.integer, .number), (.number, .integer), (.number, .number): doubleValue == other.doubleValue
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
        case (.object(let left), .object(let right)):
            left.count == right.count
                && left.members.allSatisfy { member in right[member.key].map { member.value.isSame(as: $0) } ?? false }
        case (.string(let left), .string(let right)): left.unicodeScalars.elementsEqual(right.unicodeScalars)
        case (.null, _), (.bool, _), (.integer, _), (.number, _), (.string, _), (.array, _), (.object, _):
            self == other
        }
    }
}
