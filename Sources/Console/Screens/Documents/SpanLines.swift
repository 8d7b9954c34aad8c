import Terminal

/// Stretches of text in several styles, wrapped as one text.
struct SpanLines {
    private(set) var lines: [[Document.Span]] = []

    init(_ spans: [Document.Span], width: Int, charset: Charset, limit: Int = 2000) {
        let text = spans.map(\.text).joined()
        // Where each stretch ends, in bytes of the whole.
        var ends: [Int] = []
        for span in spans { ends.append((ends.last ?? 0) + span.text.utf8.count) }
        for line in TextLines(text, width: width, charset: charset, limit: limit).lines {
            var place = text.utf8.distance(from: text.startIndex, to: line.startIndex)
            let last = place + line.utf8.count
            var pieces: [Document.Span] = []
            var rest = line[...]
            for (span, end) in zip(spans, ends) where end > place && place < last {
                let count = min(end, last) - place
                let cut = rest.utf8.index(rest.startIndex, offsetBy: count)
                pieces.append(Document.Span(String(rest[..<cut]), span.style))
                rest = rest[cut...]
                place += count
            }
            lines.append(pieces)
        }
    }
}
