internal import FoundationEssentials
internal import WireAPI

/// What a plan's things are.
enum PlanSubject: Sendable, Hashable {
    case execution
    case evaluator
    case judge
    case job

    init(_ action: OperatorPlanAction) {
        switch action {
        case .tag, .untag, .runAgain, .exportExecutions: self = .execution
        case .deleteEvaluators: self = .evaluator
        case .deleteJudges: self = .judge
        case .retryJobs, .cancelJobs, .deleteJobs, .moveJobs, .runJobsNow: self = .job
        }
    }

    /// One of them in a sentence; several have an `s` behind it.
    var noun: String {
        switch self {
        case .execution: "execution"
        case .evaluator: "evaluator"
        case .judge: "judge"
        case .job: "job"
        }
    }

    /// The screen that shows one of them.
    func screen(of id: UUID) -> any Screen {
        switch self {
        case .execution: ExecutionScreen(id: id, name: "Execution", row: nil)
        case .evaluator: ItemScreen(OperatorItemReference(kind: .evaluator, id: id, name: "Evaluator"))
        case .judge: ItemScreen(OperatorItemReference(kind: .judge, id: id, name: "Judge"))
        case .job: JobScreen(id)
        }
    }
}
