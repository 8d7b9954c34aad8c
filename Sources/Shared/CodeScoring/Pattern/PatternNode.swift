/// A regular expression, taken apart.
indirect enum PatternNode: Sendable, Hashable {
    case empty
    case one(ScalarClass)
    case assertion(Assertion)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    /// `maximum` is `nil` for no end.
    case repeated(PatternNode, minimum: Int, maximum: Int?, isGreedy: Bool)

    /// What holds between two scalars.
    enum Assertion: Sendable, Hashable {
        case textStart
        case textEnd
        case lineStart
        case lineEnd
        case wordBorder
        case noWordBorder

        func holds(at place: Int, in text: [Unicode.Scalar]) -> Bool {
            switch self {
            case .textStart: place == 0
            case .textEnd: place == text.count
            case .lineStart: place == 0 || text[place - 1] == "\n"
            case .lineEnd: place == text.count || text[place] == "\n"
            case .wordBorder: Self.isWord(place - 1, text) != Self.isWord(place, text)
            case .noWordBorder: Self.isWord(place - 1, text) == Self.isWord(place, text)
            }
        }

        private static func isWord(_ place: Int, _ text: [Unicode.Scalar]) -> Bool {
            text.indices.contains(place) && ScalarClass.Property.isWord(text[place])
        }
    }
}

/// Why a pattern is refused.
struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
    /// In Unicode scalars from 1.
    let place: Int
    let message: String

    var description: String { "\(message) (character \(place))" }
}
