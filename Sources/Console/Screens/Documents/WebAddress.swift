import Terminal

/// The addresses of the web in a text, so that they can be opened from the screen.
enum WebAddress {
    /// Where they are, in characters from the start; a full stop or a bracket behind one does not belong to it.
    static func all(in text: String) -> [(url: String, range: Range<Int>)] {
        guard text.contains("://") else { return [] }
        let characters = Array(text)
        var found: [(String, Range<Int>)] = []
        var start = 0
        while start < characters.count {
            guard let scheme = ["https://", "http://"].first(where: { characters[start...].starts(with: $0) }) else {
                start += 1
                continue
            }
            var end = start + scheme.count
            while end < characters.count, !characters[end].isWhitespace, !"<>\"'`".contains(characters[end]) {
                end += 1
            }
            while end > start + scheme.count, ".,;:!?)]}".contains(characters[end - 1]) { end -= 1 }
            if end > start + scheme.count { found.append((String(characters[start..<end]), start..<end)) }
            start = max(end, start + 1)
        }
        return found
    }
}

extension Frame {
    /// Puts text, its addresses as links.
    /// - Returns: the column after the text.
    mutating func putLinked(_ text: String, _ row: Int, _ column: Int, _ style: Style, width: Int) -> Int {
        let end = put(text, row, column, style, width: width)
        for (url, range) in WebAddress.all(in: text) {
            let characters = Array(text)
            let before = String(characters[..<range.lowerBound]).columns
            let length = String(characters[range]).columns
            // An address that is cut leads nowhere.
            if before + length <= width { link(url, row, column + before..<column + before + length) }
        }
        return end
    }
}
