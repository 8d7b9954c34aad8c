internal import Scoring

/// ROUGE (Lin, Text Summarization Branches Out, 2004), as the library rouge-score 0.1.2 computes it without stemming.
struct Rouge: Sendable, Hashable {
    let precision: Double
    let recall: Double

    /// The harmonic mean.
    var f1: Double { precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0 }

    func value(_ measure: RougeRule.Measure) -> Double {
        switch measure {
        case .f1: f1
        case .precision: precision
        case .recall: recall
        }
    }

    private init(hits: Int, of found: Int, and expected: Int) {
        precision = Double(hits) / Double(max(1, found))
        recall = Double(hits) / Double(max(1, expected))
    }

    /// Compares a text with the expected one; `nil` when they are too long to be compared.
    init?(_ variant: RougeRule.Variant, _ words: RougeRule.Words, _ text: String, expected: String) {
        switch variant {
        case .one: self.init(length: 1, words, text, expected)
        case .two: self.init(length: 2, words, text, expected)
        case .longest:
            let (found, wanted) = (words.split(text), words.split(expected))
            guard Alignment.isAffordable(found.count, wanted.count) else { return nil }
            self.init(hits: Alignment.commonLength(wanted, found), of: found.count, and: wanted.count)
        case .longestByLine: self.init(byLine: words, text, expected)
        }
    }

    private init(length: Int, _ words: RougeRule.Words, _ text: String, _ expected: String) {
        let found = NGrams(words.split(text), length: length)
        let wanted = NGrams(words.split(expected), length: length)
        self.init(hits: wanted.common(with: found), of: found.total, and: wanted.total)
    }

    /// The words of each expected line that some longest common subsequence with a line of the text has, each word of
    /// either text counted once.
    private init?(byLine words: RougeRule.Words, _ text: String, _ expected: String) {
        let found = Self.lines(text).map(words.split)
        let wanted = Self.lines(expected).map(words.split)
        let foundCount = found.reduce(0) { $0 + $1.count }
        let wantedCount = wanted.reduce(0) { $0 + $1.count }
        // Here a table is filled, which takes a step for each pair.
        guard foundCount * wantedCount <= 20_000_000 else { return nil }
        var left = Self.counts(found)
        var needed = Self.counts(wanted)
        var hits = 0
        for line in wanted {
            let common = found.reduce(into: Set<Int>()) { $0.formUnion(Self.commonPlaces(of: line, with: $1)) }
            for place in common.sorted() where left[line[place], default: 0] > 0 && needed[line[place], default: 0] > 0
            {
                hits += 1
                left[line[place], default: 0] -= 1
                needed[line[place], default: 0] -= 1
            }
        }
        self.init(hits: hits, of: foundCount, and: wantedCount)
    }

    private static func lines(_ text: String) -> [Substring] {
        text.unicodeScalars.split(separator: "\n").map(Substring.init)
    }

    private static func counts(_ lines: [[String]]) -> [String: Int] {
        lines.joined().reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    /// The places in `line` of one longest common subsequence, the one that the library reads out of its table.
    private static func commonPlaces(of line: [String], with other: [String]) -> [Int] {
        let width = other.count + 1
        var table = Array(repeating: 0, count: (line.count + 1) * width)
        for row in 0..<line.count {
            for column in 0..<other.count {
                table[(row + 1) * width + column + 1] =
                    line[row] == other[column]
                    ? table[row * width + column] + 1
                    : max(table[row * width + column + 1], table[(row + 1) * width + column])
            }
        }
        var places: [Int] = []
        var (row, column) = (line.count, other.count)
        while row > 0, column > 0 {
            if line[row - 1] == other[column - 1] {
                places.append(row - 1)
                (row, column) = (row - 1, column - 1)
            } else if table[row * width + column - 1] > table[(row - 1) * width + column] {
                column -= 1
            } else {
                row -= 1
            }
        }
        return places
    }
}

extension RougeRule.Words {
    /// The words of a text in lower case.
    func split(_ text: some StringProtocol) -> [String] {
        text.lowercased().unicodeScalars.split { !holds($0) }.map(String.init)
    }

    private func holds(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "0"..."9": return true
        default:
            switch self {
            case .ascii: return false
            case .unicode:
                let category = scalar.properties.generalCategory.shortName
                return category.hasPrefix("L") || category.hasPrefix("N") || category.hasPrefix("M")
            }
        }
    }
}
