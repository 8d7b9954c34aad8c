internal import FoundationEssentials
internal import Jobs
internal import Queueing
internal import Records
internal import Tenancy
internal import WireAPI

/// What plans can do to jobs. A plan of a filter keeps the filter and the moment: it may be about a million jobs.
package struct JobPlans: Sendable {
    private let actions: JobActions
    private let audit: Audit

    /// How many things are shown of a plan.
    private static let samples = 5

    init(actions: JobActions, audit: Audit) {
        self.actions = actions
        self.audit = audit
    }

    /// Retrying, cancelling, deleting, moving, running now.
    package var plannedActions: [PlannedAction] { OperatorJobAction.allCases.map(planned) }

    private func planned(_ action: OperatorJobAction) -> PlannedAction {
        var undoing: (@Sendable ([PlanTrace], PlanCaller) async throws -> [PlanOutcome])?
        if action.isUndoable { undoing = { traces, caller in try await undo(action, traces, caller) } }
        return PlannedAction(
            action.plan, needs: [.queueRead, .queueUpdate], batchSize: JobActions.step, concurrency: 1,
            prepare: { draft, principal in try await prepare(action, draft, principal) },
            perform: { batch in try await perform(action, batch) },
            sweep: { step in try await sweep(action, step) }, undo: undoing,
            whenRefused: { error, caller in
                await audit.note(
                    .refused, Audit.Deed("job.\(action.rawValue)", on: "jobs"),
                    by: AuditActor(caller.principal, from: caller.address, requestID: nil),
                    because: error.description)
            })
    }

    private func prepare(
        _ action: OperatorJobAction, _ draft: OperatorPlanDraft, _ principal: Principal
    ) async throws -> PlanContent {
        let change = try change(action, draft.arguments)
        let actor = AuditActor(principal, from: nil, requestID: nil)
        let moment = try await actions.moment()
        let filter = try filter(of: draft)
        let things: PlanThings
        let isCut: Bool
        if let ids = draft.ids {
            let found = try await changeable(ids, change, at: moment, for: actor)
            things = .named(found.map(\.uuid))
            isCut = ids.count > Plans.mostThings
        } else {
            let count = try await actions.count(change, filter, at: moment, for: actor)
            things = .matching(PlanSelection(filter: draft.filter ?? [], count: count, moment: moment))
            isCut = false
        }
        let samples = try await actions.first(Self.samples, for: change, filter, at: moment, for: actor)
        return PlanContent(
            things: things, isCut: isCut, effect: change.effect(on: things.count),
            estimatedCostNanodollars: nil,
            samples: samples.map {
                OperatorPlan.Sample(id: $0.id.uuid, name: "\($0.kind) in \($0.queue)")
            },
            confirmation: OperatorPlan.Confirmation(kind: .count, text: "\(things.count)"),
            undoEffect: draft.ids == nil ? nil : action.undoEffect)
    }

    /// Those of some jobs that it could be done to.
    private func changeable(
        _ ids: [UUID], _ change: JobChange, at moment: Date, for actor: AuditActor
    ) async throws -> [JobID] {
        var seen: Set<UUID> = []
        let wanted = Array(ids.filter { seen.insert($0).inserted }.prefix(Plans.mostThings))
        var found: [JobID] = []
        for start in stride(from: 0, to: wanted.count, by: JobActions.step) {
            var filter = OperatorJobFilter()
            filter.ids = Array(wanted[start..<min(start + JobActions.step, wanted.count)])
            found += try await actions.first(JobActions.step, for: change, filter, at: moment, for: actor)
                .map(\.id)
        }
        return found
    }

    private func filter(of draft: OperatorPlanDraft) throws -> OperatorJobFilter {
        if let ids = draft.ids {
            var filter = OperatorJobFilter()
            filter.ids = Array(ids.prefix(OperatorJobFilter.mostIDs))
            return filter
        }
        return try Self.filter(draft.filter ?? [])
    }

    private static func filter(_ parameters: [OperatorPlanDraft.Parameter]) throws
        -> OperatorJobFilter
    {
        do throws(OperatorInvalidParameter) {
            return try OperatorJobFilter(parameters: parameters.map { ($0.name, $0.value) })
        } catch {
            throw PlanProblem(.draft(field: "filter"), "\(error.name) must be \(error.expected).")
        }
    }

    private func change(
        _ action: OperatorJobAction, _ arguments: OperatorPlanDraft.Arguments
    ) throws -> JobChange {
        do throws(InvalidDefinition) {
            return try JobChange(action, to: arguments.queue)
        } catch {
            throw PlanProblem(.draft(field: "arguments.queue"), error.description)
        }
    }

    private func perform(_ action: OperatorJobAction, _ batch: PlanBatch) async throws
        -> [PlanOutcome]
    {
        let change = try change(action, batch.arguments)
        let ids = batch.ids.map(JobID.init(uuid:))
        let before = try await actions.jobs(ids)
        let queues = Dictionary(before.map { ($0.id, $0.queue) }) { first, _ in first }
        let changed = try await actions.act(
            change, on: ids, by: Self.actor(batch.caller, batch.context))
        return ids.map { id in
            guard changed.contains(id) else { return .failed(PlanRunner.changedMeanwhile) }
            return .done(undo: action.isUndoable ? queues[id]?.rawValue : nil)
        }
    }

    private func sweep(_ action: OperatorJobAction, _ sweep: PlanSweep) async throws -> PlanStride {
        let step = try await actions.step(
            try change(action, sweep.arguments), try Self.filter(sweep.selection.filter),
            at: sweep.selection.moment,
            behind: sweep.place.flatMap(JobID.init), by: Self.actor(sweep.caller, sweep.context))
        return PlanStride(done: step.changed.count, place: step.next?.description)
    }

    /// The trace of a job is the queue that it was in.
    private func undo(
        _ action: OperatorJobAction, _ traces: [PlanTrace], _ caller: PlanCaller
    ) async throws -> [PlanOutcome] {
        let actor = AuditActor(caller.principal, from: caller.address, requestID: nil)
        var undone: Set<JobID> = []
        for (queue, alike) in Dictionary(grouping: traces, by: \.undo) {
            let change: JobChange = action == .move ? .move(to: QueueName(queue)) : .retry
            undone.formUnion(
                try await actions.act(change, on: alike.map { JobID(uuid: $0.id) }, by: actor))
        }
        return traces.map {
            undone.contains(JobID(uuid: $0.id)) ? .done(undo: nil) : .failed(PlanRunner.changedMeanwhile)
        }
    }

    private static func actor(_ caller: PlanCaller, _ context: CallContext) -> AuditActor {
        AuditActor(caller.principal, from: caller.address, requestID: context.requestID)
    }
}

extension OperatorJobAction {
    /// What undoing does, in one sentence; `nil` where that is not possible.
    fileprivate var undoEffect: String? {
        switch self {
        case .cancel: "Lets the jobs begin again that the plan cancelled."
        case .move: "Moves the jobs back that still wait."
        case .retry, .delete, .runNow: nil
        }
    }

    fileprivate var isUndoable: Bool { undoEffect != nil }
}
