extension Query {
    /// Reads a filter as it is typed in `/`, in saved views and on the command line; an empty one shows everything.
    ///
    /// Blanks separate terms, quotes hold one together. `word` and `"two words"` are parts of the row, `~pattern` a regular
    /// expression, `key:value,value` and `key<number` ask for a field of the vocabulary, `-` in front negates.
    package static func parse(_ text: String, _ vocabulary: [QueryField]) throws(Problem) -> Query {
        var terms: [Term] = []
        for token in try tokens(text) { terms.append(try term(token, vocabulary)) }
        return Query(terms: terms)
    }

    private struct Token {
        var text = ""
        /// Where a quote opened in it, which makes what follows literal.
        var quotedFrom: Int?
        /// The values behind a colon, where commas outside of quotes divide them.
        var commas: [Int] = []
    }

    private static func tokens(_ text: String) throws(Problem) -> [Token] {
        var tokens: [Token] = []
        var current = Token()
        var isQuoted = false
        func finish() {
            if !current.text.isEmpty || current.quotedFrom != nil { tokens.append(current) }
            current = Token()
        }
        for character in text {
            if character == "\"" {
                if !isQuoted, current.quotedFrom == nil { current.quotedFrom = current.text.count }
                isQuoted.toggle()
            } else if character == " " && !isQuoted {
                finish()
            } else {
                if character == ",", !isQuoted { current.commas.append(current.text.count) }
                current.text.append(character)
            }
        }
        guard !isQuoted else { throw Problem("a quote is not closed") }
        finish()
        return tokens
    }

    private static func term(_ token: Token, _ vocabulary: [QueryField]) throws(Problem) -> Term {
        var token = token
        var isNegated = false
        if token.text.count > 1, token.text.hasPrefix("-"), token.quotedFrom != 0 {
            isNegated = true
            token.text.removeFirst()
            token.quotedFrom = token.quotedFrom.map { $0 - 1 }
            token.commas = token.commas.map { $0 - 1 }
        }
        if token.quotedFrom == 0 { return Term(field: nil, .contains([token.text]), isNegated: isNegated) }
        if token.text.hasPrefix("~"), token.text.count > 1 {
            let pattern = String(token.text.dropFirst())
            if let problem = QueryPattern.problem(pattern) { throw Problem(problem) }
            return Term(field: nil, .matches(pattern), isNegated: isNegated)
        }
        guard let place = token.text.firstIndex(where: { ":<>=".contains($0) }), place != token.text.startIndex else {
            let word = token.text.lowercased()
            if let flag = vocabulary.first(where: { $0.name == word && $0.kind == .flag }) {
                return Term(field: flag.name, .holds, isNegated: isNegated)
            }
            return Term(field: nil, .contains([token.text]), isNegated: isNegated)
        }
        let name = token.text[..<place].lowercased()
        guard let field = vocabulary.first(where: { $0.name == name && $0.kind != .flag }) else {
            let names = vocabulary.filter { $0.kind != .flag }.map(\.name).joined(separator: ", ")
            throw Problem("unknown key \(name): there are \(names)")
        }
        var rest = token.text[place...]
        // `age:>1h` is meant as `age>1h`.
        if rest.hasPrefix(":"), field.isCompared, rest.dropFirst().first.map({ "<>=".contains($0) }) ?? false {
            rest = rest.dropFirst()
        }
        let test =
            rest.first == ":"
            ? try value(of: field, token, after: token.text.distance(from: token.text.startIndex, to: place) + 1)
            : try comparison(of: field, rest)
        return Term(field: field.name, test, isNegated: isNegated)
    }

    private static func value(of field: QueryField, _ token: Token, after start: Int) throws(Problem) -> Test {
        let characters = Array(token.text)
        var values: [String] = []
        var from = start
        for comma in token.commas.filter({ $0 >= start }) + [characters.count] {
            values.append(String(characters[from..<comma]))
            from = comma + 1
        }
        guard values.allSatisfy({ !$0.isEmpty }) else {
            throw Problem("\(field.name): needs a value, \(field.example)")
        }
        switch field.kind {
        case .text: return .contains(values)
        case .choice(let choices):
            for value in values where !choices.contains(value.lowercased()) {
                throw Problem("\(field.name): \(value) is none of \(choices.joined(separator: ", "))")
            }
            return .contains(values.map { $0.lowercased() })
        case .span:
            guard values.count == 1, let span = milliseconds(values[0]) else {
                throw Problem("\(field.name): needs a span such as \(field.example)")
            }
            return .compares(.lessOrEqual, span)
        case .number, .duration, .money, .flag: throw Problem("\(field.name) is compared: \(field.example)")
        }
    }

    private static func comparison(of field: QueryField, _ rest: Substring) throws(Problem) -> Test {
        guard let comparison = Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else {
            throw Problem("use < <= > >= or =: \(field.example)")
        }
        let text = String(rest.dropFirst(comparison.rawValue.count))
        let number: Double?
        switch field.kind {
        case .number: number = Double(text).flatMap { $0.isFinite ? $0 : nil }
        case .duration, .span: number = milliseconds(text)
        case .money: number = nanodollars(text)
        case .text, .choice, .flag: throw Problem("\(field.name) cannot be compared: \(field.example)")
        }
        guard let number else {
            throw Problem("\(field.name): \(text.isEmpty ? "nothing" : text) is not such a value: \(field.example)")
        }
        return .compares(comparison, number)
    }

    private static func milliseconds(_ text: String) -> Double? {
        let units: [(String, Double)] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
        for (unit, factor) in units where text.hasSuffix(unit) {
            guard let number = Double(text.dropLast(unit.count)), number >= 0, number < 1e9 else { continue }
            return number * factor
        }
        return nil
    }

    private static func nanodollars(_ text: String) -> Double? {
        let digits = text.hasPrefix("$") ? text.dropFirst() : text[...]
        guard let number = Double(digits), number >= 0, number < 1e6 else { return nil }
        return (number * 1e9).rounded()
    }
}
