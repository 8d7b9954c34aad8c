import Glibc

/// A score from how likely a model found each of the numbers that it could have given (G-Eval; Liu et al.,
/// arXiv:2303.16634).
package struct TokenScore: Sendable, Hashable {
    /// The mean of the numbers, weighted by their probabilities.
    package let mean: Double
    /// Their standard deviation.
    package let deviation: Double
    /// How undecided the model was, in nats.
    package let entropy: Double
    /// The probability of all tokens that are a number of the range; the rest was something else.
    package let validMass: Double

    /// Less likely numbers are left out, as noise.
    package static let leastProbability = 0.01

    /// Takes the most likely tokens at the place of the score with the logarithms of their probabilities. Tokens that are
    /// no decimal number of the range do not count.
    package init(_ tokens: [(text: String, logProbability: Double)], range: ClosedRange<Double>) throws(Undefined) {
        var valid: [(value: Double, probability: Double)] = []
        for token in tokens {
            guard let value = Self.number(token.text), range.contains(value) else { continue }
            valid.append((value, exp(token.logProbability)))
        }
        validMass = valid.map(\.probability).compensatedSum
        let likely = valid.filter { $0.probability >= Self.leastProbability }
        let mass = likely.map(\.probability).compensatedSum
        guard mass > 0 else { throw .tooFew(needed: 1, given: 0) }
        let center = likely.map { $0.value * $0.probability }.compensatedSum / mass
        mean = center
        deviation =
            (likely.map { ($0.value - center) * ($0.value - center) * $0.probability }.compensatedSum / mass)
            .squareRoot()
        entropy = -likely.map { $0.probability / mass * log($0.probability / mass) }.compensatedSum
    }

    /// The number that a token is: digits only, with a point perhaps.
    private static func number(_ text: String) -> Double? {
        let digits = text.split(whereSeparator: \.isWhitespace).joined()
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) else { return nil }
        return Double(digits)
    }
}
