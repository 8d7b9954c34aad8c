internal import JSON
internal import Terminal
internal import WireAPI

/// Executions as text: JSON with indentation, and the lines of its view.
enum ExecutionText {
    /// JSON text with each member on a line of its own; what is no JSON stays as it is.
    static func indented(_ text: String) -> String {
        do {
            return indented(try JSONParser.parse(text))
        } catch {
            return text
        }
    }

    /// A value with each member on a line of its own; what is empty or a single value stays on one.
    static func indented(_ value: JSONValue) -> String {
        var text = ""
        write(value, depth: 0, into: &text)
        return text
    }

    /// Everything that is known of an execution, as JSON.
    static func document(
        _ detail: OperatorExecutionDetail, _ related: OperatorExecutionRelated?, _ labels: OperatorLabels?, width: Int,
        charset: Charset
    ) -> Document {
        var document = Document(width: width, charset: charset, isUnfolded: true)
        document.title("JSON", note: "v shows it as text")
        document.body(indented(Sheet.json(detail)))
        if let labels, !labels.results.isEmpty {
            document.title("Labels")
            document.body(indented(Sheet.json(labels.results)))
        }
        if let related {
            document.title("Related")
            document.body(indented(Sheet.json(related)))
        }
        return document
    }

    private static func write(_ value: JSONValue, depth: Int, into text: inout String) {
        switch value {
        case .null, .bool, .integer, .number, .string: text += value.description
        case .array(let elements):
            guard !elements.isEmpty else { return text += "[]" }
            text += "["
            for (index, element) in elements.enumerated() {
                startLine(depth + 1, isFirst: index == 0, &text)
                write(element, depth: depth + 1, into: &text)
            }
            startLine(depth, isFirst: true, &text)
            text += "]"
        case .object(let object):
            guard !object.isEmpty else { return text += "{}" }
            text += "{"
            for (index, member) in object.members.enumerated() {
                startLine(depth + 1, isFirst: index == 0, &text)
                text += "\(JSONValue.string(member.key).description): "
                write(member.value, depth: depth + 1, into: &text)
            }
            startLine(depth, isFirst: true, &text)
            text += "}"
        }
    }

    private static func startLine(_ depth: Int, isFirst: Bool, _ text: inout String) {
        text += isFirst ? "\n" : ",\n"
        text += String(repeating: "  ", count: depth)
    }
}
