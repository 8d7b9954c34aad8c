internal import Scoring

/// How similar two texts are.
enum Similarity {
    /// Measures as the method says, in Unicode scalars.
    static func fuzzy(_ method: FuzzyMethod, _ left: String, _ right: String) -> Double {
        switch method {
        case .ratio: ratio(left, right)
        case .tokenSort: ratio(sortedWords(left).joined(separator: " "), sortedWords(right).joined(separator: " "))
        case .tokenSet: tokenSet(left, right)
        }
    }

    /// 2 · longest common subsequence / sum of the lengths; two empty texts are equal.
    static func ratio(_ left: String, _ right: String) -> Double {
        let (x, y) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
        guard !x.isEmpty || !y.isEmpty else { return 1 }
        return 2 * Double(Alignment.commonLength(x, y)) / Double(x.count + y.count)
    }

    /// The number of edits, and 1 − edits / length of the longer text.
    static func levenshtein(_ left: String, _ right: String) -> (distance: Int, similarity: Double) {
        let (x, y) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
        guard !x.isEmpty || !y.isEmpty else { return (0, 1) }
        let distance = Alignment.editDistance(x, y)
        return (distance, 1 - Double(distance) / Double(max(x.count, y.count)))
    }

    private static func sortedWords(_ text: String) -> [String] {
        words(text).sorted(by: precedes)
    }

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// The order of the scalars, and not that of Swift's strings, which is by canonical equivalence.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
    }

    private static func tokenSet(_ left: String, _ right: String) -> Double {
        let (x, y) = (Set(words(left)), Set(words(right)))
        guard !x.isEmpty, !y.isEmpty else { return 0 }
        let common = x.intersection(y).sorted(by: precedes)
        let onlyLeft = x.subtracting(y).sorted(by: precedes)
        let onlyRight = y.subtracting(x).sorted(by: precedes)
        if !common.isEmpty, onlyLeft.isEmpty || onlyRight.isEmpty { return 1 }
        let shared = common.joined(separator: " ")
        let whole = ratio((common + onlyLeft).joined(separator: " "), (common + onlyRight).joined(separator: " "))
        guard !common.isEmpty else { return whole }
        return max(
            whole, ratio(shared, (common + onlyLeft).joined(separator: " ")),
            ratio(shared, (common + onlyRight).joined(separator: " ")))
    }
}
