import JSON

/// Reads filters and paths of PATCH. What it is given comes from outside: its length, its depth and the number of its
/// comparisons are bounded.
struct FilterParser {
    static let lengthLimit = 8192
    static let depthLimit = 16
    static let comparisonLimit = 200

    private let text: [UInt8]
    private let complaint: SCIMProblem.Kind
    private var place = 0
    private var depth = 0
    private var comparisons = 0

    /// The filter that `text` is.
    static func filter(_ text: String) throws(SCIMProblem) -> FilterExpression {
        var parser = try FilterParser(text, complaint: .invalidFilter)
        let filter = try parser.disjunction()
        try parser.expectEnd()
        return filter
    }

    /// The path that `text` is.
    static func path(_ text: String) throws(SCIMProblem) -> PatchPath {
        var parser = try FilterParser(text, complaint: .invalidPath)
        let attribute = try parser.attribute()
        var filter: FilterExpression?
        var subAttribute = attribute.subAttribute
        parser.skipSpaces()
        if parser.takes("[") {
            filter = try parser.disjunction()
            try parser.expect("]")
            if let name = try parser.partBehindFilter() {
                guard subAttribute == nil else { throw parser.problem("one attribute is named behind the filter") }
                subAttribute = name
            }
        }
        try parser.expectEnd()
        return PatchPath(attribute: attribute, filter: filter, subAttribute: subAttribute)
    }

    private init(_ text: String, complaint: SCIMProblem.Kind) throws(SCIMProblem) {
        self.text = Array(text.utf8)
        self.complaint = complaint
        guard self.text.count <= Self.lengthLimit else {
            throw SCIMProblem(complaint, "It is longer than \(Self.lengthLimit) bytes.")
        }
    }

    // MARK: Expressions

    private mutating func disjunction() throws(SCIMProblem) -> FilterExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw problem("it is nested too deeply") }
        var terms = [try conjunction()]
        while takes(word: "or") { terms.append(try conjunction()) }
        return terms.count == 1 ? terms[0] : .any(terms)
    }

    private mutating func conjunction() throws(SCIMProblem) -> FilterExpression {
        var factors = [try factor()]
        while takes(word: "and") { factors.append(try factor()) }
        return factors.count == 1 ? factors[0] : .all(factors)
    }

    private mutating func factor() throws(SCIMProblem) -> FilterExpression {
        skipSpaces()
        if takes("(") {
            let inner = try disjunction()
            try expect(")")
            return inner
        }
        let start = place
        if takes(word: "not") {
            skipSpaces()
            if takes("(") {
                let inner = try disjunction()
                try expect(")")
                return .not(inner)
            }
            place = start
        }
        return try comparison()
    }

    private mutating func comparison() throws(SCIMProblem) -> FilterExpression {
        comparisons += 1
        guard comparisons <= Self.comparisonLimit else { throw problem("it compares too much") }
        let attribute = try attribute()
        skipSpaces()
        if takes("[") {
            guard attribute.subAttribute == nil else { throw problem("“[” belongs behind an attribute") }
            let inner = try disjunction()
            try expect("]")
            // Entra ID's way to ask what an element of a kind is: emails[type eq "work"].value eq "…"
            guard let name = try partBehindFilter() else { return .element(attribute, inner) }
            guard let part = AttributePath(name) else { throw problem("an attribute is missing") }
            return .element(attribute, .all([inner, try condition(on: part)]))
        }
        return try condition(on: attribute)
    }

    /// What stands behind the name of an attribute.
    private mutating func condition(on attribute: AttributePath) throws(SCIMProblem) -> FilterExpression {
        let name = word().lowercased()
        if name == "pr" { return .present(attribute) }
        guard let comparison = FilterExpression.Operator(rawValue: name) else {
            throw problem("“\(name)” is no operator")
        }
        return .compares(attribute, comparison, try value())
    }

    /// The attribute of the elements that brackets have chosen; `nil` where none is named.
    private mutating func partBehindFilter() throws(SCIMProblem) -> String? {
        guard takes(".") else { return nil }
        let name = word()
        guard !name.isEmpty, !name.contains(where: { $0 == "." || $0 == ":" }) else {
            throw problem("one attribute is named behind the filter")
        }
        return name
    }

    private mutating func attribute() throws(SCIMProblem) -> AttributePath {
        skipSpaces()
        let spelling = word()
        guard let path = AttributePath(spelling) else { throw problem("an attribute is missing") }
        return path
    }

    // MARK: Values

    private mutating func value() throws(SCIMProblem) -> FilterValue {
        skipSpaces()
        let start = place
        if takes("\"") {
            while place < text.count, text[place] != UInt8(ascii: "\"") {
                place += text[place] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard takes("\"") else { throw problem("a text does not end") }
        } else {
            while place < text.count, !Self.endsValue(text[place]) { place += 1 }
        }
        let literal = Array(text[start..<place])
        // Some write Python's words.
        switch String(decoding: literal, as: UTF8.self).lowercased() {
        case "true": return .flag(true)
        case "false": return .flag(false)
        case "null": return .null
        default: break
        }
        do {
            let value = try JSONParser.parse(literal)
            if let text = value.stringValue { return .text(text) }
            if let number = value.doubleValue { return .number(number) }
        } catch {
            place = start
        }
        throw problem("a value is missing: a text between quotation marks, a number, true, false or null")
    }

    private static func endsValue(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]")
    }

    // MARK: Characters

    /// The letters of a name at this place; empty where there are none.
    private mutating func word() -> String {
        skipSpaces()
        let start = place
        while place < text.count, Self.belongsToWord(text[place]) { place += 1 }
        return String(decoding: text[start..<place], as: UTF8.self)
    }

    private static func belongsToWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "-"),
            UInt8(ascii: "_"), UInt8(ascii: "$"):
            true
        default: false
        }
    }

    private mutating func takes(word wanted: String) -> Bool {
        let start = place
        if word().lowercased() == wanted { return true }
        place = start
        return false
    }

    private mutating func takes(_ scalar: Unicode.Scalar) -> Bool {
        guard place < text.count, text[place] == UInt8(ascii: scalar) else { return false }
        place += 1
        return true
    }

    private mutating func skipSpaces() {
        while place < text.count, text[place] == UInt8(ascii: " ") { place += 1 }
    }

    private mutating func expect(_ scalar: Unicode.Scalar) throws(SCIMProblem) {
        skipSpaces()
        guard takes(scalar) else { throw problem("“\(scalar)” is missing") }
    }

    private mutating func expectEnd() throws(SCIMProblem) {
        skipSpaces()
        guard place == text.count else { throw problem("something stands behind its end") }
    }

    private func problem(_ reason: String) -> SCIMProblem {
        let shown = String(decoding: text.prefix(200), as: UTF8.self)
        return SCIMProblem(complaint, "“\(shown)” at \(place + 1): \(reason).")
    }
}
