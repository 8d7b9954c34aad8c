import FoundationEssentials
import Tenancy

// Evaluators of earlier client libraries, which still call them by identifier.

extension PresetCatalogue {
    static let superseded: [PresetEvaluator] = [
        answerRelevance, answerCorrectness, answerSemanticSimilarity, contextRecall, contextPrecision,
        jsonContentAccuracy, jsonPropertyCompleteness, jsonPropertyTypeAccuracy, jsonPropertyNameAccuracy,
        jsonEmptyValuesRatio,
    ]

    private static let answerRelevance = PresetEvaluator(
        UUID(high: 0x0907d422_e94f_4c9c, low: 0xa63d_ec0eefd8a903), "Answer Relevance",
        intent: "To measure whether the answer addresses the question.",
        inputs: [.request, .response], isSuperseded: true,
        guide: """
            Measure whether the response addresses the question in the request. Imagine which question the response \
            would be the natural answer to, and compare it with the one that was asked.

            1 - It is the natural answer to exactly this question.
            0.5 - It answers the question in part, or among much else.
            0 - It answers another question, or none.

            Correctness does not matter here. "I do not know" does not address the question.
            """)

    private static let answerCorrectness = PresetEvaluator(
        UUID(high: 0xd4487568_4243_4da8, low: 0x9c76_adbaf762dbe0), "Answer Correctness",
        intent: "To measure whether the answer is correct, going by the expected output or the contexts.",
        inputs: [.request, .response, .contexts, .expectedOutput], isSuperseded: true,
        guide: """
            Measure whether the response is a correct answer to the request. The expected output, where there is one, \
            is the standard; else the contexts are; else well-established knowledge.

            Compare the factual content: what the response shares with the standard, what it gets wrong, and what it \
            leaves out. Wording does not matter.

            1 - The same in substance: nothing wrong, nothing that matters left out.
            0.75 - Correct; a minor point is missing or imprecise.
            0.5 - Correct and wrong or missing points in about equal weight.
            0.25 - Mostly wrong or missing.
            0 - Wrong in the main point, or no answer.
            """)

    private static let answerSemanticSimilarity = PresetEvaluator(
        UUID(high: 0xff350bce_4b07_4af7, low: 0x9640_803c9d3c2ff9), "Answer Semantic Similarity",
        intent: "To measure how similar in meaning the answer is to the expected output.",
        inputs: [.response, .expectedOutput], isSuperseded: true,
        guide: """
            Measure how similar in meaning the response is to the expected output. Only the meaning counts, not \
            wording, order, length of sentences, or language.

            1 - They mean the same.
            0.75 - Nearly the same; a nuance or a detail differs.
            0.5 - They overlap in about half of what they say.
            0.25 - The same subject, and different statements.
            0 - Nothing in common, or opposite meanings.
            """)

    private static let contextRecall = PresetEvaluator(
        UUID(high: 0x8bb60975_5062_4367, low: 0x9fc6_a920044cba56), "Context Recall",
        intent: "To measure whether the contexts cover the expected answer.",
        inputs: [.request, .contexts, .expectedOutput], isSuperseded: true,
        guide: """
            Measure which share of the expected output is covered by the contexts. Break the expected output into \
            its statements, and decide for each whether the contexts state it or it follows from them directly.

            The score is the share of covered statements: 1 - all; 0.5 - half; 0 - none, or no contexts. Your own \
            knowledge covers nothing. Superfluous contexts do not matter.
            """)

    private static let contextPrecision = PresetEvaluator(
        UUID(high: 0x9d1e9a25_7e76_4771, low: 0xb1e3_40825d7918c5), "Context Precision",
        intent: "To measure whether the contexts that matter for the answer are ranked first.",
        inputs: [.request, .contexts, .expectedOutput], isSuperseded: true,
        guide: """
            Measure whether the relevant contexts come first. The contexts are ranked as they are listed. One is \
            relevant when it helps to arrive at the expected output for the request; where no expected output is \
            given, when it helps to answer the request.

            Decide for each context whether it is relevant. Then average, over the relevant ones, the share of \
            relevant contexts among all up to and including it in the ranking.

            1 - All relevant contexts precede all irrelevant ones.
            0.5 - Relevant and irrelevant contexts alternate, the irrelevant first.
            0 - No context is relevant, or there are none.
            """)

    private static let jsonContentAccuracy = PresetEvaluator(
        UUID(high: 0xb6a9aeff_c888_46d7, low: 0x9e9c_7cf8cb461762), "JSON Content Accuracy",
        intent: "To measure whether the values of the JSON response match the expected JSON.",
        code: CodeEvaluation(.jsonMatch(comparison(of: .values))), isSuperseded: true)

    private static let jsonPropertyCompleteness = PresetEvaluator(
        UUID(high: 0xe5de37f7_d20c_420f, low: 0x8072_f41dce96ecfc), "JSON Property Completeness",
        intent: "To measure whether all properties of the expected JSON are present in the response.",
        code: CodeEvaluation(.jsonMatch(comparison(of: .completeness))), isSuperseded: true)

    private static let jsonPropertyTypeAccuracy = PresetEvaluator(
        UUID(high: 0xeabc6924_1fec_4e96, low: 0x82ce_c03bf415c885), "JSON Property Type Accuracy",
        intent: "To measure whether the value types of the JSON response match the expected JSON.",
        code: CodeEvaluation(.jsonMatch(comparison(of: .types))), isSuperseded: true)

    private static let jsonPropertyNameAccuracy = PresetEvaluator(
        UUID(high: 0x740923aa_8ffd_49cc, low: 0xa95d_14f831243b25), "JSON Property Name Accuracy",
        intent: "To measure whether the property names of the JSON response match the expected JSON.",
        code: CodeEvaluation(.jsonMatch(comparison(of: .names))), isSuperseded: true)

    private static let jsonEmptyValuesRatio = PresetEvaluator(
        UUID(high: 0x03829088_1799_438e, low: 0xae30_1db60832e52d), "JSON Empty Values Ratio",
        intent: "To measure the share of values in the JSON response that are not empty.",
        code: CodeEvaluation(.jsonFilled), isSuperseded: true)

    /// Of the values, additional ones do not matter.
    private static func comparison(of aspect: JSONComparison.Aspect) -> JSONComparison {
        var comparison = JSONComparison()
        comparison.aspect = aspect
        comparison.ignoresExtra = aspect == .values
        return comparison
    }
}
