package import Scoring
package import Tenancy

/// A code evaluation that is ready to run: its pattern and its schema are compiled. A function of its input: the same
/// texts give the same finding.
package struct CodeEvaluator: Sendable {
    private let evaluation: CodeEvaluation
    private let measure: Measure

    /// What a rule needs besides its options.
    private enum Measure: Sendable {
        case pattern(PatternRule, Pattern)
        case schema(JSONSchema)
        case options
    }

    /// The longest text that is looked at, in bytes.
    package static let longestText = 4 << 20

    /// Compiles what has to be.
    /// - Throws: `InvalidDefinition` naming `code.pattern` or `code.schema`.
    package init(_ evaluation: CodeEvaluation) throws(InvalidDefinition) {
        self.evaluation = evaluation
        switch evaluation.rule {
        case .regularExpression(let rule): measure = .pattern(rule, try Self.compile(rule))
        case .jsonSchema(let schema):
            do throws(SchemaError) {
                measure = .schema(try JSONSchema(schema.value))
            } catch {
                throw Self.refusal("schema", "\(error).")
            }
        case .exactMatch, .fuzzyMatch, .levenshtein, .jsonValidity, .jsonMatch, .jsonFilled, .rouge, .bleu, .chrf,
            .readability, .length, .personalData:
            measure = .options
        }
    }

    private static func compile(_ rule: PatternRule) throws(InvalidDefinition) -> Pattern {
        do throws(PatternError) {
            return try Pattern(
                rule.pattern, ignoresCase: rule.ignoresCase, matchesWhole: rule.expectation == .whole)
        } catch {
            throw refusal("pattern", "\(error).")
        }
    }

    private static func refusal(_ option: String, _ message: String) -> InvalidDefinition {
        InvalidDefinition(problems: [.init(field: "\(CodeOptions.field).\(option)", message: message)])
    }

    /// Looks at the texts of an execution.
    /// - Throws: `EvaluationFailure` of the code `invalidInput` when a text is missing or too long.
    package func finding(on input: EvaluationInput) throws(EvaluationFailure) -> CodeFinding {
        let text = try subject(of: input)
        let expected = evaluation.rule.kind.isComparison ? try self.expected(of: input) : ""
        for long in [text, expected] where long.utf8.count > Self.longestText {
            throw Self.unusable("a text is longer than \(Self.longestText) bytes")
        }
        let found = try measurement(of: text, expected)
        var value = found.value
        var words = found.words
        if let threshold = evaluation.threshold {
            let isReached = value >= threshold
            words +=
                isReached
                ? " That reaches the threshold of \(threshold.short)."
                : " That is below the threshold of \(threshold.short)."
            value = isReached ? 1 : 0
        }
        do {
            return CodeFinding(score: try Score(value), justification: words)
        } catch {
            throw EvaluationFailure(code: .internal, message: "the \(evaluation.rule.kind.title) measured \(value)")
        }
    }

    private func subject(of input: EvaluationInput) throws(EvaluationFailure) -> String {
        let text =
            switch evaluation.subject {
            case .request: input.effectiveRequest
            case .response: input.effectiveResponse
            }
        guard let text else { throw Self.unusable("there is no \(evaluation.subject.rawValue) to look at") }
        return text
    }

    private func expected(of input: EvaluationInput) throws(EvaluationFailure) -> String {
        guard let text = evaluation.expected ?? input.expectedOutput else {
            throw Self.unusable("there is no expected_output to compare with")
        }
        return text
    }

    static func unusable(_ message: String) -> EvaluationFailure {
        EvaluationFailure(code: .invalidInput, message: message)
    }

    private func measurement(of text: String, _ expected: String) throws(EvaluationFailure) -> Measurement {
        if case .pattern(let rule, let pattern) = measure { return try Measuring.search(text, rule, pattern) }
        if case .schema(let schema) = measure { return try Measuring.conformance(of: text, to: schema) }
        return switch evaluation.rule {
        case .exactMatch(let folding): Measuring.equality(of: text, expected, folding)
        case .fuzzyMatch(let method, let folding): try Measuring.similarity(of: text, expected, method, folding)
        case .levenshtein(let folding): try Measuring.edits(of: text, expected, folding)
        case .jsonValidity(let top): Measuring.validity(of: text, top)
        case .jsonMatch(let rule): try Measuring.fields(of: text, expected, rule)
        case .jsonFilled: Measuring.filling(of: text)
        case .rouge(let rule): try Measuring.rouge(of: text, expected, rule)
        case .bleu(let rule): Measuring.bleu(of: text, expected, rule)
        case .chrf(let wordOrder): Measuring.chrf(of: text, expected, wordOrder)
        case .readability(let rule): try Measuring.readability(of: text, rule)
        case .length(let rule): Measuring.length(of: text, rule)
        case .personalData(let kinds): try Measuring.personalData(in: text, kinds)
        case .regularExpression, .jsonSchema: throw Self.unusable("the rule is not compiled")
        }
    }
}
