/// The words and sentences of a text, counted as the library textstat 0.7.13 does.
struct TextMeasure: Sendable, Hashable {
    let words: [String]
    let sentences: Int

    /// A word is what stands between white space and has a letter or a digit; its punctuation is left out, but for an
    /// apostrophe inside. A sentence ends with `.`, `!`, `?` or the text; those of one or two words, which are
    /// mostly headings and enumerations, do not count as long as there is another.
    init(_ text: String) {
        words = Self.words(of: text)
        sentences = words.isEmpty ? 0 : max(1, Self.parts(of: text).count { Self.words(of: $0).count > 2 })
    }

    static func words(of text: some StringProtocol) -> [String] {
        text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).compactMap { part in
            var word = ""
            let scalars = Array(part)
            for (place, scalar) in scalars.enumerated() {
                if ScalarClass.Property.isWord(scalar) {
                    word.unicodeScalars.append(scalar)
                } else if scalar == "'" || scalar == "\u{2019}", place > 0, place + 1 < scalars.count,
                    ScalarClass.Property.isWord(scalars[place - 1]), ScalarClass.Property.isWord(scalars[place + 1])
                {
                    word.unicodeScalars.append("'")
                }
            }
            return word.isEmpty ? nil : word
        }
    }

    /// The text in pieces that end with signs of a sentence's end, also those of other scripts.
    private static func parts(of text: String) -> [Substring] {
        text.split { ".!?。！？।؟…".contains($0) }
    }
}
