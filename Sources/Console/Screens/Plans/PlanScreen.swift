package import FoundationEssentials
package import Terminal
package import WireAPI

/// A plan while it is carried out, and what came of it: how far it is, and each thing that failed with its reason.
package struct PlanScreen: Screen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case open, stop
        case undo(token: String)
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the one under the cursor"),
        Binding(
            [.character("K")], .stop, hint: "stop", "Stop it: what has begun is finished, nothing else begins", .action),
    ]

    private static let pause = Duration.milliseconds(500)

    package private(set) var plan: OperatorPlan
    private var standing = Awaited<OperatorPlan>()
    private var stopping = Awaited<OperatorPlan>()
    private var undoing = Awaited<OperatorPlan>()
    private var failures = 0
    private var readAt: Duration?
    private(set) var problem: ServerFailure?
    private(set) var cursor = 0
    private(set) var top = 0
    private var rows = 10

    package init(_ plan: OperatorPlan) { self.plan = plan }

    package var title: String { PlanWords.title(plan) }
    package var failure: ServerFailure? { problem }

    /// Everything that failed, with its reason.
    package var failed: [(reason: String, id: UUID)] {
        plan.progress.failures.flatMap { failure in failure.ids.map { (failure.reason, $0) } }
    }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open: failed.indices.contains(cursor)
        case .stop: plan.state == .running
        case .undo: true
        }
    }

    package mutating func appear(_ context: inout ScreenContext) {
        if readAt == nil { take(plan, &context) }
    }

    package mutating func refresh(_ context: inout ScreenContext) { standing.ask(.plan(plan.id), &context) }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open:
            guard failed.indices.contains(cursor) else { return }
            context.push(PlanSubject(plan.action).screen(of: failed[cursor].id))
        case .stop: stopping.ask(.cancelPlan(plan.id), &context)
        case .undo(let token): undoing.ask(.undoPlan(plan.id, token: token), &context)
        }
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if let result = standing.take(answer) {
            switch result {
            case .success(let plan): take(plan, &context)
            case .failure(let failure):
                problem = failure
                failures += 1
                if failure.isTransient {
                    standing.ask(.plan(plan.id), delay: Backoff.delay(afterFailures: failures), &context)
                }
            }
        } else if let result = stopping.take(answer) {
            switch result {
            case .success(let plan): take(plan, &context)
            case .failure(let failure): context.say("Not stopped: \(failure.message)", .bad)
            }
        } else if let result = undoing.take(answer) {
            switch result {
            case .success(let plan): take(plan, &context)
            case .failure(let failure): context.say("Not taken back: \(failure.message)", .bad)
            }
        }
    }

    private mutating func take(_ plan: OperatorPlan, _ context: inout ScreenContext) {
        let before = readAt == nil ? nil : self.plan.state
        self.plan = plan
        problem = nil
        failures = 0
        readAt = context.now
        cursor = min(cursor, max(0, failed.count - 1))
        if plan.state == .running {
            standing.ask(.plan(plan.id), delay: Self.pause, &context)
        } else if plan.state != before {
            let isGood = plan.progress.failed == 0 && (plan.state == .finished || plan.state == .undone)
            context.say("\(PlanWords.result(plan)): \(PlanWords.state(plan.state))", isGood ? .good : .bad)
            if let undo = plan.undo { context.offerUndo(undo.effect, Command.undo(token: undo.token)) }
        }
    }

    package mutating func dismiss(_ context: inout ScreenContext) -> Bool {
        if plan.state == .running { context.say("It goes on without being watched") }
        return false
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) {
        cursor = TextScroll(lines: failed.count, rows: 1).top(after: move, from: cursor)
        scroll()
    }

    package mutating func resize(_ size: Size) {
        rows = max(1, size.rows - PlanView.headRows(of: size.rows))
        scroll()
    }

    private mutating func scroll() {
        top = max(min(top, cursor), cursor - rows + 1, 0)
    }

    package func address(_ scope: Scope) -> [Segment] {
        [Segment(title, .strong), Segment(PlanWords.state(plan.state), plan.state == .running ? .accent : .quiet)]
    }

    package func status(_ scope: Scope) -> Segment? { problem.map { Segment("Not read: \($0.message)", .bad) } }

    package func copies(_ scope: Scope) -> [Copy] {
        [
            Copy("i", "plan's identifier", plan.id.lowercase),
            Copy("f", "what failed", failed.map { "\($0.id.lowercase) \($0.reason)" }.joined(separator: "\n")),
        ]
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        Explanation(
            "Plan", definition: "What is done to many things. The server froze their list when it made the plan."
        )
        .value("\(PlanWords.result(plan)), \(PlanWords.state(plan.state))")
        .source("The server; asked twice a second while it runs. Leaving this screen does not stop it.")
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        PlanView(self, scope).draw(into: &frame, area)
    }
}
