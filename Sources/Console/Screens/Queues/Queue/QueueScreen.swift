import FoundationEssentials
package import Terminal
package import WireAPI

/// One queue that is open: its numbers over time, whose jobs wait in it, and what holds them back.
package struct QueueScreen: Screen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case nextTab, previousTab
        case open, jobs, deadLetters
        case windows, window(OperatorDashboardWindow)
        case control(QueueControlAction)
    }

    package static let bindings: [Binding<Command>] =
        [
            Binding([Key(.tab), .character("]")], .nextTab, hint: "tab", "Go to the next tab"),
            Binding([Key(.tab, .shift), .character("[")], .previousTab, "Go to the tab before"),
            Binding(
                [Key(.enter)], .open, hint: "open", "Show the jobs of whoever is under the cursor, or of the queue"),
            Binding([.character("s")], .jobs, hint: "jobs", "Show the queue's jobs"),
            Binding([.character("d")], .deadLetters, "Show what was given up in it, by cause"),
            Binding([.character("t")], .windows, hint: "window", "Choose how far back to look"),
        ] + QueueControlAction.bindings(Command.control)

    private static let busyInterval = Duration.seconds(2)
    private static let quietInterval = Duration.seconds(10)

    package let name: String
    package private(set) var tab = QueueTab.overview
    private(set) var content = Loadable<OperatorQueueDetail>()
    private(set) var window = OperatorDashboardWindow.hour
    package private(set) var tenants = Listing(
        TenantColumns.all, sorting: Sorting(column: "waiting", isDescending: true), facts: TenantColumns.facts)
    package private(set) var limits = Listing(
        LimitColumns.all, sorting: Sorting(column: "name", isDescending: false), facts: LimitColumns.facts)
    private var controls = QueueControls(Command.control)
    private var isBehind = false

    package init(_ name: String) { self.name = name }

    package var title: String { name }
    package var isSettled: Bool { content.isSettled }
    package var failure: ServerFailure? { content.value == nil ? content.failure : nil }

    /// The queue as a row of the list.
    var row: QueueRow? { content.value.map { QueueRow(queue: $0.queue, countedAt: $0.countedAt) } }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .control: !targets.isEmpty
        case .open:
            switch tab {
            case .overview: true
            case .tenants: tenants.selected?.place(in: name) != nil
            case .limits: false
            }
        case .nextTab, .previousTab, .jobs, .deadLetters, .windows, .window: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        content.loadIfOlder(than: Self.busyInterval, .queue(name, window: window), &context)
    }
    package mutating func refresh(_ context: inout ScreenContext) {
        content.load(.queue(name, window: window), &context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if controls.receive(answer, &context) { refresh(&context) }
        guard content.receive(answer, &context), let value = content.value else { return }
        isBehind = false
        tenants.set(value.tenants.map { TenantRow(tenant: $0, countedAt: value.countedAt) })
        limits.set(value.limits)
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        switch event {
        case .queuesChanged(let news): if news.queues.contains(where: { $0.name == name }) { isBehind = true }
        case .executionFinished, .executionsTagged, .catalogueChanged, .noticed, .serverTime, .gap: break
        }
    }

    private var interval: Duration { isBehind ? Self.busyInterval : Self.quietInterval }

    package mutating func tick(_ context: inout ScreenContext) {
        content.renew(after: interval, .queue(name, window: window), &context)
    }

    package func wake(after now: Duration) -> Duration? {
        let next = content.wake(renewingAfter: interval, now)
        guard row?.queue.waiting ?? 0 > 0 else { return next }
        return min(next ?? now + .seconds(1), now + .seconds(1))
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .nextTab: step(1)
        case .previousTab: step(-1)
        case .open:
            let place = tab == .tenants ? tenants.selected?.place(in: name) : .of(queue: name)
            if let place { context.push(JobsScreen(place)) }
        case .jobs: context.push(JobsScreen(.of(queue: name)))
        case .deadLetters: context.push(DeadLettersScreen(queue: name))
        case .windows:
            let all = OperatorDashboardWindow.allCases
            let items = all.enumerated().map { index, window in
                Menu.Item(
                    .character(Unicode.Scalar(UInt8(0x31 + index))), "The last \(window.words)", Command.window(window))
            }
            context.present(Menu("How far back", items, cursor: all.firstIndex(of: window) ?? 0))
        case .window(let window):
            self.window = window
            refresh(&context)
        case .control(let action): controls.perform(action, on: targets, &context)
        }
    }

    /// What is decided about: the queue itself, or whoever is under the cursor.
    private var targets: [QueueControlAction.Target] {
        switch tab {
        case .overview: row.map { [.init(name: name, control: $0.queue.control)] } ?? []
        case .tenants: tenants.selected?.targets ?? []
        case .limits: limits.selected.map { [$0.target] } ?? []
        }
    }

    private mutating func step(_ step: Int) {
        let all = QueueTab.allCases
        let place = all.firstIndex(of: tab) ?? 0
        tab = all[(place + step + all.count) % all.count]
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) {
        switch tab {
        case .overview: break
        case .tenants: tenants.move(move)
        case .limits: limits.move(move)
        }
    }

    package mutating func resize(_ size: Size) {
        tenants.resize(visibleRows: size.rows - 1)
        limits.resize(visibleRows: size.rows - 1)
    }

    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        let visible = max(0, row - area.rows.lowerBound - 1)
        switch tab {
        case .overview: break
        case .tenants: tenants.point(atVisible: visible)
        case .limits: limits.point(atVisible: visible)
        }
    }

    // MARK: What it tells

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        QueueView(self, scope).draw(into: &frame, area)
    }

    package func address(_ scope: Scope) -> [Segment] {
        let tabs = QueueTab.allCases.map { $0 == tab ? Segment("[\($0.title)]", .strong) : Segment($0.title) }
        let state = row.map { [Segment($0.condition.word, $0.condition.ink)] } ?? []
        return tabs + state + [Segment("the last \(window.words)"), content.age(scope)]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let status = controls.status { return status }
        if let failure = content.failure { return Segment("Not current: \(failure.message)", .bad) }
        switch tab {
        case .overview: return row?.queue.control.sentence(scope).map { Segment($0, .caution) }
        case .tenants:
            if content.value?.tenantsAreCut == true { return Segment("Only those with the most waiting are listed") }
            return tenants.selected.flatMap { $0.sentence(scope) }.map { Segment($0, .caution) }
        case .limits: return limits.selected?.reason.map { Segment($0, .caution) }
        }
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        switch tab {
        case .overview: row.map { QueueExplanation.of($0, scope) }
        case .tenants: tenants.selected.map { $0.explanation(scope) }
        case .limits: limits.selected.map { $0.explanation(scope) }
        }
    }

    package func copies(_ scope: Scope) -> [Copy] {
        var copies = [Copy("n", "name", name)]
        if tab == .tenants, let tenant = tenants.selected?.tenant {
            if let organization = tenant.organization {
                copies.append(Copy("o", "organisation", organization.id.lowercase))
            }
            if let project = tenant.project { copies.append(Copy("p", "project", project.id.lowercase)) }
        }
        if tab == .limits, let limit = limits.selected { copies.append(Copy("l", "limit", limit.subject)) }
        return copies
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard let detail = content.value, let row else { return nil }
        switch tab {
        case .overview:
            return Sheet(
                titles: ["WHAT", "VALUE"], rows: QueueLines(row, scope).lines.map { [$0.label, $0.text] },
                json: Sheet.json(detail))
        case .tenants:
            let table = tenants.table(scope)
            return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(detail.tenants))
        case .limits:
            let table = limits.table(scope)
            return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(detail.limits))
        }
    }
}
