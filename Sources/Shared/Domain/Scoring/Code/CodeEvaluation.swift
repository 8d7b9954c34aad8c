/// What an evaluator does without a model: a rule, and the texts that it is applied to.
package struct CodeEvaluation: Sendable, Hashable {
    /// Which text is looked at.
    package enum Subject: String, Sendable, Hashable, CaseIterable {
        case request
        case response

        package var input: BuiltInInput {
            switch self {
            case .request: .request
            case .response: .response
            }
        }
    }

    package var rule: CodeRule
    package var subject: Subject
    /// What the text is compared with, where the rule compares; `nil` is the execution's expected output.
    package var expected: String?
    /// With one, the score is 1 when the rule's measure reaches it, else 0.
    package var threshold: Double?

    package init(
        _ rule: CodeRule, of subject: Subject = .response, expected: String? = nil, threshold: Double? = nil
    ) {
        self.rule = rule
        self.subject = subject
        self.expected = expected
        self.threshold = threshold
    }

    /// The inputs that an execution has to bring.
    package var inputs: [BuiltInInput] {
        rule.kind.isComparison && expected == nil ? [subject.input, .expectedOutput] : [subject.input]
    }
}

/// The kinds of rules, as interfaces name them.
package enum CodeKind: String, Sendable, Hashable, CaseIterable {
    case exactMatch = "exact_match"
    case fuzzyMatch = "fuzzy_match"
    case levenshtein
    case regularExpression = "regex"
    case jsonValidity = "json_validity"
    case jsonSchema = "json_schema"
    case jsonMatch = "json_match"
    case jsonFilled = "json_filled"
    case rouge
    case bleu
    case chrf
    case readability
    case length
    case personalData = "pii"

    /// Whether the text is compared with an expected one.
    package var isComparison: Bool {
        switch self {
        case .exactMatch, .fuzzyMatch, .levenshtein, .jsonMatch, .rouge, .bleu, .chrf: true
        case .regularExpression, .jsonValidity, .jsonSchema, .jsonFilled, .readability, .length, .personalData: false
        }
    }

    /// What people call it.
    package var title: String {
        switch self {
        case .exactMatch: "exact match"
        case .fuzzyMatch: "fuzzy match"
        case .levenshtein: "Levenshtein similarity"
        case .regularExpression: "regular expression"
        case .jsonValidity: "JSON validity"
        case .jsonSchema: "JSON Schema"
        case .jsonMatch: "JSON comparison"
        case .jsonFilled: "JSON completeness"
        case .rouge: "ROUGE"
        case .bleu: "BLEU"
        case .chrf: "chrF"
        case .readability: "readability"
        case .length: "length"
        case .personalData: "personal data"
        }
    }
}
