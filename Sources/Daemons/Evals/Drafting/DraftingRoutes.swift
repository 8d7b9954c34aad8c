internal import ChatModel
internal import HTTPMessages
internal import HTTPServing
internal import Scoring
internal import WireAPI

extension EvaluationRoutes {
    /// What models are asked to write.
    func addDrafting(to router: inout Router, _ options: RouteOptions) {
        router.on(.post, JudgeDraftCall.path, options) { context in
            let call = try await context.decode(JudgeDraftCall.self)
            return await draft(by: call.terms, context) { JudgeDrafting(call: call).inquiry(marker: $0, effort: $1) }
        }
        router.on(.post, ImprovementCall.path, options) { context in
            let call = try await context.decode(ImprovementCall.self)
            return await draft(by: call.terms, context) { marker, effort throws(EvaluationFailure) in
                try ResponseImprovement(call: call).inquiry(marker: marker, effort: effort)
            }
        }
        router.on(.post, SampleDraftCall.path, options) { context in
            let call = try await context.decode(SampleDraftCall.self)
            return await draft(by: call.terms, context) { SampleDrafting(call: call).inquiry(marker: $0, effort: $1) }
        }
    }

    private func draft<Draft: Codable & Sendable & Hashable>(
        by terms: DraftingTerms, _ context: RequestContext,
        _ question: (BlockMarker, Effort) throws(EvaluationFailure) -> Inquiry<Draft>
    ) async -> Reply {
        let behavior = EvaluatorBehavior(rawValue: terms.behavior) ?? .balanced
        do {
            var inquiry = try question(makeMarker(), Effort(behavior))
            inquiry.seed = terms.seed
            let inquirer = inquirer(
                for: terms.organizationID, project: terms.projectID, lane: terms.lane, context)
            let models = terms.models.isEmpty ? [EvaluatorTask.defaultModel] : terms.models
            let pursuit = await inquirer.pursue(inquiry, models: models)
            let prompt = inquiry.opening.map(\.content).joined(separator: "\n\n")
            switch pursuit.finding {
            case .success(let draft):
                return .json(
                    DraftingReply(draft: draft, failure: nil, account: pursuit.account, renderedPrompt: prompt))
            case .failure(let failure):
                return .json(
                    DraftingReply<Draft>(
                        draft: nil, failure: EvaluationReply.Failure(failure), account: pursuit.account,
                        renderedPrompt: prompt))
            }
        } catch {
            return .json(
                DraftingReply<Draft>(
                    draft: nil, failure: EvaluationReply.Failure(error), account: ModelExpense(), renderedPrompt: ""))
        }
    }
}
