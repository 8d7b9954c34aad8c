import FoundationEssentials
import Tenancy

// Whether what is said rests on the sources that were given.

extension PresetCatalogue {
    static let grounding: [PresetEvaluator] = [
        faithfulness, truthfulness, faithfulnessSwift, truthfulnessSwift, contextCompleteness, summarizationQuality,
        faithfulnessToCitations,
    ]

    private static let faithfulness = PresetEvaluator(
        UUID(high: 0x901794f9_634c_4852, low: 0x9e41_7c558f1ff1ab), "Faithfulness",
        intent: "To measure whether the response is grounded in the given contexts.",
        inputs: [.request, .response, .contexts],
        guide: """
            Measure whether the response is faithful to the contexts: every factual statement in it must be stated in \
            the contexts or follow from them directly.

            Proceed claim by claim. Break the response into its factual claims: figures, names, dates, causes, \
            properties, relations, events. For each, decide from the contexts alone: supported, not found, or \
            contradicted. Your own knowledge is no source: a claim that is true in the world and absent from the \
            contexts is not found. Wording may differ, and simple arithmetic or combining two passages is allowed, \
            when the result is certain.

            1 - Every claim is supported.
            0.75 - All claims that matter are supported; an incidental one is not found.
            0.5 - Several claims are not found in the contexts, and none is contradicted.
            0.25 - Most claims are not found, and none is contradicted.
            0 - At least one claim contradicts the contexts - one wrong figure, name, date or negation suffices - or \
            no claim at all is supported.

            Greetings, questions, statements about what the contexts do not say, and repetitions of the request are \
            not claims. A response without claims, such as an honest "the documents do not say", is worth 1. Without \
            any context, no claim is supported.
            """)

    private static let truthfulness = PresetEvaluator(
        UUID(high: 0x053df10f_b0c7_400b, low: 0x892e_46ce3aa1e430), "Truthfulness",
        intent: "To measure whether what is claimed is factually true, going by the contexts where they speak.",
        inputs: [.request, .response, .contexts, .expectedOutput],
        guide: """
            Measure the factual truth of what is claimed. What is claimed is the response; where no response is \
            given, it is the expected output, and the question is then whether the contexts bear it out.

            Break it into its factual claims. Check each against the contexts where they say something about it; \
            where they are silent and a response is judged, check against well-established knowledge. Where contexts \
            and general knowledge disagree, the contexts decide. Where a response and an expected output are both \
            given, a response that contradicts the expected output in substance is untrue in that point.

            1 - All claims are true; for an expected output without response: the contexts suffice to establish it.
            0.75 - True in all that matters; a side detail is imprecise or cannot be verified.
            0.5 - True and untrue or unverifiable claims of about equal weight, none of them a plain contradiction of \
            the contexts; for an expected output: the contexts establish half of it.
            0.25 - Most of the substance is untrue or unverifiable.
            0 - The central claim is false, or a claim contradicts the contexts; for an expected output: the contexts \
            do not establish it or say otherwise.

            Opinions marked as such and honest statements of ignorance are not untrue. Confidence of tone proves \
            nothing.
            """)

    private static let faithfulnessSwift = PresetEvaluator(
        UUID(high: 0xa3a5e97b_7fcb_441e, low: 0x92f2_6e59aa473b89), "Faithfulness Swift",
        intent: "To measure quickly whether the response is grounded in the given contexts.",
        inputs: [.request, .response, .contexts], behavior: .fast,
        guide: """
            Measure whether every factual claim of the response is supported by the contexts. Use no outside knowledge.

            1 - All claims are supported, or there are none.
            0.5 - Some claims are not found in the contexts; none is contradicted.
            0 - A claim contradicts the contexts, or none is supported.
            """)

    private static let truthfulnessSwift = PresetEvaluator(
        UUID(high: 0xc8c65e61_2dc8_4f29, low: 0x865a_a5e59127d208), "Truthfulness Swift",
        intent: "To measure quickly whether the response is factually true.",
        inputs: [.request, .response, .contexts], behavior: .fast,
        guide: """
            Measure whether the factual claims of the response are true. The contexts decide where they say \
            something; elsewhere well-established knowledge does.

            1 - All claims are true, or there are none.
            0.5 - Some claims are untrue or cannot be verified; none contradicts the contexts.
            0 - The central claim is false, or a claim contradicts the contexts.
            """)

    private static let contextCompleteness = PresetEvaluator(
        UUID(high: 0x7c8f9e3a_1b2d_4c5e, low: 0x9f8a_6d7c4b3e2a1f), "Context Completeness",
        intent: "To measure whether the contexts hold all that is needed to answer the request.",
        inputs: [.request, .contexts],
        guide: """
            Measure whether the contexts together hold the information that a complete and correct answer to the \
            request needs. Only the contexts are judged, not any answer.

            List for yourself the pieces of information that such an answer needs. Then look for each in the \
            contexts: there in full, in part, or not. Weigh the pieces by their importance. Your own knowledge cannot \
            stand in for what is missing. Superfluous contexts do no harm.

            1 - Everything that is needed is there: the answer could be written from the contexts alone.
            0.75 - All essential information is there; a minor piece is missing.
            0.5 - About half of what is needed is there.
            0.25 - Related to the request, with little that serves to answer it.
            0 - Nothing that is needed is there, or no contexts are given.
            """)

    private static let summarizationQuality = PresetEvaluator(
        UUID(high: 0xe7548186_af7c_49ef, low: 0xbe24_eda7c47adb6d), "Summarization Quality",
        intent: "To measure the quality of a summary of a given text.",
        inputs: [.request, .contexts, .response],
        guide: """
            Measure the quality of a summary. The response is the summary. Its source is in the contexts; when there \
            are none, the source is the text inside the request, which may also say what to summarise and how long.

            Judge in this order of weight: (1) consistency: nothing in the summary is absent from the source or \
            distorts it; (2) coverage: the main points are there in proportion to their importance; (3) \
            conciseness: it is markedly shorter than the source and spends no words on side issues; (4) it reads as \
            a text of its own and keeps to a requested length or form.

            1 - Consistent, all main points, concise and readable.
            0.75 - Consistent; a lesser point is missing or a little too much is kept.
            0.5 - A main point is missing or overweighted, or a detail is inaccurate without misleading.
            0.25 - Several main points are missing, or much of the source is merely copied, or a statement misleads.
            0 - Contradicts the source in a main point, invents substance, or is no summary of it.
            """)

    private static let faithfulnessToCitations = PresetEvaluator(
        UUID(high: 0x2569dddd_9b2c_4811, low: 0xb35a_06fcfdc62d7a), "Faithfulness to Citations",
        intent: "To measure which share of the response's assertions is supported by the sources it cites.",
        inputs: [.request, .response],
        guide: """
            Measure the share of the response's assertions that are supported by the sources it cites. Citations are \
            marks such as [1], footnotes, or links, resolved by a list of references in the response; where the cited \
            texts are put before you, they are the sources.

            Break the response into its factual assertions. For each, find the citation that belongs to it and decide \
            whether the cited source supports it. Where the text of a source is not before you, an assertion counts \
            as supported only if it carries a citation that resolves to a named, fitting source and nothing about the \
            pair is implausible; say in your justification that the source was not read. An assertion without a \
            citation, with one that leads nowhere, or at odds with its source is unsupported.

            The score is the share of supported assertions: 1 - all; 0.5 - half; 0 - none. State the count in the \
            justification, such as "17 of 20 assertions supported", and name the worst unsupported one.

            Introductory and connecting sentences, and what is explicitly marked as the author's own conclusion, are \
            not assertions. A response without any assertion is worth 1; one with assertions and no citation at \
            all, 0.
            """)
}
