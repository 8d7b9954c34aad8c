internal import WireAPI

extension OperatorPlan {
    /// Whether it goes on, or went wrong: all went well needs no screen.
    var isWorthWatching: Bool { state != .finished || progress.failed > 0 }
}

/// Plans in words.
enum PlanWords {
    /// What a plan is to do.
    static func title(_ plan: OperatorPlan) -> String {
        let noun = PlanSubject(plan.action).noun
        let things = "\(Formats.count(plan.count)) \(noun)\(plan.count == 1 ? "" : "s")"
        return switch plan.action {
        case .tag: "Tag \(things)"
        case .untag: "Take tags from \(things)"
        case .runAgain: "Run \(things) again"
        case .exportExecutions: "Export \(things)"
        case .deleteEvaluators, .deleteJudges, .deleteJobs: "Delete \(things)"
        case .retryJobs: "Retry \(things)"
        case .cancelJobs: "Cancel \(things)"
        case .moveJobs: "Move \(things)"
        case .runJobsNow: "Run \(things) now"
        }
    }

    /// How far it came.
    static func result(_ plan: OperatorPlan) -> String {
        let done = "\(Formats.count(plan.progress.done)) of \(Formats.count(plan.count)) done"
        let failed = plan.progress.failed > 0 ? ", \(Formats.count(plan.progress.failed)) failed" : ""
        return done + failed
    }

    /// Where it stands.
    static func state(_ state: OperatorPlan.State) -> String {
        switch state {
        case .ready: "nothing has happened yet"
        case .running: "running"
        case .finished: "finished"
        case .cancelled: "stopped: what had begun was finished, the rest is as it was"
        case .interrupted: "interrupted: the server that carried it out was stopped"
        case .undone: "made undone"
        }
    }
}
