/// What the demonstration can measure in a text, each with the words by which it knows that a criterion asks for it.
enum DemoMeasure: CaseIterable, Sendable {
    case groundedness, politeness, childSafety, toxicity, sentiment, conciseness, readability, formality,
        confidentiality
    case persuasion, originality, coherence, density, willingness, toolUse, agreement, retention, retrieval, relevance

    /// Beginnings of words in lower case.
    private var signs: [String] {
        switch self {
        case .groundedness:
            ["faithful", "grounded", "hallucinat", "truthful", "citation", "contradict", "supported by", "complian"]
        case .politeness: ["polite", "courte", "respectful", "rude"]
        case .childSafety: ["child", "kids", "minors"]
        case .toxicity: ["toxic", "harm", "offensive", "abus", "insult", "safety", "hate"]
        case .sentiment: ["sentiment", "mood", "positiv"]
        case .conciseness: ["concis", "brevity", "brief", "redundan", "succinct", "verbos"]
        case .readability: ["clarity", "readab", "reading ease", "understandab", "plain language", "writing", "fluen"]
        case .formality: ["formal", "register", "professional"]
        case .confidentiality: ["confidential", "personal information", "private", "pii", "secret", "privacy"]
        case .persuasion: ["persuas", "convinc", "engag"]
        case .originality: ["original", "novel", "creativ", "cliché"]
        case .coherence: ["coheren", "structure", "logical", "consisten"]
        case .density: ["information density", "informative", "density"]
        case .willingness: ["willing", "refus", "deflect", "evade"]
        case .toolUse: ["tool", "function call", "planning"]
        case .agreement: ["expected", "reference answer", "similarity", "correctness", "ground truth"]
        case .retention: ["retention", "remember", "earlier in the conversation"]
        case .retrieval:
            ["context completeness", "context recall", "context precision", "retriev", "sufficient context"]
        case .relevance:
            ["relevan", "helpful", "complete", "precis", "answer", "useful", "summar", "translat", "adher"]
        }
    }

    /// The measure that a criterion asks for most plainly: a name says more than an objective, and that more than the
    /// criteria, which mention other things in passing.
    static func chosen(name: String, objective: String, criteria: String) -> DemoMeasure {
        var weights = [Int](repeating: 0, count: allCases.count)
        for (text, value) in [(name, 8), (objective, 3), (criteria, 1)] {
            var seen = [Int](repeating: 0, count: allCases.count)
            for index in matches(in: Array(text.lowercased().utf8)) where seen[index] < 3 {
                seen[index] += 1
                weights[index] += value
            }
        }
        guard let most = weights.max(), most > 0, let index = weights.firstIndex(of: most) else { return .relevance }
        return allCases[index]
    }

    /// The signs of all measures by their first byte: one pass over a text then finds them all.
    private static let signsByFirstByte: [UInt8: [(sign: [UInt8], measure: Int)]] = {
        var table: [UInt8: [(sign: [UInt8], measure: Int)]] = [:]
        for (index, measure) in allCases.enumerated() {
            for sign in measure.signs.map({ Array($0.utf8) }) {
                table[sign[0], default: []].append((sign, index))
            }
        }
        return table
    }()

    /// The index of a measure for each of its signs that begins a word of `text`.
    private static func matches(in text: [UInt8]) -> [Int] {
        var found: [Int] = []
        var isInsideWord = false
        for position in text.indices {
            let byte = text[position]
            let isLetter = (97...122).contains(byte) || byte >= 128
            if isLetter, !isInsideWord {
                for (sign, measure) in signsByFirstByte[byte] ?? [] where text[position...].starts(with: sign) {
                    found.append(measure)
                }
            }
            isInsideWord = isLetter
        }
        return found
    }
}
