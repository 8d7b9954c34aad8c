internal import FoundationEssentials
internal import Records
internal import Scoring
internal import Stores
package import Tenancy
internal import WireAPI

/// Makes judges from what somebody wants judged: a model chooses among the evaluators there are and writes what is missing.
package struct JudgeGenerator: Sendable {
    private let judges: Judges
    private let evaluators: Evaluators
    private let samples: JudgeSamples
    private let files: Files
    private let projects: Projects
    private let service: EvaldClient
    private let drafts: DraftRecords

    /// How many evaluators of each kind, built in and the caller's own, a model may choose from.
    private static let mostCandidates = 100

    package init(
        judges: Judges, evaluators: Evaluators, samples: JudgeSamples, files: Files, projects: Projects,
        service: EvaldClient, drafts: DraftRecords
    ) {
        self.judges = judges
        self.evaluators = evaluators
        self.samples = samples
        self.files = files
        self.projects = projects
        self.service = service
        self.drafts = drafts
    }

    /// Makes the judge, or gives the one that is meant a new version.
    /// - Throws: `InvalidDefinition`; `NotFound` and `ReadOnly` for the judge to change; `PermissionDenied`;
    ///   `ExecutionFailed` when no model answered.
    package func generate(
        _ wish: JudgeWish, for principal: Principal, _ context: CallContext
    ) async throws -> GeneratedJudge {
        try wish.validate()
        let existing = try await judge(toChange: wish, principal)
        if let existing { try principal.require(.judgeUpdate, with: existing.organizationID, in: existing.projectID) }
        try principal.requireLeave(toShow: existing, as: wish.visibility)
        try await files.requireKnown(
            [wish.fileID].compactMap { $0 }, field: "file_id", for: principal)
        let project = try await projects.target(
            wish.projectID ?? existing?.projectID, needing: existing == nil ? .judgeCreate : .judgeUpdate,
            for: principal)
        let candidates = try await candidates(for: wish, principal)
        let draft = try await draft(wish, candidates, project, principal, context)
        if wish.isStrict, (wish.stage ?? "").isEmpty, draft.stages.count > 1 { return .severalStages(draft.stages) }
        let judge = try await make(draft, wish, candidates, existing, project, principal)
        await samples.request(of: judge, for: principal, context)
        return .made(
            judge,
            missingContext: draft.missingContext.map {
                GeneratedJudge.MissingContext(name: $0.name, description: $0.description)
            })
    }

    // MARK: What there is

    private func judge(toChange wish: JudgeWish, _ principal: Principal) async throws -> Judge? {
        if let id = wish.judgeID {
            let judge = try await judges.find(id, to: .judgeRead, for: principal)
            guard judge.organizationID == principal.organizationID else { throw ReadOnly("Judge") }
            return judge
        }
        guard wish.overwrites, let name = wish.name else { return nil }
        return try await judges.store.find(
            named: name, in: principal.organizationID, within: principal.reach(.judgeUpdate))
    }

    /// The evaluators that a model may choose from: those that a response and what belongs to it are enough for.
    private func candidates(for wish: JudgeWish, _ principal: Principal) async throws -> [Evaluator] {
        var builtIn = EvaluatorFilter()
        builtIn.rootOnly = true
        let page = PageRequest(limit: Self.mostCandidates)
        let root = try await evaluators.list(builtIn, page, for: principal).items
        let own = try await evaluators.list(EvaluatorFilter(), page, for: principal).items.filter {
            !$0.isRoot && principal.mayJudge(by: $0)
        }
        var enough: Set<String> = [BuiltInInput.request.rawValue, BuiltInInput.response.rawValue]
        if wish.hasContexts || wish.fileID != nil { enough.insert(BuiltInInput.contexts.rawValue) }
        return (root + own).filter { evaluator in
            evaluator.inputs.contains(.response) && evaluator.inputs.entries.allSatisfy { enough.contains($0.name) }
        }
    }

    // MARK: What a model makes of it

    private func draft(
        _ wish: JudgeWish, _ candidates: [Evaluator], _ project: ProjectID, _ principal: Principal,
        _ context: CallContext
    ) async throws -> JudgeDraftBody {
        let opened = try await files.look(
            into: [wish.fileID].compactMap { $0 }, of: principal.organizationID, readableBy: principal)
        let call = JudgeDraftCall(
            terms: DraftingTerms(
                organization: principal.organizationID, project: project, behavior: wish.behavior.rawValue,
                seed: wish.seed),
            intent: wish.intent, stage: wish.stage, contexts: wish.contexts,
            candidates: candidates.map {
                JudgeDraftCall.Candidate(
                    name: $0.name, objective: $0.objective.version.intent, inputs: $0.inputs.entries.map(\.name))
            }, hasContexts: wish.hasContexts || wish.fileID != nil, files: opened.materials)
        return try await drafts.draft(
            for: "Judge generation", about: wish.intent, in: project, principal, context
        ) {
            try await service.draft(JudgeDraftCall.path, call, context)
        }
    }

    private func make(
        _ draft: JudgeDraftBody, _ wish: JudgeWish, _ candidates: [Evaluator], _ existing: Judge?,
        _ project: ProjectID, _ principal: Principal
    ) async throws -> Judge {
        var references: [EvaluatorReference] = []
        for index in draft.chosen where candidates.indices.contains(index) {
            references.append(EvaluatorReference(id: candidates[index].id, pinned: nil))
        }
        let written = try await write(draft.new, in: project, principal)
        do {
            var judge = JudgeDraft()
            judge.name = wish.name ?? existing?.name ?? draft.name
            judge.intent = wish.intent
            judge.stage = wish.stage ?? existing?.version.definition.stage
            judge.evaluators = references + written.map { EvaluatorReference(id: $0.id, pinned: nil) }
            judge.visibility = wish.visibility
            judge.projectID = project
            if let file = wish.fileID { judge.file = .attach(file) }
            guard let existing else { return try await judges.create(judge, for: principal) }
            judge.changeNote = "generated anew from its intent"
            return try await judges.update(existing.id, judge, for: principal)
        } catch {
            // Evaluators of a judge that was not made are of no use to anybody.
            for evaluator in written { try await evaluators.delete(evaluator.id, for: principal) }
            throw error
        }
    }

    private func write(
        _ new: [JudgeDraftBody.NewEvaluator], in project: ProjectID, _ principal: Principal
    ) async throws -> [Evaluator] {
        guard !new.isEmpty else { return [] }
        for permission in [Permission.evaluatorCreate, .objectiveCreate] {
            try principal.require(permission, with: principal.organizationID, in: project)
        }
        var written: [Evaluator] = []
        for evaluator in new {
            var draft = EvaluatorDraft()
            draft.name = evaluator.name
            draft.criteria = evaluator.criteria
            draft.objective = .new(intent: evaluator.objective)
            draft.projectID = project
            written.append(try await evaluators.create(draft, overwrite: false, for: principal))
        }
        return written
    }
}
