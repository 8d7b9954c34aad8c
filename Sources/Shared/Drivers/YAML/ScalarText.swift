/// How a text stands in a document so that it is read back as the same text.
enum ScalarText {
    /// On one line: plain where that is read back as text, else in double quotes.
    static func inline(_ text: String) -> String { isPlainSafe(text) ? text : quoted(text) }

    /// What introduces the text as a literal block; `nil` when it has to be quoted.
    ///
    /// A block keeps every character between its line feeds, but can hold no other line break, and the first line has to
    /// show the indentation, or the header has to say it.
    static func blockHeader(of text: String) -> String? {
        let scalars = text.unicodeScalars
        guard let firstBreak = scalars.firstIndex(of: "\n"), scalars.contains(where: { $0 != "\n" && $0 != " " }),
            scalars.allSatisfy({ $0 == "\n" || $0 == "\t" || isPrintable($0) })
        else { return nil }
        let first = scalars[..<firstBreak]
        guard !scalars.split(separator: "\n").contains(where: { $0.first == "\t" }) else { return nil }
        let indicator = first.isEmpty || first.first == " " ? "2" : ""
        guard scalars.last == "\n" else { return "|\(indicator)-" }
        return scalars.dropLast().last == "\n" ? "|\(indicator)+" : "|\(indicator)"
    }

    /// Whether the text can stand without quotes: it begins like a word, nothing in it means something else, and it is
    /// not the text of a number, a truth value or null.
    private static func isPlainSafe(_ text: String) -> Bool {
        guard case .string = Scalar.value(text), text != "<<", let first = text.unicodeScalars.first,
            isWord(first) || first == "/", text.unicodeScalars.last != " "
        else { return false }
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if previous == ":", scalar == " " { return false }
            if previous == " ", scalar == "#" { return false }
            guard isWord(scalar) || " /.:-+@=,;()'?!%&*#".unicodeScalars.contains(scalar) else { return false }
            previous = scalar
        }
        return previous != ":"
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: scalar.value > 0x9F && isPrintable(scalar)
        }
    }

    /// What YAML lets stand as it is, without line breaks and the mark of byte order.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
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
            case _ where !isPrintable(scalar):
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output + "\""
    }
}
