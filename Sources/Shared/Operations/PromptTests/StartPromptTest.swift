internal import FoundationEssentials
internal import JSON
internal import Jobs
internal import Postgres
internal import Queueing
internal import Records
internal import Scoring
internal import Stores
package import Tenancy

extension PromptTests {
    /// The most tasks of one test: who looks at it gets all of them.
    private static let mostTasks = 1000
    private static let mostEvaluators = 20
    /// How long one task may take, and how often it is tried.
    private static let taskTimeout = Duration.seconds(300)
    private static let taskAttempts = 5

    /// Accepts a test: when this returns, it will be done, whatever fails meanwhile. The versions of the evaluators that are
    /// current now are the ones that look at the answers.
    /// - Throws: `InvalidDefinition` naming what is missing or not there; `PermissionDenied`.
    package func start(
        _ draft: PromptTestDraft, for principal: Principal, traceParent: String?
    ) async throws -> PromptTestStanding {
        try principal.requireAnywhere(.modelExecute)
        // Before anything is looked at that may have changed since.
        if let call = draft.callID,
            let known = try await queue.batches.find(createdWith: call.description, in: principal.organizationID)
        {
            return try await find(known.id, for: principal)
        }
        try Self.check(draft)
        try await requireKnown(draft.model, for: principal)
        let evaluators = try await evaluators(of: draft, for: principal)
        let project = try await projects.target(draft.projectID, needing: .modelExecute, for: principal)
        let (inputs, source) = try await inputs(of: draft, for: principal)
        let (id, moment) = identifiers.nextDated(Batch.self)
        let test = PromptTest(
            id: id, organizationID: principal.organizationID, projectID: project, ownerID: principal.user.id,
            prompt: CriteriaTemplate(draft.prompt), model: draft.model, responseSchema: draft.responseSchema,
            evaluators: evaluators, createdAt: moment)
        let batch = NewBatch(
            id: id, organizationID: principal.organizationID, projectID: project, ownerID: principal.user.id,
            apiKeyID: principal.apiKeyID, kind: Self.kind, name: "Prompt on \(draft.model)",
            definition: JSONCodec.encode(BatchDefinition(judge: nil, evaluators: evaluators, dataset: source)),
            total: inputs.count, idempotencyKey: draft.callID?.description, createdAt: moment)
        let template = NewJob(
            id: identifiers.next(), kind: AnswerPrompt.kind, queue: batch.queue,
            organizationID: principal.organizationID, projectID: project, maxAttempts: Self.taskAttempts,
            timeout: Self.taskTimeout, traceParent: traceParent)
        return try await find(try await accept(test, batch, inputs, template), for: principal)
    }

    private func accept(
        _ test: PromptTest, _ new: NewBatch, _ inputs: [PromptTestInput], _ template: NewJob
    ) async throws -> BatchID {
        let jobs = inputs.indices.map { template.item(identifiers.next(), of: new.id, at: $0) }
        let (batch, tickets) = try await database.transaction { connection in
            let (batch, isNew) = try await BatchLedger.create(new, on: connection)
            guard isNew else { return (batch, [JobTicket]()) }
            try await PromptTestStore.create(test, of: inputs, on: connection)
            return (batch, try await BatchLedger.fill(new.id, with: jobs, on: connection))
        }
        await queue.dispatch(tickets)
        return batch.id
    }

    // MARK: What is tested

    private static func check(_ draft: PromptTestDraft) throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            findings.length(of: draft.prompt, in: 1...CriteriaTemplate.longest, field: "prompt")
            findings.length(of: draft.model, in: 1...512, field: "model")
            if draft.evaluators.count > mostEvaluators {
                findings.add("evaluators", "Give at most \(mostEvaluators) evaluators.")
            }
        }
    }

    private func requireKnown(_ model: String, for principal: Principal) async throws {
        do {
            try await models.requireKnown([model], for: principal)
        } catch let error as InvalidDefinition {
            throw InvalidDefinition(problems: error.problems.map { .init(field: "model", message: $0.message) })
        }
    }

    private func evaluators(
        of draft: PromptTestDraft, for principal: Principal
    ) async throws -> [BatchDefinition.Item] {
        guard !draft.evaluators.isEmpty else { return [] }
        try principal.requireAnywhere(.evaluatorExecute)
        var items: [BatchDefinition.Item] = []
        for (choice, version) in draft.evaluators {
            do {
                let latest = try await catalogue.evaluator(choice, for: principal)
                let evaluator =
                    version == nil ? latest : try await catalogue.evaluator(.id(latest.id, version), for: principal)
                items.append(BatchDefinition.Item(evaluator))
            } catch is NotFound {
                throw InvalidDefinition("evaluators", Self.unknown(choice, version))
            }
        }
        return items
    }

    private static func unknown(_ choice: EvaluatorChoice, _ version: EvaluatorVersionID?) -> String {
        let evaluator =
            switch choice {
            case .id(let id, _): "\(id)"
            case .name(let name): "called “\(name)”"
            }
        return "There is no evaluator \(evaluator)\(version.map { " with a version \($0)" } ?? "")."
    }

    /// What the tasks fill in: the inputs that came with the call, then the items of the dataset. A prompt without names is
    /// asked once.
    private func inputs(
        of draft: PromptTestDraft, for principal: Principal
    ) async throws -> ([PromptTestInput], BatchDefinition.Source?) {
        var inputs = draft.inputs.map { PromptTestInput(variables: $0) }
        var source: BatchDefinition.Source?
        if let id = draft.dataset {
            try principal.requireAnywhere(.datasetRead)
            let dataset = try await datasets.known(id, field: "dataset_id", for: principal)
            let items = try await datasets.inputs(
                of: id, in: principal.organizationID, behind: nil, skipping: 0, limit: Self.mostTasks + 1)
            inputs += items.map { PromptTestInput($0.input.input) }
            source = BatchDefinition.Source(id: dataset.id.uuid, name: dataset.name ?? "", range: nil)
            if inputs.isEmpty { throw InvalidDefinition("dataset_id", "There is no item in this dataset.") }
        }
        if inputs.isEmpty { inputs = [PromptTestInput(variables: OpaqueJSON(text: "{}"))] }
        guard inputs.count <= Self.mostTasks else {
            throw InvalidDefinition(
                source == nil ? "inputs" : "dataset_id", "A prompt test has at most \(Self.mostTasks) inputs.")
        }
        let prompt = CriteriaTemplate(draft.prompt)
        for (index, input) in inputs.enumerated() {
            let values = try PromptText.values(of: input.variables)
            do throws(PromptText.Missing) {
                _ = try PromptText.filled(prompt, with: values)
            } catch {
                let field = index < draft.inputs.count || source == nil ? "inputs" : "dataset_id"
                throw InvalidDefinition(field, "Input \(index): \(error)")
            }
        }
        return (inputs, source)
    }
}
