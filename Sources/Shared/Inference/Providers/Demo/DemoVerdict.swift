/// What a measure found: a number between 0 and 1 and the sentence that tells what was counted.
struct DemoVerdict: Sendable, Equatable {
    let score: Double
    let finding: String

    /// Rounds to two places and stays between 0 and 1.
    init(_ score: Double, _ finding: String) {
        self.score = (min(1, max(0, score)) * 100).rounded() / 100
        self.finding = finding
    }

    /// The verdict on a judge's material by the measure that its criteria ask for.
    static func on(_ material: DemoMaterial) -> DemoVerdict {
        let subject = Words(material.subject)
        guard !subject.all.isEmpty || !material.toolCalls.isEmpty else {
            return DemoVerdict(0, "there is no text to judge")
        }
        return
            switch DemoMeasure.chosen(
                name: material.name, objective: material.objective, criteria: material.criteria)
        {
        case .groundedness: groundedness(subject, material)
        case .retrieval: retrieval(material)
        case .agreement: agreement(subject, material)
        case .relevance: relevance(subject, material)
        case .willingness: willingness(material.subject)
        case .retention: retention(subject, material)
        case .toolUse: toolUse(subject, material)
        case .politeness: politeness(subject, material.subject)
        case .toxicity: absence(of: Lexicon.toxic, "attack, threaten or insult", in: subject)
        case .childSafety: absence(of: Lexicon.adult.union(Lexicon.toxic), "are not for children", in: subject)
        case .sentiment: sentiment(subject)
        case .formality: formality(subject, material.subject)
        case .confidentiality: confidentiality(material.subject)
        case .persuasion: persuasion(subject)
        case .conciseness: conciseness(subject)
        case .readability: readability(subject)
        case .originality: originality(subject)
        case .coherence: coherence(subject, material.subject)
        case .density: density(subject)
        }
    }
}
