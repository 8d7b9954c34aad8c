/// What differs within a line, word by word.
enum WordDiff {
    /// The two lines in stretches that say what is different.
    static func pieces(_ old: String, _ new: String) -> (old: [TextDiff.Piece], new: [TextDiff.Piece]) {
        let before = words(of: old)
        let after = words(of: new)
        var left: [(Substring, Bool)] = []
        var right: [(Substring, Bool)] = []
        for step in SequenceDiff(from: before, to: after, effort: 300).steps {
            switch step {
            case .same(let old, let new):
                left.append((before[old], false))
                right.append((after[new], false))
            case .removed(let index): left.append((before[index], true))
            case .added(let index): right.append((after[index], true))
            }
        }
        return (joined(left), joined(right))
    }

    /// A line in words, blanks and single other characters.
    static func words(of line: String) -> [Substring] {
        var words: [Substring] = []
        var start = line.startIndex
        var kind = Kind.other
        for index in line.indices {
            let next = Kind(line[index])
            if index > start, next != kind || next == .other {
                words.append(line[start..<index])
                start = index
            }
            kind = next
        }
        if start < line.endIndex { words.append(line[start...]) }
        return words
    }

    /// Whether a word is nothing but blanks.
    static func isBlank(_ word: Substring) -> Bool { word.allSatisfy(\.isWhitespace) }

    private enum Kind {
        case word
        case blank
        case other

        init(_ character: Character) {
            self =
                character.isLetter || character.isNumber || character == "_"
                ? .word : character.isWhitespace ? .blank : .other
        }
    }

    /// Neighbours that are alike become one stretch; blanks between two changed words belong to the change.
    private static func joined(_ words: [(Substring, Bool)]) -> [TextDiff.Piece] {
        var pieces: [TextDiff.Piece] = []
        for (index, (word, isDifferent)) in words.enumerated() {
            let isBetween =
                isBlank(word) && index > 0 && words[index - 1].1 && index + 1 < words.count && words[index + 1].1
            let isChanged = isDifferent || isBetween
            if let last = pieces.last, last.isChanged == isChanged {
                pieces[pieces.count - 1] = TextDiff.Piece(text: last.text + word, isChanged: isChanged)
            } else {
                pieces.append(TextDiff.Piece(text: String(word), isChanged: isChanged))
            }
        }
        return pieces
    }
}
