/// Long text cut into lines of a width.
package struct TextLines: Sendable {
    /// The first lines, as many as were asked for.
    package private(set) var lines: [Substring] = []
    /// How many lines the whole text has.
    package private(set) var total = 0

    /// Breaks text at line ends and, where a line is too long, between words or else inside one.
    /// - Parameters:
    ///   - text: any text; characters that a grid cannot show are counted as they will be drawn.
    ///   - width: columns of a line, at least 1.
    ///   - charset: what the terminal shows.
    ///   - limit: how many lines to keep; the rest is only counted.
    package init(_ text: String, width: Int, charset: Charset, limit: Int) {
        let scalars = text.unicodeScalars
        let width = max(2, width)
        var start = scalars.startIndex
        var column = 0
        var lastBlank: String.Index?
        var index = start
        func add(_ end: String.Index) {
            total += 1
            if lines.count < limit { lines.append(text[start..<end]) }
        }
        while index < scalars.endIndex {
            let scalar = scalars[index]
            let next = scalars.index(after: index)
            if scalar == "\n" || scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}" {
                add(
                    index > start && scalars[scalars.index(before: index)] == "\r"
                        ? scalars.index(before: index) : index)
                start = next
                column = 0
                lastBlank = nil
                index = next
                continue
            }
            let columns = Self.columns(scalar, charset)
            if column + columns > width {
                if let blank = lastBlank, blank > start {
                    add(blank)
                    start = scalars.index(after: blank)
                } else {
                    add(index)
                    start = scalar == " " ? next : index
                }
                index = start
                column = 0
                lastBlank = nil
                continue
            }
            if scalar == " " || scalar == "\t" { lastBlank = index }
            column += columns
            index = next
        }
        if start < scalars.endIndex || total == 0 { add(scalars.endIndex) }
    }

    private static func columns(_ scalar: Unicode.Scalar, _ charset: Charset) -> Int {
        switch CharacterWidth.classify(scalar) {
        case .visible(let width): charset == .ascii ? 1 : width
        case .replaced, .blank: 1
        case .combining, .dropped: 0
        }
    }
}
