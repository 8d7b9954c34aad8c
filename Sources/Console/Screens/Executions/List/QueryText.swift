/// A filter as it was typed, word by word: one of them can be changed while the others stay.
struct QueryText: Sendable, Hashable {
    private(set) var words: [String] = []

    /// Blanks separate words, quotes hold one together.
    init(_ text: String) {
        var word = ""
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if character == " ", !isQuoted {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty { words.append(word) }
    }

    var text: String { words.joined(separator: " ") }

    /// Whether a word stands in it.
    func contains(_ word: String) -> Bool { words.contains { $0.lowercased() == word } }

    /// Adds a flag, or takes it away where it is; what excludes it goes in any case.
    mutating func toggle(_ flag: String, against others: [String]) {
        let isOn = contains(flag)
        words.removeAll { word in ([flag] + others).contains(word.lowercased()) }
        if !isOn { words.append(flag) }
    }

    /// Gives a key another value in place of any that it has; `nil` takes it away.
    mutating func set(_ key: String, _ value: String?) {
        words.removeAll { $0.lowercased().hasPrefix("\(key):") }
        if let value { words.append("\(key):\(value)") }
    }

    /// A value as it is typed behind a key, `nil` for one that no quotes can hold.
    static func quoted(_ value: String) -> String? {
        guard !value.isEmpty, !value.contains("\""), !value.contains(where: \.isNewline) else { return nil }
        return value.contains { " ,:<>=".contains($0) } ? "\"\(value)\"" : value
    }
}
