package import JSON
package import Scoring

extension CodeEvaluation {
    /// The JSON that ``init(json:)`` reads: options at their defaults are left out.
    package var json: JSONValue {
        var members: [(String, JSONValue)] = [("kind", .string(rule.kind.rawValue))]
        if subject != .response { members.append(("input", .string(subject.rawValue))) }
        members += rule.options
        if let expected { members.append(("expected", .string(expected))) }
        if let threshold { members.append(("threshold", .number(threshold))) }
        return .object(JSONObject(members))
    }
}

extension CodeRule {
    fileprivate var options: [(String, JSONValue)] {
        switch self {
        case .exactMatch(let folding), .levenshtein(let folding): folding.options
        case .fuzzyMatch(let method, let folding): word("method", method, unless: .ratio) + folding.options
        case .regularExpression(let rule): rule.options
        case .jsonValidity(let top): word("top", top, unless: .any)
        case .jsonSchema(let schema): [("schema", schema.value)]
        case .jsonMatch(let rule): rule.options
        case .jsonFilled: []
        case .rouge(let rule):
            word("variant", rule.variant, unless: .longest) + word("measure", rule.measure, unless: .f1)
                + word("words", rule.words, unless: .unicode)
        case .bleu(let rule):
            word("smoothing", rule.smoothing, unless: .exponential) + flag("ignore_case", rule.ignoresCase)
        case .chrf(let order): order == 0 ? [] : [("word_order", .integer(Int64(order)))]
        case .readability(let rule): word("formula", rule.formula, unless: .readingEase) + rule.bounds.options
        case .length(let rule): word("unit", rule.unit, unless: .characters) + rule.bounds.options
        case .personalData(let kinds):
            kinds.count == PersonalDataKind.allCases.count
                ? [] : [("kinds", .array(kinds.map(\.rawValue).sorted().map(JSONValue.string)))]
        }
    }
}

extension TextFolding {
    fileprivate var options: [(String, JSONValue)] {
        flag("ignore_case", ignoresCase) + flag("ignore_whitespace", ignoresWhitespace)
            + flag("ignore_punctuation", ignoresPunctuation)
    }
}

extension PatternRule {
    fileprivate var options: [(String, JSONValue)] {
        [("pattern", .string(pattern))] + flag("ignore_case", ignoresCase)
            + word("expect", expectation, unless: .found)
    }
}

extension JSONComparison {
    fileprivate var options: [(String, JSONValue)] {
        var options = word("aspect", aspect, unless: .values)
        if !ignoredFields.isEmpty { options.append(("ignore_fields", .array(ignoredFields.map(JSONValue.string)))) }
        if tolerance != 0 { options.append(("tolerance", .number(tolerance))) }
        return options + flag("ignore_order", ignoresOrder) + flag("ignore_extra", ignoresExtra)
            + flag("fold_text", foldsText)
    }
}

extension Bounds {
    fileprivate var options: [(String, JSONValue)] {
        [("minimum", minimum), ("maximum", maximum)].compactMap { name, value in
            value.map { (name, Int64(exactly: $0).map(JSONValue.integer) ?? .number($0)) }
        }
    }
}

extension OpaqueJSON {
    /// What the text says; it was JSON when it was made.
    var value: JSONValue {
        do {
            return try JSONParser.parse(text)
        } catch {
            return .null
        }
    }
}

private func flag(_ name: String, _ value: Bool) -> [(String, JSONValue)] { value ? [(name, .bool(true))] : [] }

private func word<Choice: RawRepresentable & Equatable>(
    _ name: String, _ choice: Choice, unless usual: Choice
) -> [(String, JSONValue)] where Choice.RawValue == String {
    choice == usual ? [] : [(name, .string(choice.rawValue))]
}
