internal import FoundationEssentials
internal import Records
internal import Scoring
package import Tenancy
internal import WireAPI

/// Executes evaluators and judges and records what came of it.
package struct Executions: Sendable {
    package let catalogue: Catalogue
    let projects: Projects
    let demonstrations: Demonstrations
    let files: Files
    let service: EvaldClient
    let recorder: ExecutionRecorder
    let identifiers: IdentifierSource

    package init(
        catalogue: Catalogue, projects: Projects, demonstrations: Demonstrations, files: Files, service: EvaldClient,
        recorder: ExecutionRecorder,
        identifiers: IdentifierSource
    ) {
        self.catalogue = catalogue
        self.projects = projects
        self.demonstrations = demonstrations
        self.files = files
        self.service = service
        self.recorder = recorder
        self.identifiers = identifiers
    }

    /// Runs `evaluators` on the order's input.
    ///
    /// A call that fails as a whole is the same failure of every evaluator, so that it is recorded as well.
    func outcomes(
        of evaluators: [Evaluator], _ order: ExecutionOrder, lookingInto files: OpenedFiles, project: ProjectID,
        _ principal: Principal, _ context: CallContext
    ) async throws -> [Outcome] {
        var shown: [EvaluationCall.Evaluator] = []
        for evaluator in evaluators {
            let examples = try await demonstrations.shown(by: evaluator, for: order.input, to: principal)
            shown.append(EvaluationCall.Evaluator(evaluator, showing: examples))
        }
        let call = EvaluationCall(
            organization: principal.organizationID, project: project, evaluators: shown, input: order.input,
            files: files.materials, lane: order.lane)
        do {
            let results = try await service.evaluate(call, context)
            let elapsed = context.arrival.duration(to: .now)
            let longest = results.map { Duration.microseconds($0.totalMicroseconds) }.max() ?? .zero
            return zip(evaluators, results).map { evaluator, result in
                var outcome = ExecutionOutcome(result, criteria: evaluator.version.definition.criteria.text)
                // The executed version is stored and has them.
                outcome.scoringCriteria = nil
                let duration = Duration.microseconds(result.totalMicroseconds)
                // What evald does not account for is ours, also for those that did not take longest.
                outcome.timings = ExecutionTimings(result, elapsed: elapsed - longest + duration)
                return Outcome(outcome: outcome, duration: duration)
            }
        } catch let failure as EvaluationFailure {
            return evaluators.map { _ in Outcome(outcome: ExecutionOutcome(failure: failure), duration: .zero) }
        }
    }

    /// The outcome of one evaluator and how long it took in all.
    struct Outcome {
        let outcome: ExecutionOutcome
        let duration: Duration
    }

    /// A fresh log identifier with the moment that is inside it.
    func newLogID() -> (ExecutionLogID, Date) {
        let id = identifiers.next(ExecutionLog.self)
        return (id, id.uuid.versionSevenDate ?? Date())
    }

    /// The identifier of a log of this order, 0 for the whole: the same however often the call comes that asks for it.
    func logID(_ number: Int, of order: ExecutionOrder) -> (ExecutionLogID, Date) {
        guard let call = order.callID, let moment = call.versionSevenDate else { return newLogID() }
        return (ExecutionLogID(uuid: number == 0 ? call : call.numbered(number)), moment)
    }
}
