/// Writes values as block-style YAML that `YAMLReader` reads back as the same.
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
                    let key = lead + YAMLWriter.scalar(entry.key) + ":"
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
            case .string(let value): line(lead, YAMLWriter.scalar(value))
            }
        }

        /// Where the first member of a collection goes: behind a dash on its line, else on a line of its own.
        private mutating func opened(_ lead: String, _ indent: Int) -> String {
            guard lead.last == ":" else { return lead.isEmpty ? Self.spaces(indent) : lead + " " }
            text += lead + "\n"
            return Self.spaces(indent)
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

    /// Plain where that is read back as the same text, else in double quotes.
    private static func scalar(_ text: String) -> String {
        isPlainSafe(text) ? text : quoted(text)
    }

    private static func isPlainSafe(_ text: String) -> Bool {
        guard case .string = Scalar.value(text), let first = text.utf8.first, text != "<<" else { return false }
        let startsWell = isWordByte(first) || first == UInt8(ascii: "/")
        return startsWell && text.utf8.allSatisfy { isWordByte($0) || "/.:-+@=".utf8.contains($0) }
            && !text.hasSuffix(":")
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func quoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}":
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output + "\""
    }
}
