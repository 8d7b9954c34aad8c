internal import FoundationEssentials
internal import JSON
internal import Jobs
internal import Postgres
package import Queueing
internal import Records
internal import Scoring
internal import Stores
package import Tenancy

extension Batches {
    /// How long one item may take, and how often it is tried.
    private static let itemTimeout = Duration.seconds(300)
    private static let itemAttempts = 5

    /// Accepts a batch: when this returns, it will be done, whatever fails meanwhile.
    ///
    /// The versions that are current now are executed, also when there are newer ones by the time an item's turn comes.
    /// - Throws: `NotFound` for what is to be executed; `InvalidDefinition` for an unknown project or dataset, for one
    ///   without items, and for too many evaluators, one twice, or a tag that is too long; `PermissionDenied`.
    package func start(
        _ draft: BatchDraft, for principal: Principal, traceParent: String?
    ) async throws -> Batch {
        // Before anything is looked at that may have changed since.
        if let call = draft.callID,
            let known = try await queue.batches.find(createdWith: call.description, in: principal.organizationID)
        {
            return known
        }
        try draft.check()
        let (target, owner, itemProject) = try await resolve(draft.target, for: principal)
        let project = try await projects.target(
            draft.projectID, of: owner, itemProject, needing: target.judge == nil ? .evaluatorExecute : .judgeExecute,
            for: principal)
        let (source, total) = try await resolve(draft.source, for: principal)
        let definition = BatchDefinition(judge: target.judge, evaluators: target.evaluators, dataset: source)
        let (id, moment) = identifiers.nextDated(Batch.self)
        let new = NewBatch(
            id: id, organizationID: principal.organizationID, projectID: project, ownerID: principal.user.id,
            apiKeyID: principal.apiKeyID, kind: Self.kind,
            name: target.judge?.name ?? target.evaluators.map(\.name).joined(separator: ", "),
            definition: JSONCodec.encode(definition), tags: draft.tags, total: total,
            estimatedCost: try await estimatedCost(of: definition, items: total, for: principal)?.nanoDollars,
            idempotencyKey: draft.callID?.description, createdAt: moment)
        let template = NewJob(
            id: identifiers.next(), kind: EvaluateBatchItem.kind, queue: .evaluations,
            organizationID: principal.organizationID, projectID: project, maxAttempts: Self.itemAttempts,
            timeout: Self.itemTimeout, traceParent: traceParent)
        return try await accept(new, draft.source, template)
    }

    private func accept(_ new: NewBatch, _ source: BatchDraft.Source, _ template: NewJob) async throws -> Batch {
        let (batch, tickets) = try await database.transaction { connection in
            let (batch, isNew) = try await BatchLedger.create(new, on: connection)
            guard isNew else { return (batch, [JobTicket]()) }
            switch source {
            case .inputs(let inputs):
                let jobs = inputs.indices.map { index in
                    template.item(identifiers.next(), of: new.id, at: index)
                }
                try await items.add(inputs, to: new.id, from: 0, of: new.organizationID, on: connection)
                return (batch, try await BatchLedger.fill(new.id, with: jobs, on: connection))
            case .dataset:
                let job = ExpandBatch.job(identifiers.next(), for: new, template)
                return (batch, try await queue.add([job], on: connection))
            }
        }
        await queue.dispatch(tickets)
        return batch
    }

    // MARK: What is executed

    private typealias Target = (judge: BatchDefinition.Item?, evaluators: [BatchDefinition.Item])

    /// What is meant, with the organisation and the project it belongs to.
    private func resolve(
        _ target: BatchDraft.Target, for principal: Principal
    ) async throws -> (Target, OrganizationID, ProjectID?) {
        switch target {
        case .judge(let id, let version):
            try principal.requireAnywhere(.judgeExecute)
            let judge = try await catalogue.judge(.id(id, version), for: principal)
            guard !judge.evaluators.isEmpty else {
                throw InvalidDefinition(problems: [
                    .init(field: "judge_id", message: "This judge has no evaluators. Give it at least one.")
                ])
            }
            let item = BatchDefinition.Item(id: judge.id.uuid, versionID: judge.version.id.uuid, name: judge.name)
            return ((item, judge.evaluators.map(BatchDefinition.Item.init)), judge.organizationID, judge.projectID)
        case .evaluators(let ids):
            try principal.requireAnywhere(.evaluatorExecute)
            var evaluators: [Evaluator] = []
            for id in ids { evaluators.append(try await catalogue.evaluator(.id(id, nil), for: principal)) }
            let first = evaluators[0]
            return ((nil, evaluators.map(BatchDefinition.Item.init)), first.organizationID, first.projectID)
        }
    }

    private func resolve(
        _ source: BatchDraft.Source, for principal: Principal
    ) async throws -> (BatchDefinition.Source?, total: Int) {
        switch source {
        case .inputs(let inputs):
            for (index, item) in inputs.enumerated() {
                try await files.requireKnown(
                    item.input.fileIDs, field: "inputs[\(index)].file_ids", for: principal)
            }
            return (nil, inputs.count)
        case .dataset(let id, let range):
            try principal.requireAnywhere(.datasetRead)
            let dataset = try await datasets.known(id, field: "dataset_id", for: principal)
            let total = try await datasets.count(of: id, in: principal.organizationID, range: range)
            guard total > 0 else {
                throw InvalidDefinition(problems: [
                    .init(field: range == nil ? "dataset_id" : "range", message: "There is no item to evaluate.")
                ])
            }
            return (
                BatchDefinition.Source(id: dataset.id.uuid, name: dataset.name ?? "", range: range), total
            )
        }
    }

    /// What the items will cost when each costs what the last executions did; `nil` when nothing of it was ever executed.
    private func estimatedCost(
        of definition: BatchDefinition, items count: Int, for principal: Principal
    ) async throws -> Money? {
        let executed = definition.judge.map { [$0.id] } ?? definition.evaluators.map(\.id)
        let costs = try await store.meanCosts(of: executed, in: principal.organizationID)
        guard costs.count == executed.count else { return nil }
        let each = costs.values.reduce(.zero, +)
        let (total, isTooMuch) = each.nanoDollars.multipliedReportingOverflow(by: Int64(count))
        return isTooMuch ? nil : Money(nanoDollars: total)
    }
}

extension BatchDraft {
    /// The most evaluators of a batch.
    private static let mostEvaluators = 50

    /// Checks what needs no look at the database.
    fileprivate func check() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            for tag in tags { findings.length(of: tag, in: 1...1000, field: "tags") }
            guard case .evaluators(let ids) = target else { return }
            if !(1...Self.mostEvaluators).contains(ids.count) {
                findings.add("evaluator_ids", "Give 1 to \(Self.mostEvaluators) evaluators.")
            }
            if Set(ids).count < ids.count { findings.add("evaluator_ids", "Give each evaluator once.") }
        }
    }
}

extension BatchDefinition.Item {
    /// The evaluator in the version that it has.
    init(_ evaluator: Evaluator) {
        self.init(id: evaluator.id.uuid, versionID: evaluator.version.id.uuid, name: evaluator.name)
    }
}

extension NewJob {
    /// The job of an item of a batch.
    func item(_ id: JobID, of batch: BatchID, at index: Int) -> NewJob {
        NewJob(
            id: id, kind: kind, queue: queue, priority: priority, organizationID: organizationID,
            projectID: projectID, payload: payload, limits: limits, runAt: runAt, maxAttempts: maxAttempts,
            timeout: timeout, traceParent: traceParent, batch: BatchPlace(batchID: batch, index: index))
    }
}

extension Principal {
    /// The key that the call came with.
    var apiKeyID: APIKeyID? {
        switch credential {
        case .apiKey(let id): id
        case .session, .absent: nil
        }
    }
}
