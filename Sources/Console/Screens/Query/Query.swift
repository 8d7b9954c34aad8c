/// A filter as it was understood: every term must hold.
package struct Query: Sendable, Hashable {
    /// A question about one thing.
    package struct Term: Sendable, Hashable {
        /// Whether rows are wanted for which it does not hold.
        package let isNegated: Bool
        /// The name of the field, `nil` for the words of the row.
        package let field: String?
        package let test: Test

        package init(field: String?, _ test: Test, isNegated: Bool = false) {
            self.isNegated = isNegated
            self.field = field
            self.test = test
        }
    }

    /// What must hold.
    package enum Test: Sendable, Hashable {
        /// The name alone was the question.
        case holds
        /// One of these is a part, in any case.
        case contains([String])
        /// A regular expression is found.
        case matches(String)
        /// A number in the unit of the field's kind is compared.
        case compares(Comparison, Double)
    }

    /// How a number is compared.
    package enum Comparison: String, Sendable, Hashable, CaseIterable {
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case less = "<"
        case greater = ">"
        case equal = "="

        /// Whether a number stands in this relation to a bound.
        package func holds(_ number: Double, _ bound: Double) -> Bool {
            switch self {
            case .lessOrEqual: number <= bound
            case .greaterOrEqual: number >= bound
            case .less: number < bound
            case .greater: number > bound
            case .equal: number == bound
            }
        }
    }

    /// A filter that cannot be understood.
    package struct Problem: Error, Sendable, Hashable {
        package let message: String

        package init(_ message: String) { self.message = message }
    }

    package let terms: [Term]

    package init(terms: [Term] = []) { self.terms = terms }

    /// What a row says to the terms.
    package struct Facts {
        /// What plain words and regular expressions look at.
        package let words: [String]
        /// The texts of a field; for a flag, empty when it does not hold.
        package let texts: (String) -> [String]
        /// The number of a field, `nil` when the row has none.
        package let number: (String) -> Double?

        package init(
            words: [String], texts: @escaping (String) -> [String] = { _ in [] },
            number: @escaping (String) -> Double? = { _ in nil }
        ) {
            self.words = words
            self.texts = texts
            self.number = number
        }
    }

    /// Whether a row is one of those that are wanted.
    package func matches(_ facts: Facts) -> Bool {
        terms.allSatisfy { term in
            let texts = term.field.map(facts.texts) ?? facts.words
            let holds: Bool
            switch term.test {
            case .holds: holds = !texts.isEmpty
            case .contains(let parts):
                holds = parts.contains { part in texts.contains { $0.lowercased().contains(part.lowercased()) } }
            case .matches(let pattern): holds = texts.contains { QueryPattern.finds(pattern, in: $0) }
            case .compares(let comparison, let bound):
                // A row without the number is on neither side of a bound.
                guard let number = term.field.flatMap(facts.number) else { return false }
                holds = comparison.holds(number, bound)
            }
            return holds != term.isNegated
        }
    }
}

/// Regular expressions of filters, in any case.
enum QueryPattern {
    /// What is wrong with an expression, `nil` for a good one.
    static func problem(_ pattern: String) -> String? {
        do {
            _ = try Regex(pattern)
            return nil
        } catch {
            return "~\(pattern) is not a regular expression"
        }
    }

    static func finds(_ pattern: String, in text: String) -> Bool {
        do {
            return try Regex(pattern).ignoresCase().firstMatch(in: text) != nil
        } catch {
            // Patterns are checked when they are read; one that cannot be run finds nothing.
            return false
        }
    }
}
