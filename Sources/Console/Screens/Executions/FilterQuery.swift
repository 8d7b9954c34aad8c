package import WireAPI

/// What a typed filter means, or what is wrong with it.
///
/// Words must all be part of the name. `failed` and `ok` choose by outcome; `key:value` by a property; `score<0.5`,
/// `latency>2s` and `cost>=0.01` by a number. Quotes hold a value with blanks together.
package enum FilterQuery {
    /// A filter that cannot be understood.
    package struct Problem: Error, Sendable, Hashable {
        package let message: String
    }

    /// The keys that take a value, for help and messages.
    package static let keys = ["evaluator", "judge", "type", "tag", "session", "user", "model", "project"]
    /// The keys that are compared with a number.
    package static let numbers = ["score", "latency", "cost"]

    /// Reads a filter; an empty one shows everything.
    package static func parse(_ text: String) throws(Problem) -> OperatorExecutionFilter {
        var filter = OperatorExecutionFilter()
        for token in tokens(text) { try apply(token, to: &filter) }
        return filter
    }

    private struct Token {
        var text = ""
        /// Where a quote opened in it, which makes what follows literal.
        var quotedFrom: Int?
    }

    private static func tokens(_ text: String) -> [Token] {
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
                current.text.append(character)
            }
        }
        finish()
        return tokens
    }

    private static func apply(_ token: Token, to filter: inout OperatorExecutionFilter) throws(Problem) {
        if token.quotedFrom == 0 {
            filter.names.append(token.text)
            return
        }
        let place = token.text.firstIndex { ":<>=".contains($0) }
        guard let place, place != token.text.startIndex else {
            switch token.text {
            case "failed": try set(&filter.outcome, .failed, "failed and ok exclude each other")
            case "ok": try set(&filter.outcome, .succeeded, "failed and ok exclude each other")
            default: filter.names.append(token.text)
            }
            return
        }
        let key = token.text[..<place].lowercased()
        let rest = token.text[place...]
        if rest.first == ":" {
            try apply(key, String(rest.dropFirst()), to: &filter)
        } else {
            try compare(key, rest, in: &filter)
        }
    }

    private static func apply(_ key: String, _ value: String, to filter: inout OperatorExecutionFilter) throws(Problem)
    {
        if numbers.contains(key) { throw Problem(message: "\(key) is compared: \(example(key))") }
        guard keys.contains(key) else {
            throw Problem(message: "unknown key \(key): there are \((keys + numbers).joined(separator: ", "))")
        }
        guard !value.isEmpty else { throw Problem(message: "\(key): needs a value") }
        switch key {
        case "evaluator", "judge":
            try set(&filter.type, key, "evaluator: and judge: exclude each other")
            filter.names.append(value)
        case "type": try set(&filter.type, value.lowercased(), "only one type can be shown")
        case "tag": filter.tags.append(value)
        case "session": try set(&filter.sessionID, value, "only one session can be shown")
        case "user": try set(&filter.userID, value, "only one user can be shown")
        case "model": try set(&filter.model, value, "only one model can be shown")
        default: try set(&filter.project, value, "only one project can be shown")
        }
    }

    private static func compare(
        _ key: String, _ rest: Substring, in filter: inout OperatorExecutionFilter
    ) throws(Problem) {
        guard numbers.contains(key) else {
            throw Problem(message: "\(key) cannot be compared; \(numbers.joined(separator: ", ")) can")
        }
        let sign = rest.prefix { "<>=".contains($0) }
        let value = String(rest.dropFirst(sign.count))
        guard ["<", "<=", ">", ">="].contains(String(sign)) else {
            throw Problem(message: "use < <= > or >=: \(example(key))")
        }
        switch key {
        case "score":
            guard let number = Double(value), (0...1).contains(number) else {
                throw Problem(message: "a score is from 0 to 1: \(example(key))")
            }
            bound(sign, number, number.nextDown, number.nextUp, &filter.minimumScore, &filter.maximumScore)
        case "latency":
            guard let number = milliseconds(value) else { throw Problem(message: "a unit is missing: \(example(key))") }
            bound(
                sign, number, number.nextDown, number.nextUp, &filter.minimumLatencyMilliseconds,
                &filter.maximumLatencyMilliseconds)
        default:
            guard let number = nanodollars(value) else { throw Problem(message: "not an amount: \(example(key))") }
            bound(
                sign, number, number - 1, number + 1, &filter.minimumCostNanodollars, &filter.maximumCostNanodollars)
        }
    }

    /// Strict bounds become inclusive ones at the nearest number inside; several bounds must all hold.
    private static func bound<Value: Comparable>(
        _ sign: Substring, _ value: Value, _ below: Value, _ above: Value, _ minimum: inout Value?,
        _ maximum: inout Value?
    ) {
        if sign.first == "<" {
            let limit = sign == "<" ? below : value
            maximum = maximum.map { min($0, limit) } ?? limit
        } else {
            let limit = sign == ">" ? above : value
            minimum = minimum.map { max($0, limit) } ?? limit
        }
    }

    private static func set<Value: Equatable>(
        _ property: inout Value?, _ value: Value, _ conflict: String
    ) throws(Problem) {
        guard property == nil || property == value else { throw Problem(message: conflict) }
        property = value
    }

    private static func milliseconds(_ text: String) -> Double? {
        let units: [(String, Double)] = [("ms", 1), ("s", 1000), ("m", 60_000)]
        for (unit, factor) in units where text.hasSuffix(unit) {
            guard let number = Double(text.dropLast(unit.count)), number >= 0, number < 1e9 else { continue }
            return number * factor
        }
        return nil
    }

    private static func nanodollars(_ text: String) -> Int64? {
        let digits = text.hasPrefix("$") ? text.dropFirst() : text[...]
        guard let number = Double(digits), number >= 0, number < 1e9 else { return nil }
        return Int64((number * 1e9).rounded())
    }

    private static func example(_ key: String) -> String {
        switch key {
        case "score": "score<0.5"
        case "latency": "latency>2s"
        default: "cost>0.01"
        }
    }
}
