import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// The batches: how far each is, what it costs, and when it will have ended.
package struct BatchesScreen: ListScreen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case open, jobs, scores, toggleOpen, new
        case batch(BatchCommand)
    }

    package static let bindings: [Binding<Command>] =
        [
            Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the batch"),
            Binding([.character("s")], .jobs, hint: "jobs", "Show its jobs"),
            Binding([.character("i")], .scores, hint: "scores", "Show what came of its items"),
            Binding(
                [.character("N")], .new, "Start a batch: go to the datasets, where B starts one", .action,
                needs: .evaluatorExecute),
            Binding([.character("!")], .toggleOpen, hint: "open ones", "Show only what has not ended, or all again"),
        ] + BatchCommand.bindings(Command.batch)

    private static let interval = Duration.seconds(2)
    private static let pageRows = 100
    private static let openStates = "expanding,open,cancelling"

    package private(set) var list = PagedList(Self.source([])) { .init(rows: $0.results, next: $0.next) }
    private var actions = BatchActions(Command.batch)
    private var filterText = ""

    package init() {}

    private static func source(_ states: [OperatorBatch.State]) -> PagedList<OperatorBatchPage, OperatorBatch>.Source {
        .init(
            page: { .batches(states, cursor: $0, limit: pageRows) },
            rows: { _, cursor in .batches(states, cursor: cursor, limit: pageRows) })
    }

    package var title: String { "Batches" }
    package var isSettled: Bool { list.isSettled }
    package var failure: ServerFailure? { list.loadedAt == nil ? list.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open, .jobs: list.selected != nil
        case .scores: list.selected?.hasScores ?? false
        case .batch(let action): BatchActions<Command>.can(action, on: list.selected)
        case .toggleOpen, .new: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        if list.isSettled { list.renew(&context) } else { list.load(&context) }
    }
    package mutating func refresh(_ context: inout ScreenContext) { list.renew(&context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if actions.receive(answer, &context) != nil { refresh(&context) }
        _ = list.receive(answer, &context)
    }

    package mutating func tick(_ context: inout ScreenContext) {
        guard let loadedAt = list.loadedAt, context.now - loadedAt >= Self.interval else { return }
        // What has ended does not change any more.
        if list.isFollowing || list.rows.contains(where: { $0.state != .ended }) { list.renew(&context) }
    }
    package func wake(after now: Duration) -> Duration? { now + .seconds(1) }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open: if let batch = list.selected { context.push(BatchScreen(batch)) }
        case .jobs: if let batch = list.selected { context.push(JobsScreen(.of(batch: batch.id, name: batch.label))) }
        case .scores:
            if let batch = list.selected { context.show(.executions, query: "batch:\(batch.id.lowercase)") }
        case .new:
            context.go(.datasets)
            context.say("Open the dataset; there B executes evaluators or a judge on its items")
        case .toggleOpen:
            var text = QueryText(filterText)
            text.set("state", text.contains("state:\(Self.openStates)") ? nil : Self.openStates)
            apply(query: text.text, &context)
        case .batch(let action): actions.perform(action, on: list.selected, &context)
        }
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { list.move(move, &context) }
    package mutating func resize(_ size: Size) { list.resize(visibleRows: size.rows - 1) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        list.point(atVisible: max(0, row - area.rows.lowerBound - 1))
    }

    // MARK: Filter

    package var query: String { filterText }
    package var vocabulary: [QueryField] { BatchQuery.vocabulary }
    package func problem(of query: String) -> String? {
        do {
            _ = try BatchQuery.states(query)
            return nil
        } catch {
            return error.message
        }
    }
    package mutating func apply(query: String, _ context: inout ScreenContext) {
        do {
            list.select(Self.source(try BatchQuery.states(query)), &context)
            filterText = query
        } catch {
            context.say(error.message, .bad)
        }
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        list.draw(BatchColumns.all, sorting: nil, into: &frame, area, scope)
        guard list.rows.isEmpty else { return }
        EmptyList(
            subject: "batches", isRead: list.loadedAt != nil, failure: list.failure, failingSince: list.failingSince,
            query: filterText, hint: "In a dataset, B executes something on its items."
        ).draw(into: &frame, area.below(1), scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        let filter = filterText.isEmpty ? Segment("all, the newest first") : Segment("/\(filterText)", .strong)
        return [
            filter,
            .held(
                shown: list.rows.count, of: list.rows.count, isCut: !list.isWhole, loadedAt: list.loadedAt,
                failingSince: list.failingSince, scope),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let status = actions.status { return status }
        if let failure = list.failure { return Segment("Not read: \(failure.message)", .bad) }
        return list.selected.map { Segment($0.sum) }
    }

    package func explanation(_ scope: Scope) -> Explanation? { list.selected.map { $0.explanation(scope) } }

    package func copies(_ scope: Scope) -> [Copy] {
        list.selected.map { [Copy("i", "identifier", $0.id.lowercase), Copy("n", "name", $0.label)] } ?? []
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard list.loadedAt != nil else { return nil }
        return Sheet(
            titles: BatchColumns.all.map(\.title),
            rows: list.rows.map { row in BatchColumns.all.map { $0.text(row, scope) } }, json: Sheet.json(list.rows))
    }
}

extension JobPlace {
    /// The jobs of a batch, of all states or of some.
    static func of(batch id: UUID, name: String, states: [OperatorJobState] = []) -> JobPlace {
        var filter = OperatorJobFilter()
        filter.batchID = id
        filter.states = states
        let what = states.isEmpty ? "Jobs" : states.map { $0.rawValue.capitalized }.joined(separator: ", ")
        return JobPlace("\(what) of \(name)", filter)
    }
}
