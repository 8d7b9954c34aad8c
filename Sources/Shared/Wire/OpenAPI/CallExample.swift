internal import HTTPMessages
internal import JSON

/// How an operation is called, by curl and in Python.
struct CallExample {
    let curl: String
    let python: String

    /// `type` is that of the body, where it takes one.
    init(_ operation: Operation, _ type: String?) {
        let query = operation.parameters.filter { $0.place == .query && $0.isRequired }.map { "\($0.name)=…" }
        let path = operation.path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        let body = operation.example.map { String(decoding: JSONWriter.bytes(of: $0), as: UTF8.self) }
        curl = Self.curl(operation, path, type, body)
        python = Self.python(operation, path, type, body)
    }

    private static func curl(_ operation: Operation, _ path: String, _ type: String?, _ body: String?) -> String {
        var lines = ["curl \"$SCORABLE_API_URL\(path)\""]
        if operation.method != .get, body == nil || operation.method != .post {
            lines[0] = "curl -X \(operation.method.rawValue) \"$SCORABLE_API_URL\(path)\""
        }
        if !operation.isForEverybody { lines.append("-H \"Authorization: Api-Key $SCORABLE_API_KEY\"") }
        if type == "multipart/form-data" {
            lines.append("-F file=@document.pdf")
        } else if let body {
            lines.append("-H 'Content-Type: application/json'")
            lines.append("-d '\(body.replacing("'", with: "'\\''"))'")
        }
        return lines.joined(separator: " \\\n  ")
    }

    private static func python(_ operation: Operation, _ path: String, _ type: String?, _ body: String?) -> String {
        var arguments = [
            "f\"{os.environ['SCORABLE_API_URL']}\(path.replacing("{", with: "{{").replacing("}", with: "}}"))\""
        ]
        if !operation.isForEverybody {
            arguments.append("headers={\"Authorization\": f\"Api-Key {os.environ['SCORABLE_API_KEY']}\"}")
        }
        if type == "multipart/form-data" {
            arguments.append("files={\"file\": open(\"document.pdf\", \"rb\")}")
        } else if let example = operation.example {
            arguments.append("json=\(literal(example))")
        }
        let verb = operation.method.rawValue.lowercased()
        return "import os, requests\n\nreply = requests.\(verb)(\n    "
            + arguments.joined(separator: ",\n    ") + ",\n)\nreply.raise_for_status()"
    }

    /// JSON as a literal of Python, whose words for three values are others.
    private static func literal(_ value: JSONValue) -> String {
        switch value {
        case .null: "None"
        case .bool(let flag): flag ? "True" : "False"
        case .integer, .number, .string: String(decoding: JSONWriter.bytes(of: value), as: UTF8.self)
        case .array(let elements): "[\(elements.map(literal).joined(separator: ", "))]"
        case .object(let object):
            "{\(object.members.map { "\"\($0.key)\": \(literal($0.value))" }.joined(separator: ", "))}"
        }
    }
}
