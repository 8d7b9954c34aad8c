internal import Scoring

/// How easy a text is to read, by the lengths of its sentences and words. Made for English; of other languages in Latin
/// script it gives an idea.
struct Readability: Sendable, Hashable {
    let words: Int
    let sentences: Int
    let syllables: Int

    /// `nil` for a text without words.
    init?(_ text: String) {
        let measure = TextMeasure(text)
        guard !measure.words.isEmpty else { return nil }
        words = measure.words.count
        sentences = measure.sentences
        syllables = measure.words.reduce(0) { $0 + Syllables.count(in: $1) }
    }

    func value(_ formula: ReadabilityRule.Formula) -> Double {
        let length = Double(words) / Double(sentences)
        let weight = Double(syllables) / Double(words)
        return switch formula {
        case .readingEase: 206.835 - 1.015 * length - 84.6 * weight
        case .grade: 0.39 * length + 11.8 * weight - 15.59
        }
    }
}
