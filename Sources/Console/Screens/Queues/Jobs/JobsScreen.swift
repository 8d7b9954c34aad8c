import FoundationEssentials
package import Terminal
package import WireAPI

/// The jobs of the queues, however many: those on the screen are held, and change in their places.
package struct JobsScreen: ListScreen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case open, toggleDead, chooseState, state(String?)
        case askForJob, openJob(String)
        case deadLetters
        case job(JobCommand)
    }

    package static let bindings: [Binding<Command>] =
        [
            Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the job"),
            Binding([.character("!")], .toggleDead, hint: "dead", "Show only what was given up, or all again"),
            Binding([.character("t")], .chooseState, hint: "state", "Choose the state"),
            Binding([.character("d")], .deadLetters, "Show what was given up, by cause"),
            Binding([.character("#")], .askForJob, "Go to the job with an identifier"),
        ] + JobCommand.bindings(Command.job)

    /// How old what is shown may be: while something moves, and while nothing does.
    private static let busyInterval = Duration.seconds(2)
    private static let quietInterval = Duration.seconds(10)
    private static let pageRows = 100

    /// What the list was opened for, `nil` for all jobs.
    let place: JobPlace?
    package private(set) var list: PagedList<OperatorJobPage, OperatorJobRow>
    private(set) var counts = Loadable<OperatorJobCounts>()
    private var actions = JobActions(Command.job)
    private(set) var filterText = ""
    private var filter: OperatorJobFilter
    private var order = OperatorJobOrder.newest
    private var isBehind = false
    private var isBegun = false
    private var session = SessionWatch()

    /// All jobs, or those of something.
    package init(_ place: JobPlace? = nil) {
        self.place = place
        filter = place?.filter ?? OperatorJobFilter()
        list = PagedList(Self.source(filter, .newest)) {
            .init(rows: $0.results, next: $0.next, isSparse: $0.searchedThrough != nil)
        }
    }

    private static func source(
        _ filter: OperatorJobFilter, _ order: OperatorJobOrder
    ) -> PagedList<OperatorJobPage, OperatorJobRow>.Source {
        .init(
            page: { .jobs(filter, order: order, cursor: $0, limit: pageRows) },
            rows: { ids, _ in
                // Rows stay where they are although the filter would not show them any more.
                var shown = OperatorJobFilter()
                shown.ids = ids
                return .jobs(shown, order: order, limit: pageRows)
            }, isExact: true)
    }

    package var title: String { place?.title ?? "Jobs" }
    package var isSettled: Bool { list.isSettled }
    package var failure: ServerFailure? { list.loadedAt == nil ? list.failure : nil }

    /// What an action is about: what is marked, else the one under the cursor.
    private var targets: JobTargets? {
        if list.marks.isEverything { return .all(filter) }
        if !list.marks.ids.isEmpty { return .some(Array(list.marks.ids)) }
        return list.selected.map { .one($0) }
    }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open: list.selected != nil
        case .job(.act(let action)): targets?.allow(action) ?? false
        case .toggleDead, .chooseState, .state, .askForJob, .openJob, .deadLetters, .job: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        if session.hasChanged(context.scope) || !isBegun {
            actions = JobActions(Command.job)
            isBegun = true
            apply(query: filterText, &context)
        } else {
            list.renew(&context)
        }
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        list.renew(&context)
        counts.load(.jobCounts(filter), &context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if actions.receive(answer, &context) {
            list.mark(.none, &context)
            refresh(&context)
        }
        if list.receive(answer, &context) { isBehind = false }
        counts.receive(answer, &context)
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        switch event {
        case .queuesChanged(let news):
            let shown = filter.queues
            if shown.isEmpty || news.queues.contains(where: { shown.contains($0.name) }) { isBehind = true }
        case .executionFinished, .executionsTagged, .catalogueChanged, .noticed, .serverTime, .gap: break
        }
    }

    private var interval: Duration { isBehind ? Self.busyInterval : Self.quietInterval }

    package mutating func tick(_ context: inout ScreenContext) {
        guard let loadedAt = list.loadedAt, context.now - loadedAt >= interval else { return }
        list.renew(&context)
        counts.renew(after: Self.quietInterval, .jobCounts(filter), &context)
    }

    /// Ages and spans go on by themselves.
    package func wake(after now: Duration) -> Duration? {
        guard list.loadedAt != nil else { return list.failure == nil ? nil : now + .seconds(1) }
        return now + .seconds(1)
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open: if let job = list.selected { context.push(JobScreen(job.id, row: job, in: list.rows)) }
        case .toggleDead:
            var text = QueryText(filterText)
            text.set("state", text.contains("state:dead") ? nil : "dead")
            apply(query: text.text, &context)
        case .chooseState: context.present(Self.stateMenu(counts.value))
        case .state(let state):
            var text = QueryText(filterText)
            text.set("state", state)
            apply(query: text.text, &context)
        case .deadLetters: context.push(DeadLettersScreen(queue: filter.queues.count == 1 ? filter.queues[0] : nil))
        case .askForJob: context.present(TypedIdentifier.prompt(of: "a job", Command.openJob))
        case .openJob(let text): if let id = TypedIdentifier.find(in: text) { context.push(JobScreen(id)) }
        case .job(let command): actions.perform(command, on: targets, &context)
        }
    }

    private static func stateMenu(_ counts: OperatorJobCounts?) -> Menu {
        let items = OperatorJobState.allCases.enumerated().map { index, state in
            let count = counts?.states.first { $0.name == state.rawValue }?.count
            return Menu.Item(
                .character(Unicode.Scalar(UInt8(0x31 + index))), state.rawValue,
                detail: count.map { Formats.count($0) + (counts?.isCut == true ? "+" : "") } ?? "",
                Command.state(state.rawValue))
        }
        return Menu("Which state", items + [Menu.Item(.character("0"), "Any", Command.state(nil))])
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { list.move(move, &context) }
    package mutating func resize(_ size: Size) { list.resize(visibleRows: JobsDivision(size: size).listRows) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        let visible = row - area.rows.lowerBound - 1
        if (0..<JobsDivision(size: area.size).listRows).contains(visible) { list.point(atVisible: visible) }
    }

    // MARK: Filter, order and marks

    package var query: String { filterText }
    package var vocabulary: [QueryField] { JobQuery.vocabulary }
    package func problem(of query: String) -> String? { JobQuery.problem(of: query, in: place) }

    package mutating func apply(query: String, _ context: inout ScreenContext) {
        do {
            // Before the server has said its time, nothing could be read anyway.
            let date = context.scope.date ?? Date(timeIntervalSince1970: 0)
            filter = try JobQuery.filter(query, in: place, at: date)
        } catch {
            context.say(error.message, .bad)
            return
        }
        filterText = query
        select(&context)
    }

    private mutating func select(_ context: inout ScreenContext) {
        list.select(Self.source(filter, order), &context)
        counts = Loadable()
        counts.load(.jobCounts(filter), &context)
    }

    package var sortChoices: [SortChoice] { JobColumns.choices }
    package var sorting: Sorting { Sorting(column: JobColumns.creation, isDescending: order == .newest) }
    package mutating func apply(sorting: Sorting, _ context: inout ScreenContext) {
        let wanted: OperatorJobOrder = sorting.isDescending ? .newest : .oldest
        guard wanted != order else { return }
        order = wanted
        select(&context)
    }

    package var markCount: Int { list.marks.isEverything ? total?.count ?? 1 : list.marks.ids.count }
    package var markWords: String { JobsView.markWords(self) }
    package mutating func mark(_ change: MarkChange, _ context: inout ScreenContext) { list.mark(change, &context) }

    /// How many jobs match, as far as they were counted.
    var total: (count: Int, isCut: Bool)? {
        counts.value.map { ($0.states.map(\.count).reduce(0, +), $0.isCut) }
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        JobsView(self, scope).draw(into: &frame, area)
    }
    package func address(_ scope: Scope) -> [Segment] { JobsView(self, scope).address }
    package func status(_ scope: Scope) -> Segment? { actions.status ?? JobsView(self, scope).status }
    package func explanation(_ scope: Scope) -> Explanation? { list.selected.map { JobExplanation.of($0, scope) } }
    package func copies(_ scope: Scope) -> [Copy] { list.selected.map(JobCopies.of) ?? [] }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard list.loadedAt != nil else { return nil }
        return Sheet(
            titles: JobColumns.all.map(\.title),
            rows: list.rows.map { row in JobColumns.all.map { $0.text(row, scope) } }, json: Sheet.json(list.rows))
    }
}

/// What of a job can be copied.
enum JobCopies {
    static func of(_ job: OperatorJobRow) -> [Copy] {
        var copies = [Copy("i", "identifier", job.id.lowercase)]
        if let error = job.error { copies.append(Copy("e", "last error", error)) }
        if let batch = job.batchID { copies.append(Copy("b", "identifier of the batch", batch.lowercase)) }
        if let worker = job.worker { copies.append(Copy("w", "worker", worker)) }
        return copies
    }
}
