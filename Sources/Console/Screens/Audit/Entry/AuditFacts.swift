import JSON

/// What an entry keeps of a thing, JSON, as lines that people read and compare.
enum AuditFacts {
    /// A line for each value: `role: admin`, `limits.idle: 300`.
    static func lines(of json: String) -> [String] {
        let value: JSONValue
        do {
            value = try JSONCodec.decode(JSONValue.self, from: Array(json.utf8))
        } catch {
            // Whatever it is, it is shown.
            return [json]
        }
        var lines: [String] = []
        add(value, at: "", to: &lines)
        return lines
    }

    /// The same in one line.
    static func line(_ json: String) -> String { lines(of: json).joined(separator: ", ") }

    private static func add(_ value: JSONValue, at path: String, to lines: inout [String]) {
        switch value {
        case .object(let members) where !members.isEmpty:
            for member in members.members {
                add(member.value, at: path.isEmpty ? member.key : "\(path).\(member.key)", to: &lines)
            }
        case .array(let items) where items.contains(where: { $0.objectValue != nil }):
            for (index, item) in items.enumerated() { add(item, at: "\(path)[\(index)]", to: &lines) }
        case .null, .bool, .integer, .number, .string, .array, .object:
            lines.append(path.isEmpty ? text(value) : "\(path): \(text(value))")
        }
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "-"
        case .bool(let isTrue): isTrue ? "yes" : "no"
        case .string(let text): text
        case .array(let items): items.isEmpty ? "none" : items.map(text).joined(separator: ", ")
        case .integer, .number, .object: String(decoding: JSONCodec.encode(value), as: UTF8.self)
        }
    }
}
