import Terminal

/// The filter of a list while it is typed: in the address line, with what is wrong with it and how it could go on.
struct FilterLine: Sendable {
    private(set) var field: TextField
    private(set) var problem: String?
    let vocabulary: [QueryField]

    init(_ text: String, vocabulary: [QueryField]) {
        field = TextField(text)
        self.vocabulary = vocabulary
    }

    /// Takes a key. `check` says what is wrong with a text.
    mutating func press(_ key: Key, check: (String) -> String?) -> OverlayOutcome {
        switch key {
        case Key(.escape): return .close
        case Key(.enter):
            problem = check(field.text)
            return problem == nil ? .filter(field.text) : .stay(.filter(self))
        case Key(.tab):
            if let completed = completion { field = TextField(completed) }
        default: _ = field.take(key)
        }
        problem = check(field.text)
        return .stay(.filter(self))
    }

    mutating func paste(_ text: String, check: (String) -> String?) {
        field.insert(text)
        problem = check(field.text)
    }

    /// The last word as it could go on, when it can in one way or several begin alike.
    private var completion: String? {
        let text = field.text
        let start = text.lastIndex(of: " ").map(text.index(after:)) ?? text.startIndex
        let word = text[start...]
        guard !word.isEmpty else { return nil }
        let candidates = QueryField.completions(of: word, in: vocabulary)
        guard let first = candidates.first else { return nil }
        var common = first
        for candidate in candidates { common = common.commonPrefix(with: candidate) }
        return common.count > word.count ? text[..<start] + common : nil
    }

    /// What the message line says while it is typed.
    var note: (text: String, ink: Ink) {
        if let problem { return (problem, .bad) }
        let word = field.text.split(separator: " ", omittingEmptySubsequences: false).last ?? ""
        let candidates = QueryField.completions(of: word, in: vocabulary)
        if !word.isEmpty, !candidates.isEmpty, candidates != [String(word)] {
            return ("Tab: \(candidates.prefix(6).joined(separator: "  "))", .quiet)
        }
        let examples = vocabulary.prefix(8).map(\.example).joined(separator: "  ")
        return ("words, -not, \"exact\", ~regex, since:1h  \(examples)", .quiet)
    }

    func draw(into frame: inout Frame, row: Int) {
        frame.fill(row, Style(.plain))
        frame.put("/", row, 1, Style(.accent))
        let cursor = field.draw(into: &frame, row, 2, width: frame.size.columns - 3, Style(.plain, on: .field))
        frame.showCursor(row, cursor)
    }
}

extension String {
    fileprivate func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}
