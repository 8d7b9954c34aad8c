import FoundationEssentials
package import Terminal
package import WireAPI

/// Jobs that were given up, by cause: what to mend, and what to retry when it is mended.
package struct DeadLettersScreen: ListingScreen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case open, sample
        case job(JobCommand)
    }

    package static let bindings: [Binding<Command>] =
        [
            Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Show the jobs of this cause"),
            Binding([.character("s")], .sample, hint: "sample", "Open the last job of this cause"),
        ]
        + JobCommand.bindings(Command.job).filter {
            $0.command == .job(.act(.retry)) || $0.command == .job(.act(.delete))
        }

    private static let interval = Duration.seconds(10)

    private let queue: String?
    package var list: Listing<OperatorDeadLetters.Group> = Listing(
        DeadLetterColumns.all, sorting: Sorting(column: "count", isDescending: true), facts: DeadLetterColumns.facts)
    private var letters = Loadable<OperatorDeadLetters>()
    private var actions = JobActions(Command.job)

    /// Of one queue, or of all.
    package init(queue: String? = nil) { self.queue = queue }

    package var title: String { queue.map { "Given up in \($0)" } ?? "Given up" }
    package var isSettled: Bool { letters.isSettled }
    package var failure: ServerFailure? { letters.value == nil ? letters.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool { list.selected != nil }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        letters.loadIfOlder(than: Self.interval, .deadLetters(queue: queue), &context)
    }
    package mutating func refresh(_ context: inout ScreenContext) { letters.load(.deadLetters(queue: queue), &context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if actions.receive(answer, &context) { refresh(&context) }
        if letters.receive(answer, &context) { list.set(letters.value?.groups ?? []) }
    }

    package mutating func tick(_ context: inout ScreenContext) {
        letters.renew(after: Self.interval, .deadLetters(queue: queue), &context)
    }
    package func wake(after now: Duration) -> Duration? { letters.wake(renewingAfter: Self.interval, now) }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        guard let group = list.selected else { return }
        switch command {
        case .open: if let place = group.place { context.push(JobsScreen(place)) }
        case .sample: context.push(JobScreen(group.sample.id, row: group.sample))
        case .job(let command): actions.perform(command, on: group.place.map { .all($0.filter) }, &context)
        }
    }

    package mutating func resize(_ size: Size) { list.resize(visibleRows: size.rows - 1) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        list.point(atVisible: max(0, row - area.rows.lowerBound - 1))
    }

    package var vocabulary: [QueryField] { DeadLetterColumns.vocabulary }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        list.draw(into: &frame, area, scope)
        guard list.shown.isEmpty else { return }
        EmptyList(
            subject: "causes", isRead: letters.value != nil, failure: letters.failure,
            failingSince: letters.failingSince, query: list.queryText, nothing: "Nothing was given up."
        ).draw(into: &frame, area.below(1), scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        let filter = list.queryText.isEmpty ? Segment("all causes") : Segment("/\(list.queryText)", .strong)
        guard let value = letters.value else { return [filter, letters.age(scope)] }
        let count = "\(Formats.count(value.count)) jobs\(value.isCut ? ", the newest by cause" : "")"
        return [filter, Segment(count, value.count > 0 ? .bad : .quiet), letters.age(scope)]
    }

    package func status(_ scope: Scope) -> Segment? {
        actions.status ?? list.selected.map { Segment(JobWords.advice($0.errorClass)) }
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        list.selected.map { group in
            Explanation(
                "Given up",
                definition:
                    "Jobs that failed for good for one cause: errors that differ only in what stands as # or … here."
            )
            .value("\(Formats.count(group.count)) of \(group.kind) in \(group.queue)", .bad)
            .why(group.cause)
            .adding("Advice", JobWords.advice(group.errorClass))
            .window("First \(Formats.dayAndTime(group.firstAt)), last \(Formats.dayAndTime(group.lastAt)) UTC.")
            .source("The ledger of jobs. R retries the whole group, D forgets it; both count first.")
        }
    }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let group = list.selected else { return [] }
        return [
            Copy("c", "cause", group.cause), Copy("e", "error of the last one", group.sample.error ?? ""),
            Copy("i", "identifier of the last one", group.sample.id.lowercase),
        ]
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard letters.value != nil else { return nil }
        let table = list.table(scope)
        return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(list.shown))
    }
}

extension OperatorDeadLetters.Group: Identifiable {
    package var id: [String] { [queue, kind, errorClass ?? "", cause] }

    /// The jobs of the group; `nil` when the server says something that is not understood.
    var place: JobPlace? {
        do {
            let filter = try OperatorJobFilter(parameters: filter.map { ($0.name, $0.value) })
            return JobPlace("Given up: \(errorClass?.replacing("_", with: " ") ?? cause)", filter)
        } catch {
            return nil
        }
    }
}
