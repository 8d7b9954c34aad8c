/// Something that a filter can ask for: its name, what kind of thing it is, and an example for help and messages.
package struct QueryField: Sendable, Hashable {
    /// What is typed behind the name.
    package enum Kind: Sendable, Hashable {
        /// The name alone is the question, such as `failed`.
        case flag
        /// `name:text`; a part of it suffices.
        case text
        /// `name:word`, one of these.
        case choice([String])
        /// `name>0.5`, a plain number.
        case number
        /// `name>2s`; units ms, s, m, h, d. Compared in milliseconds.
        case duration
        /// `name>0.01`, US dollars. Compared in nano-dollars.
        case money
        /// `name:1h`, a span of time back from now. Compared in milliseconds.
        case span
    }

    package let name: String
    package let kind: Kind
    /// How it is typed.
    package let example: String
    /// What it selects, for the help.
    package let meaning: String

    package init(_ name: String, _ kind: Kind, example: String, _ meaning: String) {
        self.name = name
        self.kind = kind
        self.example = example
        self.meaning = meaning
    }

    /// What works in every list.
    package static let grammar = [
        QueryField("word", .text, example: "word \"two words\"", "Rows with this in them; several must all be"),
        QueryField("not", .text, example: "-word -key:value", "Rows without it"),
        QueryField("regex", .text, example: "~^faith.*v2$", "Rows whose name matches a regular expression"),
        QueryField("list", .text, example: "key:one,two", "One of several values"),
    ]

    /// How a word that is being typed could go on.
    static func completions(of word: some StringProtocol, in vocabulary: [QueryField]) -> [String] {
        let sign = word.hasPrefix("-") ? "-" : ""
        let word = word.dropFirst(sign.count)
        if let colon = word.firstIndex(of: ":") {
            guard let field = vocabulary.first(where: { $0.name == word[..<colon].lowercased() }) else { return [] }
            guard case .choice(let choices) = field.kind else { return [] }
            let value = word[word.index(after: colon)...].lowercased()
            return choices.filter { $0.hasPrefix(value) }.map { "\(sign)\(field.name):\($0)" }
        }
        return vocabulary.filter { $0.name.hasPrefix(word.lowercased()) }.map { sign + $0.name + $0.opener }
    }

    /// Whether a number stands behind the name, and how it is compared.
    var isCompared: Bool {
        switch kind {
        case .number, .duration, .money, .span: true
        case .flag, .text, .choice: false
        }
    }

    /// What stands behind the name.
    private var opener: String {
        switch kind {
        case .flag: ""
        case .text, .choice, .span: ":"
        case .number, .duration, .money: ">"
        }
    }
}
