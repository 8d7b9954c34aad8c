internal import ChatModel
internal import JSON
internal import Scoring
internal import WireAPI

/// Asks for made-up requests and responses that a judge would find good and bad.
struct SampleDrafting {
    /// How many samples a set has at most.
    static let mostSamples = 12

    let call: SampleDraftCall

    /// The question, and how its answer is read.
    func inquiry(marker: BlockMarker, effort: Effort) -> Inquiry<JudgeSampleSet> {
        var blocks = [
            QuotedBlock(name: "judge", text: call.judge), QuotedBlock(name: "goal", text: call.intent),
        ]
        if !call.stage.isEmpty { blocks.append(QuotedBlock(name: "stage", text: call.stage)) }
        for (index, objective) in call.objectives.enumerated() {
            blocks.append(QuotedBlock(name: "measured.\(index + 1)", text: objective))
        }
        return Inquiry(
            opening: DraftingFrame.messages(instructions: Self.instructions, blocks: blocks, marker: marker),
            effort: effort, schema: Self.schema, reminder: DraftingFrame.reminder(Self.shape),
            read: { reply throws(AnswerError) in try JudgeSampleSet(parsing: reply.text) })
    }

    private static let instructions = """
        You make up samples with which a judge of an application can be tried. The block "goal" says what the application \
        is for, "stage" which step of it is judged, and the blocks "measured.…" what the judge's evaluators measure.

        \(DraftingFrame.blocks)
        What to write
        - Six samples: for three different realistic requests a response of quality "high", which the evaluators would \
        score near 1, and a response of quality "low", which fails by at least one of them in the way that real \
        applications fail, not absurdly.
        - No real persons, addresses, numbers or keys.
        - "name": a short name of the set; "description": one sentence that says what it covers.

        How to answer
        - Answer with one JSON object and nothing else: \(shape)
        - Write in the language of the goal.
        """

    private static let shape =
        #"{"name": "…", "description": "…", "samples": [{"quality": "high", "request": "…", "response": "…"}]}"#

    private static let schema = ChatRequest.ReplySchema(
        name: "samples",
        json: #"{"type":"object","properties":{"name":{"type":"string"},"description":{"type":"string"},"#
            + #""samples":{"type":"array","items":{"type":"object","properties":{"#
            + #""quality":{"type":"string","enum":["high","low"]},"request":{"type":"string"},"#
            + #""response":{"type":"string"}},"required":["quality","request","response"],"#
            + #""additionalProperties":false}}},"required":["name","description","samples"],"#
            + #""additionalProperties":false}"#)
}

extension JudgeSampleSet {
    /// Reads the answer of a model.
    fileprivate init(parsing text: String) throws(AnswerError) {
        let wire: JudgeSampleSet = try AnswerText.decode(text)
        guard (1...SampleDrafting.mostSamples).contains(wire.samples.count) else {
            throw AnswerError(message: "samples: there must be 1 to \(SampleDrafting.mostSamples)")
        }
        guard wire.samples.allSatisfy({ !$0.request.isEmpty && !$0.response.isEmpty }) else {
            throw AnswerError(message: "samples: each needs a request and a response")
        }
        self = wire
    }
}
