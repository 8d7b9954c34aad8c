/// Writes values as block-style YAML that `YAMLReader` reads back as the same.
///
/// Text of several lines stands as a block where it can, so that people may read and edit it.
package enum YAMLWriter {
    /// The text of a document, ended by a line feed.
    package static func text(of value: YAMLValue) -> String {
        var lines = Lines()
        lines.write(value, indent: 0, after: "")
        return lines.text
    }

    private struct Lines {
        var text = ""

        /// Writes a value behind `lead`, which is the rest of the line so far.
        mutating func write(_ value: YAMLValue, indent: Int, after lead: String) {
            switch value {
            case .mapping(let entries) where !entries.isEmpty:
                var lead = opened(lead, indent)
                for entry in entries {
                    let key = lead + ScalarText.inline(entry.key) + ":"
                    write(entry.node.value, indent: indent + 2, after: key)
                    lead = Self.spaces(indent)
                }
            case .sequence(let elements) where !elements.isEmpty:
                var lead = opened(lead, indent)
                for element in elements {
                    write(element.value, indent: indent + 2, after: lead + "-")
                    lead = Self.spaces(indent)
                }
            case .mapping: line(lead, "{}")
            case .sequence: line(lead, "[]")
            case .null: line(lead, "null")
            case .bool(let value): line(lead, value ? "true" : "false")
            case .integer(let value): line(lead, String(value))
            case .number(let value): line(lead, YAMLWriter.number(value))
            case .string(let value):
                // The root has no key that a block could be indented under.
                if !lead.isEmpty, let header = ScalarText.blockHeader(of: value) {
                    block(value, header, indent, after: lead)
                } else {
                    line(lead, ScalarText.inline(value))
                }
            }
        }

        /// Where the first member of a collection goes: behind a dash on its line, else on a line of its own.
        private mutating func opened(_ lead: String, _ indent: Int) -> String {
            guard lead.last == ":" else { return lead.isEmpty ? Self.spaces(indent) : lead + " " }
            text += lead + "\n"
            return Self.spaces(indent)
        }

        private mutating func block(_ value: String, _ header: String, _ indent: Int, after lead: String) {
            line(lead, header)
            var lines = value.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            // The last line feed ends the last line and begins none.
            if lines.last?.isEmpty == true { lines.removeLast() }
            for content in lines {
                // A blank line needs no indentation, and an editor would take it away.
                text += (content.isEmpty ? "" : Self.spaces(indent)) + String(content) + "\n"
            }
        }

        private mutating func line(_ lead: String, _ value: String) {
            text += lead.isEmpty ? "\(value)\n" : "\(lead) \(value)\n"
        }

        private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return ".nan" }
        if value.isInfinite { return value < 0 ? "-.inf" : ".inf" }
        return value.description
    }
}
