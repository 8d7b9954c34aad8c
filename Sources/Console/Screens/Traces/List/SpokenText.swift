/// What is said in a preview of messages, which instrumentations write as JSON and which may be cut off anywhere.
enum SpokenText {
    /// The members whose strings people said.
    private static let members = ["\"content\"", "\"text\""]

    /// The texts, one behind the other; the preview itself when it is no list of messages or nothing is found in it.
    static func of(_ preview: String) -> String {
        guard let first = preview.first(where: { !$0.isWhitespace }), first == "[" || first == "{" else {
            return preview
        }
        var texts: [String] = []
        var rest = preview[...]
        while let place = nextMember(in: rest) {
            rest = rest[place...]
            guard let text = string(&rest) else { continue }
            if !text.isEmpty { texts.append(text) }
        }
        return texts.isEmpty ? preview : texts.joined(separator: " / ")
    }

    /// Behind the name of the next such member.
    private static func nextMember(in text: Substring) -> Substring.Index? {
        members.compactMap { text.firstRange(of: $0)?.upperBound }.min()
    }

    /// A colon with a string behind it, which is taken off; `nil` when there is another value, such as a list of parts.
    private static func string(_ rest: inout Substring) -> String? {
        var left = rest.drop { $0.isWhitespace }
        guard left.popFirst() == ":" else { return nil }
        left = left.drop { $0.isWhitespace }
        guard left.popFirst() == "\"" else { return nil }
        var text = ""
        while let character = left.popFirst(), character != "\"" {
            guard character == "\\" else {
                text.append(character)
                continue
            }
            switch left.popFirst() {
            case "n", "r", "t": text.append(" ")
            case "u":
                let digits = left.prefix(4)
                left = left.dropFirst(4)
                guard digits.count == 4 else { break }
                let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
                text.append(scalar.map { Character($0) } ?? "\u{FFFD}")
            case let other?: text.append(other)
            case nil: break
            }
        }
        rest = left
        return text
    }
}
