/// Scoring criteria with `{{name}}` placeholders. White space inside the braces is insignificant. What is not a
/// well-formed placeholder stays text.
package struct CriteriaTemplate: Sendable, Hashable {
    /// A piece of the criteria.
    package enum Segment: Sendable, Hashable {
        case text(String)
        /// The name without braces and surrounding space.
        case placeholder(String)
    }

    /// The text as it was written.
    package let text: String

    /// The longest criteria, in Unicode scalars.
    package static let longest = 500_000

    package init(_ text: String) { self.text = text }

    /// The text in pieces, in order; joined they give the text again, but for space inside braces.
    package var segments: [Segment] {
        var segments: [Segment] = []
        var literal = ""
        var rest = text.unicodeScalars[...]
        while let open = Self.firstOpening(in: rest) {
            literal.unicodeScalars.append(contentsOf: rest[..<open])
            if let (name, end) = Self.placeholder(at: open, in: rest) {
                if !literal.isEmpty { segments.append(.text(literal)) }
                literal = ""
                segments.append(.placeholder(name))
                rest = rest[end...]
            } else {
                // One brace only, so that `{{{name}}}` still finds the placeholder one place further.
                literal.unicodeScalars.append("{")
                rest = rest[rest.index(after: open)...]
            }
        }
        literal.unicodeScalars.append(contentsOf: rest)
        if !literal.isEmpty { segments.append(.text(literal)) }
        return segments
    }

    /// The names of the placeholders, each once, in the order of their first use.
    package var placeholders: [String] {
        var seen: Set<String> = []
        return segments.compactMap {
            guard case .placeholder(let name) = $0, seen.insert(name).inserted else { return nil }
            return name
        }
    }

    private typealias Scalars = Substring.UnicodeScalarView

    private static func firstOpening(in scalars: Scalars) -> Scalars.Index? {
        var search = scalars
        while let brace = search.firstIndex(of: "{") {
            let next = search.index(after: brace)
            if next < search.endIndex, search[next] == "{" { return brace }
            search = search[next...]
        }
        return nil
    }

    /// The placeholder whose `{{` is at `open`, and the index behind its `}}`.
    private static func placeholder(at open: Scalars.Index, in scalars: Scalars) -> (String, Scalars.Index)? {
        let start = scalars.index(open, offsetBy: 2)
        var end = start
        while end < scalars.endIndex, isAllowed(scalars[end]) { end = scalars.index(after: end) }
        guard end < scalars.endIndex, scalars[end] == "}" else { return nil }
        let last = scalars.index(after: end)
        guard last < scalars.endIndex, scalars[last] == "}" else { return nil }
        let name = trimmed(scalars[start..<end])
        guard let first = name.unicodeScalars.first, first == "_" || first.properties.isAlphabetic,
            name.unicodeScalars.count <= InputVariable.longestName
        else { return nil }
        return (name, scalars.index(after: last))
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "_", "-", ".", " ", "\t", "\n", "\r", "0"..."9": true
        default: scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
    }

    private static func trimmed(_ scalars: Scalars) -> String {
        var view = scalars
        while let first = view.first, first.properties.isWhitespace { view.removeFirst() }
        while let last = view.last, last.properties.isWhitespace { view.removeLast() }
        return String(view)
    }
}
