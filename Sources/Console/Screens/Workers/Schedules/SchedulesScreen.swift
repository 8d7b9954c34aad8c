package import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// What is done again and again: when next, and how it went last.
package struct SchedulesScreen: ListingScreen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case open, jobs
        case pause, run
        /// Takes back a pausing, or a letting go on.
        case set(UUID, isPaused: Bool)
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the job of the last run"),
        Binding([.character("s")], .jobs, hint: "jobs", "Show the jobs that it made"),
        Binding(
            [.character("P")], .pause, hint: "pause", "Pause it, or let it go on", .action, needs: .queueUpdate),
        Binding([.character("N")], .run, hint: "run now", "Run it now, beside its times", .action, needs: .queueUpdate),
    ]

    private static let interval = Duration.seconds(10)

    package var list = Listing(
        ScheduleColumns.all, sorting: Sorting(column: "next", isDescending: false), facts: ScheduleColumns.facts)
    private var schedules = Loadable<OperatorScheduleList>()
    private var pausing = Awaited<OperatorSchedule>()
    private var running = Awaited<OperatorScheduledRun>()
    /// Whether the change that is on its way takes one back.
    private var isUndoing = false

    package init() {}

    package var title: String { "Schedules" }
    package var isSettled: Bool { schedules.isSettled }
    package var failure: ServerFailure? { schedules.value == nil ? schedules.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open: list.selected?.lastJobID != nil
        case .jobs, .pause, .run: list.selected != nil
        case .set: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        schedules.loadIfOlder(than: Self.interval, .schedules, &context)
    }
    package mutating func refresh(_ context: inout ScreenContext) { schedules.load(.schedules, &context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if schedules.receive(answer, &context) { list.set(schedules.value?.results ?? []) }
        if let result = pausing.take(answer) { takePause(result, &context) }
        if let result = running.take(answer) {
            switch result {
            case .success(let run):
                context.say("It runs now", .good)
                refresh(&context)
                if context.isSeen { context.push(JobScreen(run.jobID)) }
            case .failure(let failure): context.say("It does not run: \(failure.message)", .bad)
            }
        }
    }

    private mutating func takePause(_ result: Result<OperatorSchedule, ServerFailure>, _ context: inout ScreenContext) {
        switch result {
        case .success(let schedule):
            let now = schedule.isPaused ? "is paused: no more runs begin" : "goes on with its next time"
            context.say("\(schedule.name) \(now)", .good)
            if !isUndoing {
                context.offerUndo("as it was before", Command.set(schedule.id, isPaused: !schedule.isPaused))
            }
            refresh(&context)
        case .failure(let failure): context.say("Nothing has changed: \(failure.message)", .bad)
        }
    }

    package mutating func tick(_ context: inout ScreenContext) {
        schedules.renew(after: Self.interval, .schedules, &context)
    }

    /// The times until the next runs go on by themselves.
    package func wake(after now: Duration) -> Duration? {
        schedules.wake(renewingAfter: Self.interval, now).map { min($0, now + .seconds(1)) }
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open: if let job = list.selected?.lastJobID { context.push(JobScreen(job)) }
        case .jobs:
            guard let schedule = list.selected else { return }
            var filter = OperatorJobFilter()
            filter.scheduleID = schedule.id
            context.push(JobsScreen(JobPlace("Jobs of \(schedule.name)", filter)))
        case .pause:
            guard let schedule = list.selected else { return }
            isUndoing = false
            set(schedule.id, isPaused: !schedule.isPaused, &context)
        case .set(let id, let isPaused):
            isUndoing = true
            set(id, isPaused: isPaused, &context)
        case .run: if let schedule = list.selected { running.ask(.runSchedule(schedule.id), &context) }
        }
    }

    private mutating func set(_ id: UUID, isPaused: Bool, _ context: inout ScreenContext) {
        pausing.ask(isPaused ? .pauseSchedule(id) : .resumeSchedule(id), &context)
    }

    package mutating func resize(_ size: Size) { list.resize(visibleRows: size.rows - 1) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        list.point(atVisible: max(0, row - area.rows.lowerBound - 1))
    }

    package var vocabulary: [QueryField] { ScheduleColumns.vocabulary }

    // MARK: What it tells

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        list.draw(into: &frame, area, scope)
        guard list.shown.isEmpty else { return }
        EmptyList(
            subject: "schedules", isRead: schedules.value != nil, failure: schedules.failure,
            failingSince: schedules.failingSince, query: list.queryText
        ).draw(into: &frame, area.below(1), scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        let filter = list.queryText.isEmpty ? Segment("all") : Segment("/\(list.queryText)", .strong)
        return [filter, schedules.age(scope)]
    }

    package func status(_ scope: Scope) -> Segment? {
        if pausing.isWaiting || running.isWaiting { return Segment("Telling the server", .accent) }
        if let failure = schedules.failure { return Segment("Not current: \(failure.message)", .bad) }
        return list.selected.map { Segment("\($0.rule): \(RuleWords.text($0.rule)), UTC") }
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        list.selected.map { schedule in
            Explanation(
                schedule.name, definition: "Makes a job (\(schedule.kind) in \(schedule.queue)) again and again."
            )
            .value(schedule.isPaused ? "Paused." : "Next \(Formats.full(schedule.nextRunAt)).")
            .adding("Rule", "\(schedule.rule): \(RuleWords.text(schedule.rule)), in UTC.")
            .adding("Missed", schedule.catchUp.meaning)
            .adding("Last", schedule.last(scope))
            .source("The schedules of the ledger; every worker looks whether one is due, one of them makes the job.")
        }
    }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let schedule = list.selected else { return [] }
        var copies = [
            Copy("i", "identifier", schedule.id.lowercase), Copy("n", "name", schedule.name),
            Copy("r", "rule", schedule.rule),
        ]
        if let job = schedule.lastJobID { copies.append(Copy("j", "identifier of the last job", job.lowercase)) }
        return copies
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard schedules.value != nil else { return nil }
        let table = list.table(scope)
        return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(list.shown))
    }
}
