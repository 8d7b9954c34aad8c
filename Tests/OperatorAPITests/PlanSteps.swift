import EventLoop
import WireAPI

// What tests do with plans.
extension Viewer {
    /// Executes a plan and waits for its end: on a busy machine it is answered while it still runs. Undoing is answered
    /// when all is undone.
    func carryOut(_ plan: OperatorPlan, confirm: String) async throws -> OperatorPlan {
        try await watch(try await ask(.executePlan(plan.id, confirm: confirm))) { $0.state != .running }
    }

    /// Looks at a plan until it stands as is wanted, for a minute at most.
    func watch(_ plan: OperatorPlan, until isWanted: (OperatorPlan) -> Bool) async throws -> OperatorPlan {
        var plan = plan
        let deadline = Deadline.after(.seconds(60))
        while !isWanted(plan), !deadline.hasPassed {
            try await Loop.current?.sleep(for: .milliseconds(20))
            plan = try await ask(.plan(plan.id))
        }
        return plan
    }
}
