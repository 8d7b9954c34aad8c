internal import EventLoop
package import FoundationEssentials
package import Logging
package import Redis
package import Tenancy
package import WireAPI

/// Doing something to many things: first a plan is made, of things that are frozen and of what will happen to them; then
/// it is executed, once, by whoever made it.
package struct Plans: Sendable {
    /// The most things of a plan.
    package static let mostThings = 10_000
    /// How long an execution is waited for; one that takes longer is looked at with ``find(_:for:)``.
    private static let patience = Duration.seconds(2)

    private let actions: [OperatorPlanAction: PlannedAction]
    private let store: PlanStore
    private let runner: PlanRunner
    private let identifiers: IdentifierSource
    private let takesNew: @Sendable () -> Bool

    /// `timeout` is how long each thing may take; `takesNew` says whether there is room for what needs much.
    package init(
        _ actions: [PlannedAction], redis: RedisClient, identifiers: IdentifierSource, timeout: Duration,
        takesNew: @escaping @Sendable () -> Bool = { true }, logger: Logger
    ) {
        self.actions = Dictionary(uniqueKeysWithValues: actions.map { ($0.action, $0) })
        store = PlanStore(redis: redis)
        runner = PlanRunner(store: store, logger: logger, timeout: timeout, takesNew: takesNew)
        self.identifiers = identifiers
        self.takesNew = takesNew
    }

    /// Makes a plan.
    /// - Throws: `PermissionDenied`; `PlanProblem` when the draft makes no plan; what the action throws.
    package func make(_ draft: OperatorPlanDraft, for caller: PlanCaller) async throws -> OperatorPlan {
        let principal = caller.principal
        let action = try await action(draft.action, for: caller)
        let content = try await action.prepare(draft, principal)
        if case .named(let ids) = content.things {
            precondition(ids.count <= Self.mostThings, "a plan has a limit")
        }
        guard content.things.count > 0 else {
            throw PlanProblem(
                .draft(field: draft.ids == nil ? "filter" : "ids"), "There is nothing that this could be done to.")
        }
        let now = Date()
        let record = PlanRecord(
            identifiers.uuid(), draft, content, of: principal, expiresAt: now.addingTimeInterval(PlanStore.lifetime))
        try await store.add(record)
        return OperatorPlan(record, nil, at: now)
    }

    /// Where a plan of the caller's stands.
    /// - Throws: `NotFound`.
    package func find(_ id: UUID, for principal: Principal) async throws -> OperatorPlan {
        let (record, run) = try await own(id, principal)
        return OperatorPlan(record, runner.run(of: id) ?? run, at: Date())
    }

    /// Executes a plan, and returns when it has ended or after a short while. `check` says who the caller is while it
    /// runs, and throws a `PlanProblem` when they are nobody any more.
    /// - Throws: `NotFound`; `PermissionDenied`; `PlanProblem` when `confirm` is not what the plan asks for, when it was
    ///   executed already or cannot be executed any more, when too many plans run, or when there is no room for what it
    ///   makes; it can be executed later then.
    package func execute(
        _ id: UUID, confirm: String, for caller: PlanCaller, check: @escaping @Sendable () async throws -> Principal
    ) async throws -> OperatorPlan {
        let principal = caller.principal
        let (record, run) = try await own(id, principal)
        let action = try await action(record.action, for: caller)
        guard run == nil else { throw PlanProblem(.state, "This plan was executed already. Make another one.") }
        guard Date() < record.expiresAt else { throw NotFound("Plan") }
        guard confirm == record.confirmation.text else {
            throw PlanProblem(.confirmation, "Type “\(record.confirmation.text)” to confirm. Nothing was done.")
        }
        try runner.requireRoom()
        if action.storesMuch, !takesNew() { throw PlanProblem.storageFull }
        guard try await store.claim(id) else {
            throw PlanProblem(.state, "This plan was executed already. Make another one.")
        }
        runner.start(PlanRunner.Job(record: record, action: action, caller: caller, check: check))
        let deadline = Deadline.after(Self.patience)
        while runner.run(of: id) != nil, !deadline.hasPassed {
            try await Loop.current?.sleep(for: .milliseconds(20))
        }
        return try await find(id, for: principal)
    }

    /// Stops a plan that runs, wherever it does: what has begun is finished.
    /// - Throws: `NotFound`; `PlanProblem` when it does not run.
    package func cancel(_ id: UUID, for principal: Principal) async throws -> OperatorPlan {
        let (record, run) = try await own(id, principal)
        guard let run, run.state(at: Date()) == .running else {
            throw PlanProblem(.state, "This plan does not run.")
        }
        try await store.cancel(id)
        return OperatorPlan(record, runner.run(of: id) ?? run, at: Date())
    }

    /// Undoes what a plan did; once.
    /// - Throws: `NotFound`; `PermissionDenied`; `PlanProblem` when there is nothing to undo, it was undone already, or the
    ///   token is not the plan's.
    package func undo(_ id: UUID, token: String, for caller: PlanCaller) async throws -> OperatorPlan {
        let (record, run) = try await own(id, caller.principal)
        let action = try await action(record.action, for: caller)
        guard var run, let undo = run.undo, let body = action.undo else {
            throw PlanProblem(.state, "What this plan did cannot be undone.")
        }
        guard undo.token == token else { throw PlanProblem(.state, "This is not the plan's token for undoing.") }
        guard try await store.claimUndo(id) else { throw PlanProblem(.state, "This plan was undone already.") }
        let traces = try await store.traces(of: id)
        var undone = PlanRun(at: Date())
        for start in stride(from: 0, to: traces.count, by: action.batchSize) {
            let batch = Array(traces[start..<min(start + action.batchSize, traces.count)])
            for (trace, outcome) in zip(batch, try await body(batch, caller)) {
                undone.note(outcome, of: trace.id)
            }
        }
        run = undone
        run.state = .undone
        _ = try await store.write(run, of: id)
        return OperatorPlan(record, run, at: Date())
    }

    /// Begins nothing more and returns when what runs has ended, which is cancelled after a while.
    package func stop(within time: Duration) async {
        guard let loop = Loop.current else { preconditionFailure("plans are executed on a loop") }
        await runner.stop(within: time, on: loop)
    }

    private func action(_ name: OperatorPlanAction, for caller: PlanCaller) async throws -> PlannedAction {
        guard let action = actions[name] else {
            throw PlanProblem(.draft(field: "action"), "This server cannot do “\(name.rawValue)” by a plan.")
        }
        do throws(PermissionDenied) {
            try action.require(of: caller.principal)
        } catch {
            await action.whenRefused?(error, caller)
            throw error
        }
        return action
    }

    private func own(_ id: UUID, _ principal: Principal) async throws -> (record: PlanRecord, run: PlanRun?) {
        guard let found = try await store.find(id), found.record.belongs(to: principal) else {
            throw NotFound("Plan")
        }
        return found
    }
}
