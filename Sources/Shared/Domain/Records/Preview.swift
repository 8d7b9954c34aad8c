/// The beginning of a text, for lists.
package enum Preview {
    /// The longest preview, in Unicode scalars, as clients count it.
    package static let longest = 500

    /// At most ``longest`` scalars, cut between characters so that no emoji or accent is torn.
    package static func of(_ text: String?) -> String {
        guard let text else { return "" }
        // 500 scalars have at least 500 bytes: a text that short needs no counting.
        guard text.utf8.count > longest else { return text }
        // Where each of these bytes is a character of its own, the 500th ends the preview. The one behind it is looked
        // at too: it might be an accent on the last. A carriage return may be one character with a line feed.
        let beginning = text.utf8.prefix(longest + 1)
        if beginning.allSatisfy({ $0 < 0x80 && $0 != 0x0D }) {
            return String(decoding: beginning.dropLast(), as: UTF8.self)
        }
        var scalars = 0
        var end = text.startIndex
        while end < text.endIndex {
            scalars += text[end].unicodeScalars.count
            guard scalars <= longest else { return String(text[..<end]) }
            end = text.index(after: end)
        }
        return text
    }
}
