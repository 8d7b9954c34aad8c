internal import FoundationEssentials
package import Jobs
package import Logging
internal import Postgres
package import Queueing
internal import Records
internal import Scoring
package import Stores
internal import Tenancy

/// Evaluates one example of a calibration run, as its job.
package struct EvaluateCalibrationItem: JobWork {
    /// Of the jobs that evaluate an example.
    package static let kind = JobKind("calibration_item")

    private let executions: Executions
    private let runs: CalibrationStore
    private let items: CalibrationItemStore
    private let users: UserStore
    private let events: EventPublisher
    private let logger: Logger

    package init(
        executions: Executions, runs: CalibrationStore, items: CalibrationItemStore, users: UserStore,
        events: EventPublisher, logger: Logger
    ) {
        self.executions = executions
        self.runs = runs
        self.items = items
        self.users = users
        self.events = events
        self.logger = logger
    }

    package var kind: JobKind { Self.kind }

    package func perform(_ job: LeasedJob) async throws -> JobEffect {
        guard let place = job.job.batch, let organization = job.job.organizationID else {
            throw JobFailure(.invalid, "the job is not an example of a run")
        }
        guard let run = try await runs.find(place.batchID, in: organization),
            let owner = try await users.find(run.ownerID, in: organization)
        else { throw JobFailure(.missing, "the run is not there any more") }
        guard let example = try await items.example(at: place, in: organization) else {
            throw JobFailure(.missing, "the example is not there any more")
        }
        let principal = try Principal(inBackgroundFor: owner, in: run.projectID)
        let subject: CalibrationSubject
        do {
            subject = try await self.subject(of: run, principal)
        } catch let missing as NotFound {
            throw JobFailure(.missing, "\(missing)")
        }
        let execution = try await executions.test(
            subject, on: example.input, in: run.projectID, batch: run.id, as: principal,
            CallContext(job, logger: logger))
        try Task.checkCancellation()
        let effect = effect(of: execution, at: place, in: run, job.job)
        guard let failure = execution.log.outcome.failure else { return effect }
        throw JobFailed(JobFailure(failure, provider: execution.log.outcome.provider), effect: effect)
    }

    private func subject(of run: CalibrationRun, _ principal: Principal) async throws -> CalibrationSubject {
        if let definition = run.definition {
            return CalibrationSubject(
                evaluator: DraftEvaluator(definition).evaluator(
                    executions.identifiers, of: principal, in: run.projectID, at: run.createdAt), isStored: false)
        }
        guard let id = run.evaluatorID else { throw NotFound("Evaluator") }
        return CalibrationSubject(
            evaluator: try await executions.catalogue.evaluator(
                .id(id, run.evaluatorVersionID), for: principal), isStored: true)
    }

    /// Stores the log and what the example's row says of it, and then tells whoever watches. When the run had its numbers
    /// already, because this example was tried again, they are made anew.
    private func effect(
        of execution: FinishedExecution, at place: BatchPlace, in run: CalibrationRun, _ job: Job
    ) -> JobEffect {
        let events = events
        let outcome = execution.log.outcome
        return JobEffect(
            cost: outcome.cost?.nanoDollars ?? 0,
            followUps: run.metrics == nil
                ? [] : [ConcludeCalibration.job(executions.identifiers.next(), for: run.id, like: job)],
            afterCommit: { events.publish(execution) },
            apply: { connection in
                try await connection.execute(ExecutionLogStore.insertion(of: execution.logs))
                try await CalibrationItemStore.record(
                    score: outcome.score?.value,
                    justification: outcome.justification ?? outcome.failure?.summary ?? "", log: execution.log.id,
                    of: place, on: connection)
            })
    }
}
