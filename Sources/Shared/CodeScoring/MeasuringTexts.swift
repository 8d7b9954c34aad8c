internal import Scoring

/// The rules, applied: what was measured, and in words what was found and where.
enum Measuring {
    static func equality(of text: String, _ expected: String, _ folding: TextFolding) -> Measurement {
        let (found, wanted) = (folding.fold(text), folding.fold(expected))
        // By scalars: Swift's own equality is that of what people see, which would hide a difference.
        guard !found.unicodeScalars.elementsEqual(wanted.unicodeScalars) else {
            return Measurement(true, "The text is the expected one\(folding.words).")
        }
        let place = zip(found.unicodeScalars, wanted.unicodeScalars).prefix { $0 == $1 }.count
        return Measurement(
            false,
            "The text is not the expected one\(folding.words): it differs from character \(place + 1) on, where it has "
                + "\(excerpt(found, from: place)) instead of \(excerpt(wanted, from: place)).")
    }

    static func similarity(
        of text: String, _ expected: String, _ method: FuzzyMethod, _ folding: TextFolding
    ) throws(EvaluationFailure) -> Measurement {
        let (found, wanted) = (folding.fold(text), folding.fold(expected))
        try requireComparable(found, wanted)
        let value = Similarity.fuzzy(method, found, wanted)
        return Measurement(
            value, "The texts are similar to \(value.short) by the method \(method.rawValue)\(folding.words).")
    }

    static func edits(
        of text: String, _ expected: String, _ folding: TextFolding
    ) throws(EvaluationFailure) -> Measurement {
        let (found, wanted) = (folding.fold(text), folding.fold(expected))
        try requireComparable(found, wanted)
        let (distance, similarity) = Similarity.levenshtein(found, wanted)
        let longer = max(found.unicodeScalars.count, wanted.unicodeScalars.count)
        return Measurement(
            similarity,
            "\(distance) of \(longer) characters have to be inserted, deleted or replaced to make the expected text"
                + "\(folding.words).")
    }

    static func search(
        _ text: String, _ rule: PatternRule, _ pattern: Pattern
    ) throws(EvaluationFailure) -> Measurement {
        let scalars = Array(text.unicodeScalars)
        guard pattern.isAffordable(for: scalars.count) else {
            throw CodeEvaluator.unusable("the text has \(scalars.count) characters, too many for this pattern")
        }
        let match = pattern.firstMatch(in: scalars)
        switch rule.expectation {
        case .whole:
            return Measurement(match != nil, match == nil ? "The text does not match." : "The whole text matches.")
        case .found, .absent:
            guard let match else {
                return Measurement(rule.expectation == .absent, "The pattern is nowhere in the text.")
            }
            let words = String(String.UnicodeScalarView(scalars[match]))
            return Measurement(
                rule.expectation == .found,
                "The pattern is found at characters \(match.lowerBound + 1) to \(max(match.lowerBound + 1, match.upperBound)): "
                    + "\(excerpt(words, from: 0)).")
        }
    }

    static func rouge(
        of text: String, _ expected: String, _ rule: RougeRule
    ) throws(EvaluationFailure) -> Measurement {
        guard let rouge = Rouge(rule.variant, rule.words, text, expected: expected) else {
            throw CodeEvaluator.unusable("the texts are too long to be compared by \(rule.variant.rawValue)")
        }
        return Measurement(
            rouge.value(rule.measure),
            "\(rule.variant.rawValue): precision \(rouge.precision.short), recall \(rouge.recall.short), "
                + "F1 \(rouge.f1.short).")
    }

    static func bleu(of text: String, _ expected: String, _ rule: BleuRule) -> Measurement {
        let bleu = Bleu(rule, text, expected: expected)
        let precisions = bleu.precisions.map { ($0 * 100).short }.joined(separator: ", ")
        return Measurement(
            bleu.value,
            "BLEU \((bleu.value * 100).short): precisions \(precisions) for runs of 1 to \(bleu.precisions.count) words, "
                + "brevity penalty \(bleu.brevityPenalty.short).")
    }

    static func chrf(of text: String, _ expected: String, _ wordOrder: Int) -> Measurement {
        let value = ChrF.value(text, expected: expected, wordOrder: wordOrder)
        return Measurement(value, "chrF\(String(repeating: "+", count: wordOrder)) \((value * 100).short).")
    }

    static func readability(of text: String, _ rule: ReadabilityRule) throws(EvaluationFailure) -> Measurement {
        guard let readability = Readability(text) else { throw CodeEvaluator.unusable("the text has no words") }
        let value = readability.value(rule.formula)
        let name =
            switch rule.formula {
            case .readingEase: "Flesch reading ease"
            case .grade: "Flesch-Kincaid grade"
            }
        let words =
            "\(name) \(value.short): \(readability.words) words in \(readability.sentences) sentences with "
            + "\(readability.syllables) syllables."
        guard rule.bounds.areGiven else { return Measurement(value / 100, words) }
        return Measurement(rule.bounds.contains(value), "\(words) \(rule.bounds.words(for: value))")
    }

    static func length(of text: String, _ rule: LengthRule) -> Measurement {
        let count =
            switch rule.unit {
            case .characters: text.count
            case .words: TextMeasure(text).words.count
            case .sentences: TextMeasure(text).sentences
            }
        return Measurement(
            rule.bounds.contains(Double(count)),
            "The text has \(count) \(rule.unit.rawValue). \(rule.bounds.words(for: Double(count)))")
    }

    static func personalData(
        in text: String, _ kinds: Set<PersonalDataKind>
    ) throws(EvaluationFailure) -> Measurement {
        guard PersonalData.isAffordable(for: text.unicodeScalars.count) else {
            throw CodeEvaluator.unusable("the text is too long to be searched for personal data")
        }
        let found = PersonalData.find(kinds, in: text)
        guard !found.isEmpty else {
            return Measurement(true, "None of these was found: \(kinds.map(\.title).sorted().joined(separator: ", ")).")
        }
        // Where, and never what: a justification is stored and shown.
        let places = found.prefix(10).map {
            "\($0.kind.title) at characters \($0.range.lowerBound + 1) to \($0.range.upperBound)"
        }
        return Measurement(false, "Found: \(listed(places, of: found.count)).")
    }

    /// The first of many, and how many more there are.
    static func listed(_ items: [String], of count: Int) -> String {
        items.joined(separator: "; ") + (count > items.count ? "; and \(count - items.count) more" : "")
    }

    private static func requireComparable(_ left: String, _ right: String) throws(EvaluationFailure) {
        let (x, y) = (left.unicodeScalars.count, right.unicodeScalars.count)
        guard Alignment.isAffordable(x, y) else {
            throw CodeEvaluator.unusable("texts of \(x) and \(y) characters are too long to be compared")
        }
    }

    /// Some characters of a text in quotation marks.
    private static func excerpt(_ text: String, from place: Int) -> String {
        let rest = text.unicodeScalars.dropFirst(place)
        guard !rest.isEmpty else { return "nothing" }
        let part = String(String.UnicodeScalarView(rest.prefix(40)))
        return "“\(part)\(rest.count > 40 ? "…" : "")”"
    }
}

extension Bounds {
    /// Whether and how a value keeps them.
    fileprivate func words(for value: Double) -> String {
        if let minimum, value < minimum { return "The least allowed is \(minimum.short)." }
        if let maximum, value > maximum { return "The most allowed is \(maximum.short)." }
        return "That is within the bounds."
    }
}
