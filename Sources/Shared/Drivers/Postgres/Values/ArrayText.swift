extension TextFormat {
    /// The elements of a one-dimensional array in the server's text format: `{a,"b \"c\"",NULL}`.
    ///
    /// `nil` when it is not such an array, for example because it has more dimensions.
    static func arrayElements(_ span: Span<UInt8>) -> [[UInt8]?]? {
        let open = UInt8(ascii: "{")
        let close = UInt8(ascii: "}")
        guard span.count >= 2, span[0] == open, span[span.count - 1] == close else { return nil }
        let end = span.count - 1
        guard end > 1 else { return [] }
        var elements: [[UInt8]?] = []
        var index = 1
        while true {
            var element: [UInt8] = []
            if index < end, span[index] == UInt8(ascii: "\"") {
                index += 1
                guard readQuoted(span, from: &index, to: end, into: &element) else { return nil }
                elements.append(element)
            } else {
                while index < end, span[index] != UInt8(ascii: ",") {
                    guard span[index] != open, span[index] != close, span[index] != UInt8(ascii: "\"") else {
                        return nil
                    }
                    element.append(span[index])
                    index += 1
                }
                // An empty string and the word NULL are quoted when they are values.
                guard !element.isEmpty else { return nil }
                elements.append(element == Array("NULL".utf8) ? nil : element)
            }
            guard index < end else { return elements }
            guard span[index] == UInt8(ascii: ",") else { return nil }
            index += 1
        }
    }
}

/// Reads up to the closing quote and past it.
private func readQuoted(_ span: Span<UInt8>, from index: inout Int, to end: Int, into element: inout [UInt8]) -> Bool {
    while index < end {
        switch span[index] {
        case UInt8(ascii: "\""):
            index += 1
            return true
        case UInt8(ascii: "\\"):
            guard index + 1 < end else { return false }
            element.append(span[index + 1])
            index += 2
        case let byte:
            element.append(byte)
            index += 1
        }
    }
    return false
}
