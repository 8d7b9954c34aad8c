package import FoundationEssentials
import Tenancy
import Terminal
package import WireAPI

/// What can be done to jobs, from every screen that shows some.
package enum JobCommand: Sendable, Hashable {
    case act(OperatorJobAction)
    /// Where to, as it was typed.
    case move(to: String)
    case agreed(toPlan: UUID)
    case undoPlan(UUID, token: String)

    /// The keys.
    static func bindings<Command: Sendable & Hashable>(_ command: (JobCommand) -> Command) -> [Binding<Command>] {
        func binding(_ key: Unicode.Scalar, _ action: OperatorJobAction, hint: String?, _ text: String)
            -> Binding<Command>
        {
            Binding([.character(key)], command(.act(action)), hint: hint, text, .action, needs: .queueUpdate)
        }
        return [
            binding("R", .retry, hint: "retry", "Retry what was given up or cancelled, with all its attempts"),
            binding("K", .cancel, hint: "cancel", "Cancel what waits or runs"),
            binding("D", .delete, hint: nil, "Delete: forget what has ended or waits"),
            binding("M", .move, hint: nil, "Move what waits to another queue"),
            binding("N", .runNow, hint: nil, "Run now what waits for its time"),
        ]
    }
}

/// The jobs that an action is about: aimed at when the key was pressed, whatever the list shows meanwhile.
enum JobTargets: Sendable, Hashable {
    case one(OperatorJobRow)
    case some([UUID])
    case all(OperatorJobFilter)

    /// Whether an action may make sense for them.
    func allow(_ action: OperatorJobAction) -> Bool {
        switch self {
        case .one(let job): action.states.contains(job.state)
        case .some, .all: true
        }
    }
}

/// Doing something to jobs: what harms nothing to one job at once, everything else by a plan that says first how many it
/// is about.
struct JobActions<Command: Sendable & Hashable>: Sendable {
    private let command: @Sendable (JobCommand) -> Command
    private var plan: BulkPlan<Command>
    private var ordering = Awaited<OperatorNothing>()
    private var ordered = OperatorJobAction.retry
    private var aim: JobTargets?

    /// `command` makes of an action what the screen carries out.
    init(_ command: @escaping @Sendable (JobCommand) -> Command) {
        self.command = command
        plan = BulkPlan(agree: { command(.agreed(toPlan: $0)) }, undo: { command(.undoPlan($0, token: $1)) })
    }

    var status: Segment? { ordering.isWaiting ? Segment("Telling the server", .accent) : plan.status }

    mutating func perform(_ command: JobCommand, on targets: JobTargets?, _ context: inout ScreenContext) {
        switch command {
        case .act(.move):
            aim = targets
            askForQueue(&context)
        case .act(let action): if let targets { act(action, targets, &context) }
        case .move(let queue):
            if let aim { makePlan(.move, aim, .init(queue: queue), &context) }
        case .agreed(let id): plan.execute(id, &context)
        case .undoPlan(let id, let token): plan.undo(id, token: token, &context)
        }
    }

    private mutating func act(
        _ action: OperatorJobAction, _ targets: JobTargets, _ context: inout ScreenContext
    ) {
        if case .one(let job) = targets, action == .retry || action == .runNow {
            ordered = action
            ordering.ask(.actOnJob(job.id, action), &context)
        } else {
            makePlan(action, targets, .init(), &context)
        }
    }

    private mutating func makePlan(
        _ action: OperatorJobAction, _ targets: JobTargets, _ arguments: OperatorPlanDraft.Arguments,
        _ context: inout ScreenContext
    ) {
        switch targets {
        case .one(let job): plan.make(OperatorPlanDraft(action.plan, ids: [job.id], arguments: arguments), &context)
        case .some(let ids): plan.make(OperatorPlanDraft(action.plan, ids: ids, arguments: arguments), &context)
        case .all(let filter):
            plan.make(
                OperatorPlanDraft(action, matching: filter, arguments: arguments),
                notes: ["All that match and are there now; what comes meanwhile is left alone."], &context)
        }
    }

    private func askForQueue(_ context: inout ScreenContext) {
        let command = self.command
        context.present(
            Prompt(
                "Move to which queue", hint: "Such as evaluations or background",
                problem: { $0.isEmpty || $0.contains(" ") ? "The name of a queue" : nil }
            ) { command(.move(to: $0)) })
    }

    /// Takes an answer; says whether jobs may have changed.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Bool {
        if let result = ordering.take(answer) {
            switch result {
            case .success: context.say(ordered.done, .good)
            case .failure(let failure): context.say("Nothing was done: \(failure.message)", .bad)
            }
            return true
        }
        return plan.receive(answer, &context) != nil
    }
}
