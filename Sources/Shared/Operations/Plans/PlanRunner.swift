internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
internal import Logging
internal import Synchronization
internal import Tenancy
internal import WireAPI

/// Executes plans in the background of one server, a few at a time.
final class PlanRunner: Sendable {
    private let store: PlanStore
    private let logger: Logger
    /// How long each thing may take.
    private let timeout: Duration
    private let takesNew: @Sendable () -> Bool
    private let state = Mutex(State())

    /// How many plans run at the same time in one server.
    private static let limit = 8
    /// How often it is said how far a run has come, and asked whether it is to stop.
    private static let interval = Duration.milliseconds(500)
    /// Every how many of these intervals it is asked whether the user may still do it.
    private static let checking = 10

    private struct State {
        var runs: [UUID: PlanProgress] = [:]
        var tasks: [UUID: Task<Void, Never>] = [:]
        var isStopping = false
    }

    /// Why nothing was done to a thing that was in the plan.
    static let changedMeanwhile = "It was not as the plan says any more: something had changed it."

    /// One execution of a plan.
    struct Job: Sendable {
        let record: PlanRecord
        let action: PlannedAction
        let caller: PlanCaller
        /// Who the user is at a later moment; throws a `PlanProblem` when they are nobody any more.
        let check: @Sendable () async throws -> Principal
    }

    init(store: PlanStore, logger: Logger, timeout: Duration, takesNew: @escaping @Sendable () -> Bool) {
        self.store = store
        self.takesNew = takesNew
        self.logger = logger
        self.timeout = timeout
    }

    /// Refuses a plan while too many run.
    func requireRoom() throws(PlanProblem) {
        let isFull = state.withLock { $0.isStopping || $0.tasks.count >= Self.limit }
        if isFull { throw PlanProblem(.busy, "Too many plans run at the moment. Try again when one has ended.") }
    }

    /// Begins a plan that was claimed.
    func start(_ job: Job) {
        guard let loop = Loop.current else { preconditionFailure("plans are executed on a loop") }
        let progress = PlanProgress(at: Date())
        let id = job.record.id
        state.withLock { state in
            state.runs[id] = progress
            // Unstructured: it outlives the request that asks for it; `stop` awaits it.
            state.tasks[id] = loop.spawn { [self] in
                await execute(job, progress, on: loop)
                self.state.withLock { state in
                    state.tasks[id] = nil
                    state.runs[id] = nil
                }
            }
        }
    }

    /// How far a plan has come that this server executes; `nil` for others.
    func run(of id: UUID) -> PlanRun? { state.withLock { $0.runs[id] }?.run }

    /// Begins nothing more and returns when what runs has ended, which is cancelled after a while.
    func stop(within time: Duration, on loop: Loop) async {
        let tasks = state.withLock { state in
            state.isStopping = true
            for progress in state.runs.values { progress.end(as: .interrupted) }
            return Array(state.tasks.values)
        }
        let timer = loop.after(time) { for task in tasks { task.cancel() } }
        for task in tasks { await task.value }
        timer.cancel()
    }

    private func execute(_ job: Job, _ progress: PlanProgress, on loop: Loop) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.report(job, progress, on: loop) }
            await perform(job, progress)
            group.cancelAll()
        }
        progress.close(undoable: job.record.undoEffect, at: Date())
        // In a task of its own, which is not cancelled when the server stops.
        await loop.spawn { await self.storeEnd(of: job.record.id, progress.run, on: loop) }.value
    }

    private func storeEnd(of id: UUID, _ run: PlanRun, on loop: Loop) async {
        for attempt in 1...5 {
            do {
                _ = try await store.write(run, of: id)
                return
            } catch {
                logger.warning(
                    "the end of a plan could not be stored",
                    metadata: ["plan": "\(id)", "attempt": "\(attempt)", "reason": "\(error)"])
            }
            do { try await loop.sleep(for: .seconds(1)) } catch { return }
        }
    }

    /// Does it to all things, or until the progress says that it is over.
    private func perform(_ job: Job, _ progress: PlanProgress) async {
        switch job.record.things {
        case .named(let ids): await perform(ids, all: job, progress)
        case .matching(let selection): await sweep(selection, job, progress)
        }
    }

    private func perform(_ ids: [UUID], all job: Job, _ progress: PlanProgress) async {
        var starts = stride(from: 0, to: ids.count, by: job.action.batchSize).makeIterator()
        await withTaskGroup(of: Void.self) { group in
            func startNext() {
                guard !progress.isOver, let start = starts.next() else { return }
                let batch = Array(ids[start..<min(start + job.action.batchSize, ids.count)])
                group.addTask { await self.perform(batch, job, progress) }
            }
            for _ in 0..<job.action.concurrency { startNext() }
            while await group.next() != nil { startNext() }
        }
    }

    private func perform(_ ids: [UUID], _ job: Job, _ progress: PlanProgress) async {
        let outcomes: [PlanOutcome]
        do {
            if job.action.storesMuch, !takesNew() { throw PlanProblem.storageFull }
            outcomes = try await job.action.perform(
                PlanBatch(
                    ids: ids, arguments: job.record.arguments, caller: job.caller, context: context(of: job)))
        } catch let problem as PlanProblem {
            outcomes = ids.map { _ in .failed(problem.description) }
        } catch {
            logger.warning("a part of a plan failed", metadata: ["reason": "\(error)"])
            outcomes = ids.map { _ in .failed(Self.reason(of: error)) }
        }
        let traces = zip(ids, outcomes).compactMap { id, outcome -> PlanTrace? in
            guard case .done(let undo?) = outcome else { return nil }
            return PlanTrace(id: id, undo: undo)
        }
        do {
            try await store.note(traces, of: job.record.id)
            progress.note(outcomes, of: ids, areTraced: true)
        } catch {
            logger.warning("what a plan did could not be noted for undoing", metadata: ["reason": "\(error)"])
            progress.note(outcomes, of: ids, areTraced: false)
        }
    }

    /// Goes through what matches, step by step, each behind the one before. A step that fails ends it.
    private func sweep(_ selection: PlanSelection, _ job: Job, _ progress: PlanProgress) async {
        guard let step = job.action.sweep else { preconditionFailure("\(job.record.action) cannot sweep") }
        var place: String?
        do {
            repeat {
                let stride = try await step(
                    PlanSweep(
                        selection: selection, place: place, arguments: job.record.arguments, caller: job.caller,
                        context: context(of: job)))
                progress.note(done: stride.done)
                place = stride.place
            } while place != nil && !progress.isOver
            if place == nil {
                progress.note(
                    missedOf: selection.count,
                    because: "It was not as the plan says any more: something had changed it.")
            }
        } catch {
            logger.warning("a part of a plan failed", metadata: ["reason": "\(error)"])
            progress.note(missedOf: selection.count, because: Self.reason(of: error))
        }
    }

    private func context(of job: Job) -> CallContext {
        let requestID = "plan-\(job.record.id.uuidString.lowercased())"
        var logger = logger
        logger[metadataKey: "request_id"] = .string(requestID)
        return CallContext(
            requestID: requestID, deadline: .after(timeout), propagation: ["x-request-id": requestID], logger: logger)
    }

    /// Says now and then how far the run has come, and ends it when it is cancelled or not allowed any more. Without
    /// Redis the run goes on: what is done is done.
    private func report(_ job: Job, _ progress: PlanProgress, on loop: Loop) async {
        var round = 0
        while !Task.isCancelled {
            do {
                if try await store.write(progress.beat(at: Date()), of: job.record.id) { progress.end(as: .cancelled) }
                if round % Self.checking == Self.checking - 1 {
                    let principal = try await job.check()
                    try job.action.require(of: principal)
                }
            } catch is PermissionDenied {
                progress.end(as: .cancelled)
            } catch is PlanProblem {
                progress.end(as: .cancelled)
            } catch {
                logger.debug("the state of a plan could not be stored", metadata: ["reason": "\(error)"])
            }
            round += 1
            do { try await loop.sleep(for: Self.interval) } catch { return }
        }
    }

    /// What the user is told of an error that no action has words for.
    private static func reason(of error: any Error) -> String {
        switch error {
        case is CancellationError: "It was given up when the server stopped."
        case let problem as PlanProblem: problem.description
        default: "Something went wrong on our side."
        }
    }
}

/// How far a plan has come that this server executes, seen by its batches and by whoever asks.
final class PlanProgress: Sendable {
    private let state: Mutex<State>

    private struct State {
        var run: PlanRun
        /// What it ends as when it ends before everything was tried.
        var ending: OperatorPlan.State?
        var isUndoable = false
        var isUntraced = false
    }

    init(at moment: Date) { state = Mutex(State(run: PlanRun(at: moment))) }

    var run: PlanRun { state.withLock { $0.run } }
    /// Whether nothing more is to be begun.
    var isOver: Bool { state.withLock { $0.ending != nil } }

    /// Counts what became of some things. Where something was done and is not known for undoing, nothing can be undone.
    func note(_ outcomes: [PlanOutcome], of ids: [UUID], areTraced: Bool) {
        state.withLock { state in
            for (id, outcome) in zip(ids, outcomes) {
                state.run.note(outcome, of: id)
                guard case .done(.some) = outcome else { continue }
                state.isUndoable = true
                if !areTraced { state.isUntraced = true }
            }
        }
    }

    /// Counts things that it was done to.
    func note(done number: Int) { state.withLock { $0.run.note(done: number) } }

    /// Counts the rest of so many things as failed.
    func note(missedOf count: Int, because reason: String) {
        state.withLock { state in
            state.run.note(missed: count - state.run.done - state.run.failed, because: reason)
        }
    }

    /// The run, alive at a moment.
    func beat(at moment: Date) -> PlanRun {
        state.withLock { state in
            state.run.aliveAt = moment
            return state.run
        }
    }

    /// Lets nothing more begin; the first reason stands.
    func end(as ending: OperatorPlan.State) { state.withLock { $0.ending = $0.ending ?? ending } }

    /// Nothing runs any more. `undoable` is what undoing does, `nil` where that is not possible.
    func close(undoable: String?, at moment: Date) {
        state.withLock { state in
            state.run.state = state.ending ?? .finished
            state.run.aliveAt = moment
            guard let undoable, state.isUndoable, !state.isUntraced else { return }
            state.run.undo = OperatorPlan.Undo(
                token: UUID().uuidString.lowercased(), expiresAt: moment.addingTimeInterval(PlanStore.memory),
                effect: undoable)
        }
    }
}
