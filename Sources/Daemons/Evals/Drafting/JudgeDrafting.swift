internal import ChatModel
internal import JSON
internal import Scoring
internal import WireAPI

/// Asks which evaluators a judge should have.
struct JudgeDrafting {
    /// How many evaluators a judge is given at most.
    static let mostEvaluators = 8

    let call: JudgeDraftCall

    /// The question, and how its answer is read.
    func inquiry(marker: BlockMarker, effort: Effort) -> Inquiry<JudgeDraftBody> {
        let count = call.candidates.count
        return Inquiry(
            opening: DraftingFrame.messages(
                instructions: Self.instructions, blocks: blocks,
                files: FileBlocks((call.files ?? []).map(FileMaterial.init)), marker: marker),
            effort: effort, schema: Self.schema, reminder: DraftingFrame.reminder(Self.shape),
            read: { reply throws(AnswerError) in try JudgeDraftBody(parsing: reply.text, candidates: count) })
    }

    private var blocks: [QuotedBlock] {
        var blocks = [QuotedBlock(name: "goal", text: call.intent)]
        if let stage = call.stage, !stage.isEmpty { blocks.append(QuotedBlock(name: "stage", text: stage)) }
        for (name, text) in call.contexts.sorted(by: { $0.key < $1.key }) {
            blocks.append(QuotedBlock(name: "known.\(name)", text: text))
        }
        blocks.append(
            QuotedBlock(
                name: "sources",
                text: call.hasContexts
                    ? "Responses come with the texts that they rest on, as contexts."
                    : "Responses come without contexts."))
        for (index, candidate) in call.candidates.enumerated() {
            blocks.append(
                QuotedBlock(
                    name: "candidate.\(index + 1)",
                    text: "\(candidate.name): \(candidate.objective)\nuses: \(candidate.inputs.joined(separator: ", "))"
                ))
        }
        return blocks
    }

    private static let instructions = """
        You design judges. A judge is a set of evaluators; each evaluator scores one property of an application's response \
        from 0 to 1. You get the goal of an application in the block "goal", perhaps the step of it that is to be judged in \
        "stage" and more about it in blocks "known.…" and "files.…", and the evaluators that exist in the blocks "candidate.1", \
        "candidate.2" and so on.

        \(DraftingFrame.blocks)
        What to decide
        - "chosen": the numbers of the candidates that measure what matters for this goal, the most important first. Choose \
        few: usually two to five. Choose none that needs inputs which the application does not have.
        - "new": evaluators for what matters and no candidate measures; at most three, and none where a candidate does. Each \
        has a short "name", an "objective" of one sentence, and "criteria": instructions for the one who scores, with a \
        clear meaning of 0, of 1 and of what lies between. The criteria refer to the texts as {{request}} and {{response}}\
        , and to sources as {{contexts}}, always in double braces, and use {{response}} at least.
        - "stages": only when no stage is given and the goal has several steps with outputs of different kinds, which would \
        need different evaluators: the steps, in a few words each. Else an empty list.
        - "missing_context": what would have to be known about the application to judge it well and is neither in the goal \
        nor in the known blocks, such as a policy or a tone; each with a "name" in snake_case and a "description" that can \
        be shown to a person as a question. At most four; an empty list when enough is known.
        - "name": what to call the judge, in three to six words.

        How to answer
        - Answer with one JSON object and nothing else: \(shape)
        - Write in the language of the goal.
        """

    private static let shape =
        #"{"name": "…", "stages": ["…"], "missing_context": [{"name": "…", "description": "…"}], "chosen": [1], "#
        + #""new": [{"name": "…", "objective": "…", "criteria": "…"}]}"#

    private static let schema = ChatRequest.ReplySchema(
        name: "judge",
        json: #"{"type":"object","properties":{"name":{"type":"string"},"#
            + #""stages":{"type":"array","items":{"type":"string"}},"#
            + #""missing_context":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"},"#
            + #""description":{"type":"string"}},"required":["name","description"],"additionalProperties":false}},"#
            + #""chosen":{"type":"array","items":{"type":"integer"}},"#
            + #""new":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"},"#
            + #""objective":{"type":"string"},"criteria":{"type":"string"}},"#
            + #""required":["name","objective","criteria"],"additionalProperties":false}}},"#
            + #""required":["name","stages","missing_context","chosen","new"],"additionalProperties":false}"#)
}

extension JudgeDraftBody {
    /// Reads the answer of a model that had so many candidates to choose from.
    init(parsing text: String, candidates count: Int) throws(AnswerError) {
        let wire: Wire = try AnswerText.decode(text)
        let name = String(wire.name.trimmingSpace)
        guard (3...512).contains(name.unicodeScalars.count) else {
            throw AnswerError(message: "name: it must have 3 to 512 characters")
        }
        var chosen: [Int] = []
        for number in wire.chosen {
            guard (1...max(1, count)).contains(number), count > 0 else {
                throw AnswerError(message: "chosen: there is no candidate \(number)")
            }
            if !chosen.contains(number - 1) { chosen.append(number - 1) }
        }
        for evaluator in wire.new { try Self.check(evaluator) }
        guard !(chosen.isEmpty && wire.new.isEmpty && wire.stages.isEmpty) else {
            throw AnswerError(message: "neither a candidate was chosen nor a new evaluator written")
        }
        guard chosen.count + wire.new.count <= JudgeDrafting.mostEvaluators else {
            throw AnswerError(
                message: "choose fewer: \(JudgeDrafting.mostEvaluators) evaluators at most, new ones included")
        }
        self.init(
            name: name, stages: wire.stages.map { String($0.trimmingSpace) }.filter { !$0.isEmpty },
            missingContext: wire.missingContext, chosen: chosen, new: wire.new)
    }

    private static func check(_ evaluator: NewEvaluator) throws(AnswerError) {
        guard (2...200).contains(evaluator.name.unicodeScalars.count) else {
            throw AnswerError(message: "new: a name must have 2 to 200 characters")
        }
        guard !evaluator.objective.isEmpty else {
            throw AnswerError(message: "new: \(evaluator.name) has no objective")
        }
        let known = Set(BuiltInInput.allCases.map(\.rawValue))
        let used = CriteriaTemplate(evaluator.criteria).placeholders
        if let foreign = used.first(where: { !known.contains($0) }) {
            throw AnswerError(message: "new: the criteria of \(evaluator.name) use {{\(foreign)}}, which is not known")
        }
        guard used.contains("response") || used.contains("turns") else {
            throw AnswerError(message: "new: the criteria of \(evaluator.name) do not use {{response}}")
        }
    }

    private struct Wire: Decodable {
        let name: String
        let stages: [String]
        let missingContext: [MissingContext]
        let chosen: [Int]
        let new: [NewEvaluator]
    }
}
