/// A provider's own words, made fit for a log: bounded, on one line, without secrets.
package enum ProviderMessage {
    /// The longest text that is kept, in Unicode scalars.
    package static let longest = 500

    /// Cleans `text`. Nothing after the limit is kept, and the cut is marked.
    package static func clean(_ text: String, key: ProviderKey?) -> String {
        var text = text
        if let key, !key.text.isEmpty { text = text.replacing(key.text, with: "‹redacted›") }
        var words: [String] = []
        var length = 0
        for word in text.split(whereSeparator: { $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 0x20 } }) {
            guard length < longest else {
                words.append("…")
                break
            }
            let kept = looksSecret(word) ? "‹redacted›" : String(word.prefix(longest - length))
            length += kept.count + 1
            words.append(kept.count < word.count && !looksSecret(word) ? kept + "…" : kept)
        }
        return words.joined(separator: " ")
    }

    /// Keys that are not the one we sent: providers like to quote a part of it, or another one.
    private static func looksSecret(_ word: Substring) -> Bool {
        let bare = word.drop { !$0.isLetter && !$0.isNumber }
        let prefixes = ["sk-", "sk_", "gsk_", "xai-", "AIza", "eyJ", "Bearer"]
        if bare.utf8.count > 7, prefixes.contains(where: { bare.hasPrefix($0) }) { return true }
        guard bare.utf8.count >= 32 else { return false }
        let run = bare.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == "+") }
        return run.utf8.count >= 32 && run.contains(where: \.isNumber) && run.contains(where: \.isLetter)
    }
}
