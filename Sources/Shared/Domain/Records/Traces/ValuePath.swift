/// A way into a JSON document: the part of JSONPath that picks by names and places.
///
/// `$`, `.name`, `['name']`, `[0]`, `[-1]` from the end, and `[*]` or `.*` for all. Filters, slices and descending at any
/// depth are refused: what a path costs is bounded by its length and the document.
package struct ValuePath: Sendable, Hashable, CustomStringConvertible {
    /// One step into the document.
    package enum Step: Sendable, Hashable {
        case member(String)
        /// Counted from 0, from the end when negative.
        case element(Int)
        case all
    }

    /// Why a text is no path.
    package struct Invalid: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// The most steps.
    package static let mostSteps = 32

    package let steps: [Step]
    package let description: String

    package init(_ text: String) throws(Invalid) {
        description = text
        var rest = Substring(text)
        guard rest.popFirst() == "$" else { throw Invalid(description: "A path starts with “$”.") }
        var steps: [Step] = []
        while let mark = rest.popFirst() {
            switch mark {
            case ".": steps.append(try Self.name(from: &rest))
            case "[": steps.append(try Self.bracket(from: &rest))
            default: throw Invalid(description: "“.” or “[” is expected before “\(mark)\(rest.prefix(20))”.")
            }
        }
        guard steps.count <= Self.mostSteps else {
            throw Invalid(description: "A path has at most \(Self.mostSteps) steps.")
        }
        self.steps = steps
    }

    private static func name(from rest: inout Substring) throws(Invalid) -> Step {
        let name = rest.prefix { $0 != "." && $0 != "[" }
        guard !name.isEmpty else {
            throw Invalid(description: "A name is expected after “.”; “..” is not supported.")
        }
        rest = rest.dropFirst(name.count)
        return name == "*" ? .all : .member(String(name))
    }

    private static func bracket(from rest: inout Substring) throws(Invalid) -> Step {
        if let quote = rest.first, quote == "'" || quote == "\"" {
            rest.removeFirst()
            let name = rest.prefix { $0 != quote }
            rest = rest.dropFirst(name.count)
            guard rest.popFirst() == quote, rest.popFirst() == "]" else {
                throw Invalid(description: "A name in brackets ends with its quote and “]”.")
            }
            return .member(String(name))
        }
        let inside = rest.prefix { $0 != "]" }
        rest = rest.dropFirst(inside.count)
        guard rest.popFirst() == "]" else { throw Invalid(description: "“]” is missing.") }
        if inside == "*" { return .all }
        guard let place = Int(inside) else {
            throw Invalid(description: "“[\(inside)]” is neither a place, nor “[*]”, nor a name in quotes.")
        }
        return .element(place)
    }
}
