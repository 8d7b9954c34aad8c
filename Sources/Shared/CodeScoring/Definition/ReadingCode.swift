package import JSON
package import Scoring
package import Tenancy

extension CodeEvaluation {
    /// Reads `{"kind": …, …}`, and names every option that is missing, wrong or unknown as `code.<option>`. Patterns and
    /// schemas are checked too: what this accepts can be run.
    package init(json: JSONValue) throws(InvalidDefinition) {
        try self.init(stored: json)
        _ = try CodeEvaluator(self)
    }

    /// Reads what was accepted before: a pattern or a schema that a later release would refuse can still be shown.
    package init(stored json: JSONValue) throws(InvalidDefinition) {
        guard let object = json.objectValue else {
            throw InvalidDefinition(problems: [.init(field: CodeOptions.field, message: "Must be an object.")])
        }
        var options = CodeOptions(object)
        guard let kind = options.choice("kind", of: CodeKind.self) else {
            if options.problems.isEmpty { options.add("kind", "This field is required.") }
            throw InvalidDefinition(problems: options.problems)
        }
        let subject = options.choice("input", of: Subject.self) ?? .response
        let rule = Self.rule(kind, &options)
        let expected = kind.isComparison ? options.text("expected") : nil
        let threshold = options.number("threshold", in: 0...1)
        options.refuseOthers()
        guard options.problems.isEmpty, let rule else { throw InvalidDefinition(problems: options.problems) }
        self.init(rule, of: subject, expected: expected, threshold: threshold)
    }

    private static func rule(_ kind: CodeKind, _ options: inout CodeOptions) -> CodeRule? {
        switch kind {
        case .exactMatch: .exactMatch(options.folding())
        case .fuzzyMatch: .fuzzyMatch(options.choice("method") ?? .ratio, options.folding())
        case .levenshtein: .levenshtein(options.folding())
        case .regularExpression: .regularExpression(pattern(&options))
        case .jsonValidity: .jsonValidity(options.choice("top") ?? .any)
        case .jsonSchema: schema(&options).map(CodeRule.jsonSchema)
        case .jsonMatch: .jsonMatch(comparison(&options))
        case .jsonFilled: .jsonFilled
        case .rouge: .rouge(rouge(&options))
        case .bleu: .bleu(bleu(&options))
        case .chrf: .chrf(wordOrder: wordOrder(&options))
        case .readability: .readability(readability(&options))
        case .length: length(&options).map(CodeRule.length)
        case .personalData: .personalData(personalData(&options))
        }
    }

    private static func pattern(_ options: inout CodeOptions) -> PatternRule {
        var rule = PatternRule(pattern: options.requiredText("pattern"))
        rule.ignoresCase = options.flag("ignore_case")
        rule.expectation = options.choice("expect") ?? .found
        return rule
    }

    private static func schema(_ options: inout CodeOptions) -> OpaqueJSON? {
        guard let schema = options.any("schema") else {
            options.add("schema", "This field is required.")
            return nil
        }
        guard schema.objectValue != nil || schema.boolValue != nil else {
            options.add("schema", "Must be a JSON Schema: an object, true or false.")
            return nil
        }
        return OpaqueJSON(text: schema.description)
    }

    private static func comparison(_ options: inout CodeOptions) -> JSONComparison {
        var rule = JSONComparison()
        rule.aspect = options.choice("aspect") ?? .values
        rule.ignoredFields = options.texts("ignore_fields") ?? []
        rule.tolerance = options.number("tolerance", in: 0...Double.greatestFiniteMagnitude) ?? 0
        rule.ignoresOrder = options.flag("ignore_order")
        rule.ignoresExtra = options.flag("ignore_extra")
        rule.foldsText = options.flag("fold_text")
        return rule
    }

    private static func rouge(_ options: inout CodeOptions) -> RougeRule {
        var rule = RougeRule()
        rule.variant = options.choice("variant") ?? .longest
        rule.measure = options.choice("measure") ?? .f1
        rule.words = options.choice("words") ?? .unicode
        return rule
    }

    private static func bleu(_ options: inout CodeOptions) -> BleuRule {
        var rule = BleuRule()
        rule.smoothing = options.choice("smoothing") ?? .exponential
        rule.ignoresCase = options.flag("ignore_case")
        return rule
    }

    private static func wordOrder(_ options: inout CodeOptions) -> Int {
        guard let order = options.number("word_order") else { return 0 }
        guard let whole = Int(exactly: order), (0...2).contains(whole) else {
            options.add("word_order", "Must be 0 for chrF, 1 for chrF+ or 2 for chrF++.")
            return 0
        }
        return whole
    }

    private static func readability(_ options: inout CodeOptions) -> ReadabilityRule {
        var rule = ReadabilityRule()
        rule.formula = options.choice("formula") ?? .readingEase
        rule.bounds = options.bounds()
        if rule.formula == .grade, !rule.bounds.areGiven {
            options.add("maximum", "A grade has no scale from 0 to 1: give a minimum or a maximum.")
        }
        return rule
    }

    private static func length(_ options: inout CodeOptions) -> LengthRule? {
        let unit: LengthRule.Unit? = options.choice("unit") ?? .characters
        let bounds = options.bounds()
        if !bounds.areGiven { options.add("maximum", "Give a minimum or a maximum.") }
        return unit.map { LengthRule($0, bounds) }
    }

    private static func personalData(_ options: inout CodeOptions) -> Set<PersonalDataKind> {
        guard let names = options.texts("kinds") else { return Set(PersonalDataKind.allCases) }
        let kinds = names.compactMap { name in
            let kind = PersonalDataKind(rawValue: name)
            if kind == nil {
                let known = PersonalDataKind.allCases.map(\.rawValue).joined(separator: ", ")
                options.add("kinds", "“\(name)” is none of \(known).")
            }
            return kind
        }
        if names.isEmpty { options.add("kinds", "Name at least one kind, or leave it out for all.") }
        return Set(kinds)
    }
}
