internal import FoundationEssentials
internal import WireAPI

/// Doing something to many things: the server makes a plan, the person agrees to it by typing what it asks for, the
/// server carries it out. The plan holds the things themselves, so that nothing that comes meanwhile is touched.
struct BulkPlan<Command: Sendable & Hashable>: Sendable {
    private let agree: @Sendable (UUID) -> Command
    private let undo: @Sendable (UUID, String) -> Command
    private var draft: OperatorPlanDraft?
    /// What the question says beside the plan.
    private var notes: [String] = []
    private var plan: OperatorPlan?
    private var making = Awaited<OperatorPlan>()
    private var executing = Awaited<OperatorPlan>()
    /// Looks where a plan stands of which it is not known whether it was executed.
    private var looking = Awaited<OperatorPlan>()
    private var undoing = Awaited<OperatorPlan>()
    /// Why the plan could not be executed.
    private var refusal = ""
    /// Why the plan that is shown was made anew, and how many things the one before was about.
    private var before: (reason: String, count: Int)?

    /// `agree` and `undo` are what the screen does when a plan was agreed to, and when it is to be made undone.
    init(agree: @escaping @Sendable (UUID) -> Command, undo: @escaping @Sendable (UUID, String) -> Command) {
        self.agree = agree
        self.undo = undo
    }

    /// What is waited for.
    var status: Segment? {
        if making.isWaiting { return Segment("The server makes the plan") }
        if executing.isWaiting || looking.isWaiting { return Segment("The server begins") }
        return undoing.isWaiting ? Segment("Taking it back") : nil
    }

    /// Asks for a plan. What is shown of it is a question: nothing happens yet.
    /// `notes` is what the person should know beside what the server says.
    mutating func make(_ draft: OperatorPlanDraft, notes: [String] = [], _ context: inout ScreenContext) {
        self.draft = draft
        self.notes = notes
        plan = nil
        before = nil
        making.ask(.plan(draft), &context)
    }

    /// What the plan asks for was typed.
    mutating func execute(_ id: UUID, _ context: inout ScreenContext) {
        guard let plan, plan.id == id else { return }
        if let now = context.scope.date, now >= plan.expiresAt {
            makeAnew("it had expired", &context)
            return
        }
        executing.ask(.executePlan(id, confirm: plan.confirmation.text), &context)
    }

    /// What was done is to be made undone.
    mutating func undo(_ id: UUID, token: String, _ context: inout ScreenContext) {
        undoing.ask(.undoPlan(id, token: token), &context)
    }

    private mutating func makeAnew(_ reason: String, _ context: inout ScreenContext) {
        guard let draft, let plan else { return }
        context.say("Nothing was done: \(reason). The plan is made anew", .caution)
        before = (reason, plan.count)
        self.plan = nil
        making.ask(.plan(draft), &context)
    }

    /// Takes an answer, when it is one that is waited for: the plan that was begun. Where it is worth watching, its screen
    /// is open then.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> OperatorPlan? {
        if let result = making.take(answer) {
            takePlan(result, &context)
        } else if let result = executing.take(answer) {
            return takeExecution(result, &context)
        } else if let result = looking.take(answer) {
            return takeLook(result, &context)
        } else if let result = undoing.take(answer) {
            switch result {
            case .success(let plan): context.say("Taken back: \(PlanWords.result(plan))", .good)
            case .failure(let failure): context.say("Not taken back: \(failure.message)", .bad)
            }
        }
        return nil
    }

    private mutating func takePlan(_ result: Result<OperatorPlan, ServerFailure>, _ context: inout ScreenContext) {
        switch result {
        case .failure(let failure): context.say("No plan: \(failure.message)", .bad)
        case .success(let plan):
            guard plan.count > 0 else {
                context.say("Nothing to do: \(plan.effect)", .caution)
                return
            }
            self.plan = plan
            context.present(
                Confirmation(
                    PlanWords.title(plan), effects: effects(of: plan), typing: plan.confirmation.text, at: context.now,
                    agree(plan.id)))
        }
    }

    private func effects(of plan: OperatorPlan) -> [String] {
        var lines: [String] = []
        if let before {
            let change =
                before.count == plan.count ? "" : " It is about \(Formats.count(plan.count)) now, not \(before.count)."
            lines.append("Made anew, because \(before.reason).\(change)")
        }
        lines.append(plan.effect)
        if plan.isCut { lines.append("More were asked for than one plan takes: the rest is left as it is.") }
        if let cost = plan.estimatedCostNanodollars {
            lines.append("Estimated cost: \(Formats.cost(nanodollars: cost))")
        }
        let names = plan.samples.map(\.name)
        if !names.isEmpty {
            let more = plan.count - names.count
            lines.append("\(names.joined(separator: ", "))\(more > 0 ? " and \(Formats.count(more)) more" : "")")
        }
        return lines + notes
    }

    private mutating func takeExecution(
        _ result: Result<OperatorPlan, ServerFailure>, _ context: inout ScreenContext
    ) -> OperatorPlan? {
        switch result {
        case .success(let plan): return begun(plan, &context)
        case .failure(let failure):
            guard let plan else { return nil }
            switch failure.kind {
            case .wrongCredentials, .secondFactorRequired, .singleSignOnRequired, .confirmationRequired,
                .tooManyAttempts, .sessionEnded, .forbidden:
                context.say("Nothing was done: \(failure.message)", .bad)
            case .notFound: makeAnew(failure.message, &context)
            case .conflict, .rejected, .unreachable, .timedOut, .server:
                // It may have begun all the same: doing it twice would be worse than asking.
                refusal = failure.message
                looking.ask(.plan(plan.id), &context)
            }
            return nil
        }
    }

    private mutating func takeLook(
        _ result: Result<OperatorPlan, ServerFailure>, _ context: inout ScreenContext
    ) -> OperatorPlan? {
        switch result {
        case .success(let plan):
            if plan.state != .ready { return begun(plan, &context) }
            makeAnew(refusal, &context)
        case .failure(let failure):
            if failure.kind == .notFound {
                makeAnew(failure.message, &context)
            } else {
                context.say("Not known whether it was done: \(failure.message)", .bad)
            }
        }
        return nil
    }

    /// What is done already is told; what goes on or went wrong gets a screen of its own.
    private mutating func begun(_ plan: OperatorPlan, _ context: inout ScreenContext) -> OperatorPlan? {
        self.plan = nil
        guard !plan.isWorthWatching else {
            context.push(PlanScreen(plan))
            return plan
        }
        context.say(PlanWords.result(plan), .good)
        if let undo = plan.undo { context.offerUndo(undo.effect, self.undo(plan.id, undo.token)) }
        return plan
    }
}
