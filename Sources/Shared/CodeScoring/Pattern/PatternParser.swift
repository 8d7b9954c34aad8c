/// Reads the syntax of regular expressions that can be matched in linear time, which is that of RE2: no references to
/// groups, no look-around, no possessive repetition.
struct PatternParser {
    private let scalars: [Unicode.Scalar]
    private var place = 0
    private var depth = 0
    private var flags: Flags

    private struct Flags {
        var ignoresCase: Bool
        /// `^` and `$` are at lines.
        var isMultiline = false
        /// `.` takes line feeds too.
        var dotTakesAll = false
    }

    /// The longest pattern, in Unicode scalars.
    static let longest = 10_000
    /// The deepest nesting of groups.
    private static let deepest = 100
    /// The largest count in braces, as in RE2.
    private static let mostRepetitions = 1000

    static func parse(_ pattern: String, ignoresCase: Bool) throws(PatternError) -> PatternNode {
        var parser = PatternParser(Array(pattern.unicodeScalars), ignoresCase)
        guard parser.scalars.count <= longest else {
            throw PatternError(place: longest + 1, message: "A pattern has no more than \(longest) characters")
        }
        let node = try parser.alternatives()
        guard parser.place == parser.scalars.count else { throw parser.error("“)” closes nothing") }
        return node
    }

    private init(_ scalars: [Unicode.Scalar], _ ignoresCase: Bool) {
        self.scalars = scalars
        flags = Flags(ignoresCase: ignoresCase)
    }

    private var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    private func error(_ message: String) -> PatternError { PatternError(place: place + 1, message: message) }

    private mutating func take(_ expected: String) -> Bool {
        let wanted = Array(expected.unicodeScalars)
        guard scalars[place...].starts(with: wanted) else { return false }
        place += wanted.count
        return true
    }

    // MARK: Structure

    private mutating func alternatives() throws(PatternError) -> PatternNode {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" { nodes.append(try repeated(try atom())) }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private mutating func repeated(_ atom: PatternNode) throws(PatternError) -> PatternNode {
        var node = atom
        var isRepeated = false
        var start = place
        while let (minimum, maximum) = try quantifier() {
            guard !isRepeated else {
                throw PatternError(
                    place: start + 1, message: "What is repeated cannot be repeated again without a group")
            }
            isRepeated = true
            let isLazy = take("?")
            if take("+") { throw error("Possessive repetition is not supported, since matching never goes back") }
            node = .repeated(node, minimum: minimum, maximum: maximum, isGreedy: !isLazy)
            start = place
        }
        return node
    }

    private mutating func quantifier() throws(PatternError) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = place
        guard take("{"), let minimum = number() else {
            place = start
            return nil
        }
        var maximum: Int? = minimum
        if take(",") { maximum = number() }
        guard take("}") else {
            // Without the closing brace it is text, as everywhere.
            place = start
            return nil
        }
        guard max(minimum, maximum ?? 0) <= Self.mostRepetitions else {
            throw error("A count is no more than \(Self.mostRepetitions)")
        }
        if let maximum, maximum < minimum { throw error("The counts are in the wrong order") }
        return (minimum, maximum)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, let digit = Int(exactly: scalar.value - min(scalar.value, 48)),
            (48...57).contains(scalar.value)
        {
            value = min((value ?? 0) * 10 + digit, 100_000)
            place += 1
        }
        return value
    }

    // MARK: Atoms

    private mutating func atom() throws(PatternError) -> PatternNode {
        guard let scalar = next else { return .empty }
        switch scalar {
        case "(": return try group()
        case "[": return .one(try bracketed())
        case ".":
            place += 1
            var set = ScalarClass()
            set.isNegated = true
            if !flags.dotTakesAll { set.ranges = [10...10] }
            return .one(set)
        case "^":
            place += 1
            return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$":
            place += 1
            return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "*", "+", "?": throw error("“\(scalar)” repeats nothing")
        case "\\": return try escape()
        default:
            place += 1
            return .one(folded(.one(scalar)))
        }
    }

    private func folded(_ set: ScalarClass) -> ScalarClass {
        var set = set
        set.ignoresCase = flags.ignoresCase
        return set
    }

    private mutating func group() throws(PatternError) -> PatternNode {
        let opening = place
        place += 1
        let outer = flags
        if take("?"), try takeGroupKind() == .flagsOnly { return .empty }
        depth += 1
        guard depth <= Self.deepest else { throw error("Groups are nested more than \(Self.deepest) deep") }
        let node = try alternatives()
        guard take(")") else { throw PatternError(place: opening + 1, message: "“(” is never closed") }
        depth -= 1
        flags = outer
        return node
    }

    private enum GroupKind { case group, flagsOnly }

    /// What follows `(?`.
    private mutating func takeGroupKind() throws(PatternError) -> GroupKind {
        for unsupported in ["=", "!", "<=", "<!"] where take(unsupported) {
            throw error("Look-around is not supported, since it cannot be matched in linear time")
        }
        if take(">") { throw error("Atomic groups are not supported, since matching never goes back") }
        if take("P<") || take("<") {
            while let scalar = next, scalar != ">" {
                guard ScalarClass.Property.isWord(scalar) else {
                    throw error("A group's name is of letters and digits")
                }
                place += 1
            }
            guard take(">") else { throw error("A group's name ends with “>”") }
            return .group
        }
        var isOn = true
        while let scalar = next {
            place += 1
            switch scalar {
            case "-": isOn = false
            case "i": flags.ignoresCase = isOn
            case "m": flags.isMultiline = isOn
            case "s": flags.dotTakesAll = isOn
            case ":": return .group
            case ")": return .flagsOnly
            default:
                place -= 1
                throw error("“(?\(scalar)” is not supported; the flags are i, m and s")
            }
        }
        throw error("“(?” is never closed")
    }

    private mutating func escape() throws(PatternError) -> PatternNode {
        let start = place
        place += 1
        guard let scalar = next else { throw error("A backslash has nothing to escape") }
        let assertions: [Unicode.Scalar: PatternNode.Assertion] = [
            "b": .wordBorder, "B": .noWordBorder, "A": .textStart, "z": .textEnd,
        ]
        if let assertion = assertions[scalar] {
            place += 1
            return .assertion(assertion)
        }
        if scalar == "k" || ("1"..."9").contains(scalar) {
            throw error("References to groups are not supported, since they cannot be matched in linear time")
        }
        place = start
        var set = ScalarClass()
        try escaped(into: &set)
        return .one(folded(set))
    }

    // MARK: Sets

    private mutating func bracketed() throws(PatternError) -> ScalarClass {
        let opening = place
        place += 1
        var set = ScalarClass()
        if take("^") { set.isNegated = true }
        var isFirst = true
        while let scalar = next {
            if scalar == "]", !isFirst {
                place += 1
                return folded(set)
            }
            isFirst = false
            if take("[:") {
                try posix(into: &set)
                continue
            }
            guard let low = try member(into: &set) else { continue }
            // A hyphen before the end is itself.
            guard next == "-", place + 1 < scalars.count, scalars[place + 1] != "]" else {
                set.ranges.append(low.value...low.value)
                continue
            }
            place += 1
            var other = ScalarClass()
            guard let high = try member(into: &other) else { throw error("A range ends with one character") }
            guard low <= high else { throw error("The range “\(low)-\(high)” is in the wrong order") }
            set.ranges.append(low.value...high.value)
        }
        throw PatternError(place: opening + 1, message: "“[” is never closed")
    }

    /// One member of a set: a scalar, or `nil` when it was a whole set, which is then in `set`.
    private mutating func member(into set: inout ScalarClass) throws(PatternError) -> Unicode.Scalar? {
        guard let scalar = next else { throw error("“[” is never closed") }
        guard scalar == "\\" else {
            place += 1
            return scalar
        }
        if place + 1 < scalars.count, scalars[place + 1] == "b" {
            place += 2
            return "\u{8}"
        }
        var found = ScalarClass()
        try escaped(into: &found)
        if found.parts.isEmpty, found.ranges.count == 1, let range = found.ranges.first, range.count == 1 {
            return Unicode.Scalar(range.lowerBound)
        }
        set.ranges += found.ranges
        set.parts += found.parts
        return nil
    }

    /// What a backslash and the following stand for.
    private mutating func escaped(into set: inout ScalarClass) throws(PatternError) {
        place += 1
        guard let scalar = next else { throw error("A backslash has nothing to escape") }
        place += 1
        let controls: [Unicode.Scalar: UInt32] = ["n": 10, "r": 13, "t": 9, "f": 12, "v": 11, "a": 7, "e": 27, "0": 0]
        if let control = controls[scalar] {
            set.ranges.append(control...control)
            return
        }
        switch scalar {
        case "d", "D": set.parts.append(.init(property: .digit, isNegated: scalar == "D"))
        case "w", "W": set.parts.append(.init(property: .word, isNegated: scalar == "W"))
        case "s", "S": set.parts.append(.init(property: .space, isNegated: scalar == "S"))
        case "p", "P": try property(isNegated: scalar == "P", into: &set)
        case "x", "u": try hexadecimal(digits: scalar == "x" ? 2 : 4, into: &set)
        case "a"..."z", "A"..."Z", "0"..."9":
            place -= 1
            throw error("“\\\(scalar)” is not supported")
        default: set.ranges.append(scalar.value...scalar.value)
        }
    }

    private mutating func hexadecimal(digits: Int, into set: inout ScalarClass) throws(PatternError) {
        var text = ""
        if take("{") {
            while let scalar = next, scalar != "}", text.unicodeScalars.count < 8 {
                text.unicodeScalars.append(scalar)
                place += 1
            }
            guard take("}") else { throw error("“{” is never closed") }
        } else {
            while let scalar = next, text.unicodeScalars.count < digits {
                text.unicodeScalars.append(scalar)
                place += 1
            }
            guard text.unicodeScalars.count == digits else {
                throw error("Here are \(digits) hexadecimal digits needed")
            }
        }
        guard let value = UInt32(text, radix: 16), let scalar = Unicode.Scalar(value) else {
            throw error("“\(text)” is the number of no character")
        }
        set.ranges.append(scalar.value...scalar.value)
    }

    private mutating func property(isNegated: Bool, into set: inout ScalarClass) throws(PatternError) {
        var name = ""
        if take("{") {
            while let scalar = next, scalar != "}" {
                name.unicodeScalars.append(scalar)
                place += 1
            }
            guard take("}") else { throw error("“{” is never closed") }
        } else if let scalar = next {
            name = String(Character(scalar))
            place += 1
        }
        name = Self.longNames[name] ?? name
        guard Self.categories.contains(name) else {
            throw error("“\(name)” is no general category of Unicode, such as L, Lu or Nd")
        }
        set.parts.append(.init(property: .category(name), isNegated: isNegated))
    }

    private static let longNames = [
        "Letter": "L", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Mark": "M", "Number": "N",
        "Decimal_Number": "Nd", "digit": "Nd", "Punctuation": "P", "Symbol": "S", "Separator": "Z",
    ]
    private static let categories: Set<String> = [
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe",
        "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cs", "Co", "Cn",
    ]

    /// A set such as `[:alpha:]`, of ASCII, whose opening has been taken.
    private mutating func posix(into set: inout ScalarClass) throws(PatternError) {
        let isNegated = take("^")
        for (name, ranges) in Self.posixSets where take("\(name):]") {
            guard !isNegated else { throw error("Negate the whole set instead of “[:\(name):]”") }
            set.ranges += ranges
            return
        }
        throw error("The sets between “[:” and “:]” are \(Self.posixSets.map(\.0).joined(separator: ", "))")
    }

    private static let posixSets: [(String, [ClosedRange<UInt32>])] = [
        ("alpha", [65...90, 97...122]), ("digit", [48...57]), ("alnum", [48...57, 65...90, 97...122]),
        ("upper", [65...90]), ("lower", [97...122]), ("space", [9...13, 32...32]),
        ("punct", [33...47, 58...64, 91...96, 123...126]), ("xdigit", [48...57, 65...70, 97...102]),
        ("blank", [9...9, 32...32]), ("word", [48...57, 65...90, 95...95, 97...122]),
    ]
}
