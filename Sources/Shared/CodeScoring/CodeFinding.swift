package import Scoring

/// What code found out about a text.
package struct CodeFinding: Sendable, Hashable {
    package let score: Score
    /// What was found and where, in sentences.
    package let justification: String

    package init(score: Score, justification: String) {
        self.score = score
        self.justification = justification
    }
}

/// What a rule measured, before a threshold makes it a yes or no.
struct Measurement: Sendable, Hashable {
    /// From 0 to 1, but for rounding.
    let value: Double
    /// What was found and where, in sentences.
    let words: String

    init(_ value: Double, _ words: String) {
        self.value = min(1, max(0, value))
        self.words = words
    }

    init(_ isRight: Bool, _ words: String) { self.init(isRight ? 1 : 0, words) }
}

extension Double {
    /// The number with at most three digits behind the point, for people.
    var short: String {
        let thousandths = (self * 1000).rounded()
        guard abs(thousandths) < 1e15 else { return description }
        let whole = Int64(thousandths)
        var digits = String(abs(whole) % 1000)
        digits = String(repeating: "0", count: 3 - digits.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        let text = String(abs(whole) / 1000) + (digits.isEmpty ? "" : ".\(digits)")
        return whole < 0 ? "-" + text : text
    }
}
