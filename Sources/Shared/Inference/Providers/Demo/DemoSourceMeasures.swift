/// Measures that compare a text with another one.
extension DemoVerdict {
    /// Whether what is said stands in the contexts: one figure that they do not have makes it worthless.
    static func groundedness(_ subject: Words, _ material: DemoMaterial) -> DemoVerdict {
        guard !material.contexts.isEmpty else { return relevance(subject, material) }
        let source = Words(material.contexts.joined(separator: "\n"))
        let known = Set(source.numbers).union(Words(material.request ?? "").numbers)
        if let stray = subject.numbers.first(where: { !known.contains($0) }) {
            return DemoVerdict(0, "the figure \(stray) stands in none of the \(material.contexts.count) contexts")
        }
        if negates(subject) != negates(source), subject.support(in: source.vocabulary) ?? 0 > 0.6 {
            return DemoVerdict(0.2, "the text and the contexts use the same words, but one denies what the other says")
        }
        let share = subject.support(in: source.vocabulary) ?? 1
        return DemoVerdict((share - 0.15) / 0.55, "\(percent(share)) of the meaningful words stand in the contexts")
    }

    /// Whether the contexts hold what an answer needs.
    static func retrieval(_ material: DemoMaterial) -> DemoVerdict {
        let source = Words(material.contexts.joined(separator: "\n")).vocabulary
        let needed = Words(material.expectedOutput ?? material.request ?? material.subject)
        let share = needed.support(in: source) ?? 0
        return DemoVerdict(share / 0.8, "the contexts hold \(percent(share)) of the meaningful words that are needed")
    }

    /// How much the text has in common with the expected one.
    static func agreement(_ subject: Words, _ material: DemoMaterial) -> DemoVerdict {
        guard let expected = material.expectedOutput.map({ Words($0) }) else { return groundedness(subject, material) }
        let recall = expected.support(in: subject.vocabulary) ?? 0
        let precision = subject.support(in: expected.vocabulary) ?? 0
        let overlap = recall + precision > 0 ? 2 * recall * precision / (recall + precision) : 0
        return DemoVerdict(overlap, "\(percent(overlap)) overlap (F1) with the words of the expected output")
    }

    /// Whether the text takes up what was asked, has some substance and does not refuse.
    static func relevance(_ subject: Words, _ material: DemoMaterial) -> DemoVerdict {
        let substance = min(1, Double(subject.stems.count) / 8)
        let refusal = refuses(material.subject)
        guard let request = material.request, material.response != nil || material.expectedOutput != nil else {
            let score = 0.3 + 0.6 * substance - (refusal ? 0.5 : 0)
            return DemoVerdict(score, "there is no request to compare with; \(subject.stems.count) meaningful words")
        }
        let share = Words(request).support(in: subject.vocabulary) ?? 0
        let score = 0.2 + 0.45 * min(1, share / 0.5) + 0.35 * substance - (refusal ? 0.6 : 0)
        let note = refusal ? ", and it declines to answer" : ""
        return DemoVerdict(score, "the text takes up \(percent(share)) of the meaningful words of the request\(note)")
    }

    /// Whether the last answer still knows what the user said before.
    static func retention(_ subject: Words, _ material: DemoMaterial) -> DemoVerdict {
        let earlier = Words(material.userTurns.joined(separator: "\n"))
        guard !earlier.all.isEmpty else { return relevance(subject, material) }
        let share = earlier.support(in: subject.vocabulary) ?? 0
        return DemoVerdict(share / 0.5, "the last answer uses \(percent(share)) of the words the user gave before")
    }

    /// Whether the tool that was called is in the catalogue and fits the request best by its words.
    static func toolUse(_ subject: Words, _ material: DemoMaterial) -> DemoVerdict {
        let catalogue = DemoTool.catalogue(material.tools ?? "")
        guard !catalogue.isEmpty, !material.toolCalls.isEmpty else { return relevance(subject, material) }
        let request = Words(material.userTurns.joined(separator: "\n")).vocabulary
        let called = material.toolCalls.flatMap { DemoTool.names($0) }
        guard let first = called.first, let tool = catalogue.first(where: { $0.name == first }) else {
            return DemoVerdict(0, "the tool that was called, \(called.first ?? "none"), is not in the catalogue")
        }
        let best = catalogue.map { $0.fit(request) }.max() ?? 0
        guard tool.fit(request) < best else {
            return DemoVerdict(1, "no other tool fits the request better than \(first)")
        }
        return DemoVerdict(0.3, "another tool fits the words of the request better than \(first)")
    }

    static func refuses(_ text: String) -> Bool {
        let text = text.lowercased().replacing("’", with: "'")
        return Lexicon.refusals.contains { text.contains($0) }
    }

    static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

    private static func negates(_ words: Words) -> Bool {
        words.all.contains { $0 == "not" || $0 == "never" || $0 == "no" || $0.hasSuffix("n't") || $0 == "cannot" }
    }
}
