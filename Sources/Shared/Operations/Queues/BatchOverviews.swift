internal import FoundationEssentials
internal import Jobs
package import Queueing
internal import Stores
internal import Tenancy
package import WireAPI

/// Batches, as operators look at them and steer them.
package struct BatchOverviews: Sendable {
    private let queue: JobQueue
    private let actions: JobActions
    private let names: TenantNameStore
    private let reaches: JobReaches
    private let audit: Audit

    init(
        queue: JobQueue, actions: JobActions, names: TenantNameStore,
        reaches: JobReaches, audit: Audit
    ) {
        self.queue = queue
        self.actions = actions
        self.names = names
        self.reaches = reaches
        self.audit = audit
    }

    /// A page of batches, the newest first, those behind `place`.
    package func page(
        _ states: [OperatorBatch.State], behind place: BatchID?, limit: Int, for actor: AuditActor
    ) async throws -> (rows: [OperatorBatch], next: BatchID?) {
        try actor.require(.queueRead)
        let own: OrganizationID? =
            switch try await reaches.reach(of: actor) {
            case .installation: nil
            case .organization(let own): own
            }
        let found = try await queue.batches.page(
            of: own, states: Set(states.map(BatchState.init)), behind: place, limit: limit)
        return (try await shown(found.batches), found.hasMore ? found.batches.last?.id : nil)
    }

    /// One batch.
    /// - Throws: `NotFound`.
    package func find(_ id: BatchID, for actor: AuditActor) async throws -> OperatorBatch {
        try actor.require(.queueRead)
        return try await shown([try await batch(id, within: try await reaches.reach(of: actor))])[0]
    }

    /// Ends a batch: what waits and runs is cancelled, what is done stays.
    /// - Throws: `PermissionDenied`; `NotFound`; `JobNotInState` when it has ended.
    package func cancel(_ id: BatchID, by actor: AuditActor) async throws -> OperatorBatch {
        let reach = try await reaches.reach(of: actor)
        let known = try await queue.batches.find(id)
        let batch = try await audit.perform(
            Audit.Deed("batch.cancel", on: "batch:\(id)"), by: actor, needs: .queueUpdate
        ) { connection in
            guard let known, reach.contains(known.organizationID) else { throw NotFound("Batch") }
            guard let batch = try await BatchLedger.beginCancelling(id, on: connection) else {
                throw JobNotInState("This batch has ended.")
            }
            return Audit.Change(
                batch, before: ["state": known.state.rawValue], after: ["state": batch.state.rawValue])
        }
        await queue.tell(cancelled: id)
        return try await shown([batch])[0]
    }

    /// Begins again what a batch has given up.
    /// - Throws: `PermissionDenied`; `NotFound`; `JobNotInState` when it has given up nothing.
    package func retry(_ id: BatchID, by actor: AuditActor) async throws -> OperatorBatch {
        let batch = try await batch(id, within: try await reaches.reach(of: actor))
        var filter = OperatorJobFilter()
        filter.batchID = id.uuid
        filter.states = [.dead]
        let moment = try await actions.moment()
        var place: JobID?
        var count = 0
        repeat {
            let step = try await actions.step(.retry, filter, at: moment, behind: place, by: actor)
            count += step.changed.count
            place = step.next
        } while place != nil
        guard count > 0 else { throw JobNotInState("This batch has given up nothing.") }
        return try await shown([try await queue.batches.find(id) ?? batch])[0]
    }

    private func batch(_ id: BatchID, within reach: JobReach) async throws -> Batch {
        guard let batch = try await queue.batches.find(id), reach.contains(batch.organizationID) else {
            throw NotFound("Batch")
        }
        return batch
    }

    private func shown(_ batches: [Batch]) async throws -> [OperatorBatch] {
        let now = Date()
        let people = try await names.people(Set(batches.compactMap(\.ownerID)))
        let names = try await TenantNames(
            organizations: names.organizations(Set(batches.map(\.organizationID))),
            projects: names.projects(Set(batches.map(\.projectID))))
        let workers = await workers()
        let running = Dictionary(grouping: (workers ?? []).flatMap(\.report.running).compactMap(\.batch)) { $0 }
        let unbegun = batches.filter { $0.startedAt == nil && $0.state != .ended }
        let paces = try await queue.paces(of: Set(unbegun.map(\.queue)), workers)
        return batches.map { batch in
            OperatorBatch(
                batch, running: running[batch.id.uuid]?.count ?? 0, names,
                owner: batch.ownerID.flatMap { people[$0] },
                pace: batch.startedAt == nil ? paces[batch.queue] : nil, now: now)
        }
    }

    /// What the workers say of themselves; `nil` while Redis is away.
    private func workers() async -> [WorkerReading]? {
        do throws(DispatchError) {
            return try await queue.dispatcher.workers()
        } catch {
            return nil
        }
    }
}

extension OperatorBatch {
    fileprivate init(
        _ batch: Batch, running: Int, _ names: TenantNames, owner: UserReference?, pace: QueuePace?, now: Date
    ) {
        let span = batch.startedAt.map { max(1, (batch.endedAt ?? now).timeIntervalSince($0)) } ?? 1
        let ended = batch.counts.finished + batch.counts.dead
        self.init(
            id: batch.id.uuid,
            organization: OperatorNamed(
                id: batch.organizationID.uuid, name: names.organization(batch.organizationID)?.name),
            project: OperatorNamed(id: batch.projectID.uuid, name: names.project(batch.projectID)?.name),
            owner: owner.map(OperatorPerson.init), kind: batch.kind.rawValue, name: batch.name,
            state: State(batch.state), total: batch.counts.total, waiting: batch.counts.open,
            running: running,
            finished: batch.counts.finished, dead: batch.counts.dead, cancelled: batch.counts.cancelled,
            expanded: batch.expanded, costNanodollars: batch.cost,
            estimatedCostNanodollars: batch.expectedCost, tags: batch.tags,
            createdAt: batch.createdAt, startedAt: batch.startedAt, endedAt: batch.endedAt,
            forecast: pace.map { OperatorForecast(ofUnbegun: batch.counts.open, $0) }
                ?? OperatorForecast(
                    of: batch.counts.open, inPerSecond: 0, outPerSecond: Double(ended) / span,
                    over: .seconds(Int(span)), isPaused: false, countsArrivals: false))
    }
}

extension OperatorBatch.State {
    fileprivate init(_ state: BatchState) {
        self =
            switch state {
            case .expanding: .expanding
            case .open: .open
            case .cancelling: .cancelling
            case .ended: .ended
            }
    }
}

extension BatchState {
    fileprivate init(_ state: OperatorBatch.State) {
        self =
            switch state {
            case .expanding: .expanding
            case .open: .open
            case .cancelling: .cancelling
            case .ended: .ended
            }
    }
}
