internal import ChatModel
internal import JSON
internal import Scoring
internal import WireAPI

/// Asks for a better response, by what evaluators found about the one there is.
struct ResponseImprovement {
    let call: ImprovementCall

    /// The question, and how its answer is read.
    func inquiry(marker: BlockMarker, effort: Effort) throws(EvaluationFailure) -> Inquiry<ImprovedResponse> {
        let input = try EvaluationInput(call.input)
        guard let response = input.effectiveResponse else {
            throw EvaluationFailure(code: .invalidInput, message: "there is no response that could be improved")
        }
        return Inquiry(
            opening: DraftingFrame.messages(
                instructions: Self.instructions, blocks: blocks(of: input, response),
                files: FileBlocks(call.input.materials), marker: marker),
            effort: effort, schema: Self.schema, reminder: DraftingFrame.reminder(Self.shape),
            read: { reply throws(AnswerError) in try ImprovedResponse(parsing: reply.text) })
    }

    private func blocks(of input: EvaluationInput, _ response: String) -> [QuotedBlock] {
        var blocks: [QuotedBlock] = []
        if let prompt = input.systemPrompt { blocks.append(QuotedBlock(name: "system", text: prompt)) }
        for (index, turn) in input.turns.enumerated() {
            guard let content = turn.content else { continue }
            blocks.append(QuotedBlock(name: "turns.\(index + 1).\(turn.role.rawValue)", text: content))
        }
        if let request = input.effectiveRequest { blocks.append(QuotedBlock(name: "request", text: request)) }
        for (index, context) in input.contexts.enumerated() {
            blocks.append(QuotedBlock(name: "contexts.\(index + 1)", text: context))
        }
        if let expected = input.expectedOutput { blocks.append(QuotedBlock(name: "expected_output", text: expected)) }
        blocks.append(QuotedBlock(name: "draft", text: response))
        for (index, finding) in call.findings.enumerated() {
            blocks.append(
                QuotedBlock(
                    name: "finding.\(index + 1)",
                    text: "\(finding.evaluator) (\(finding.objective)): \(finding.score)\n\(finding.justification)"))
        }
        return blocks
    }

    private static let instructions = """
        You improve a response. The block "draft" has the response of an application to the block "request" (after the \
        conversation in "turns.…", if there is one); the blocks "finding.…" say what evaluators found about it: their name, \
        what they measure, their score from 0 to 1, and why.

        \(DraftingFrame.blocks)
        How to work
        - Write the response anew so that the findings with low scores no longer hold, and keep what was found good.
        - Answer the request itself. Use no fact that is neither in the blocks nor well established: where the sources say \
        nothing, the response says so.
        - Do not mention the draft, the findings or the evaluators. Keep the language and the format of the draft unless a \
        finding is about them.

        How to answer
        - Answer with one JSON object and nothing else: \(shape)
        """

    private static let shape = #"{"response": "the improved response"}"#

    private static let schema = ChatRequest.ReplySchema(
        name: "improvement",
        json: #"{"type":"object","properties":{"response":{"type":"string"}},"required":["response"],"#
            + #""additionalProperties":false}"#)
}

extension ImprovedResponse {
    /// Reads the answer of a model.
    fileprivate init(parsing text: String) throws(AnswerError) {
        let wire: ImprovedResponse = try AnswerText.decode(text)
        guard !wire.response.trimmingSpace.isEmpty else { throw AnswerError(message: "response: it is empty") }
        self = wire
    }
}
