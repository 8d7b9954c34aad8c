import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// How the installation does now: how much runs, how well, how fast, at what cost, and what is wrong.
package struct DashboardScreen: Screen {
    /// What keys, menus and the palette can make it do.
    package enum Command: Sendable, Hashable {
        case nextPanel, previousPanel
        case open
        case windows, window(OperatorDashboardWindow)
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.tab), Key(.right), .character("l")], .nextPanel, hint: "panel", "Look at the next panel"),
        Binding([Key(.tab, .shift), Key(.left), .character("h")], .previousPanel, "Look at the panel before"),
        Binding([Key(.enter)], .open, hint: "open", "Open what is under the cursor"),
        Binding([.character("t")], .windows, hint: "window", "Choose how far back to look"),
    ]

    /// While something happens, what is shown is at most this old; while nothing does, the health of the daemons is.
    private static let busyInterval = Duration.seconds(2)
    private static let quietInterval = Duration.seconds(10)

    private(set) var board = Loadable<OperatorDashboard>()
    /// Only for what is wrong with them; the room of providers tells the rest.
    private var providers = Loadable<OperatorProviderList>()
    private(set) var window = OperatorDashboardWindow.hour
    private(set) var panel = DashboardPanel.throughput
    /// The row under the cursor, in panels that have rows.
    private(set) var row = 0
    /// Whether something happened that the numbers do not tell yet.
    private var isBehind = false
    private var size = Size(columns: 80, rows: 20)

    package init() {}

    package var title: String { Room.dashboard.title }
    package var isSettled: Bool { board.isSettled }
    package var failure: ServerFailure? { board.value == nil ? board.failure : nil }

    package func address(_ scope: Scope) -> [Segment] {
        var segments = [Segment("the last \(window.words)", .strong)]
        if let missing = board.value?.freshness.missing { segments.append(Segment(missing.reason, .caution)) }
        if let alarm = providers.value?.alarm { segments.append(alarm) }
        return segments + [board.age(scope)]
    }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open: board.value.map { DashboardItems($0).subject(panel, row) != nil } ?? false
        case .nextPanel, .previousPanel: board.value != nil
        case .windows, .window: true
        }
    }

    // MARK: Reading

    package mutating func appear(_ context: inout ScreenContext) {
        board.loadIfOlder(than: Self.busyInterval, .dashboard(window), &context)
        if context.scope.may(.providerRead) {
            providers.loadIfOlder(than: Self.quietInterval, .providers, &context)
        }
    }

    package mutating func refresh(_ context: inout ScreenContext) { board.load(.dashboard(window), &context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        providers.receive(answer, &context)
        guard board.receive(answer, &context) else { return }
        isBehind = false
        settle()
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        switch event {
        case .executionFinished, .noticed, .catalogueChanged: isBehind = true
        case .executionsTagged, .queuesChanged, .serverTime, .gap: break
        }
    }

    package mutating func tick(_ context: inout ScreenContext) {
        board.renew(after: interval, .dashboard(window), &context)
        providers.renew(after: Self.quietInterval, .providers, &context)
    }

    private var interval: Duration { isBehind ? Self.busyInterval : Self.quietInterval }

    package func wake(after now: Duration) -> Duration? { board.wake(renewingAfter: interval, now) }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .nextPanel: look(by: 1)
        case .previousPanel: look(by: -1)
        case .open:
            guard let value = board.value, let subject = DashboardItems(value).subject(panel, row) else { return }
            context.show(subject.room, query: subject.query)
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
        }
    }

    /// Panels that have no place on the screen are passed over.
    private mutating func look(by step: Int) {
        let shown = DashboardDivision(size: size).panels(of: board.value)
        guard let place = shown.firstIndex(of: panel) else {
            panel = shown.first ?? .throughput
            return
        }
        panel = shown[(place + step + shown.count) % shown.count]
        row = 0
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) {
        switch move {
        case .up: row -= 1
        case .down: row += 1
        case .pageUp, .start: row = 0
        case .pageDown, .end: row = .max
        }
        settle()
    }

    private mutating func settle() {
        let count = board.value.map { DashboardItems($0).count(panel) } ?? 0
        row = min(max(0, row), max(0, count - 1))
    }

    package mutating func resize(_ size: Size) {
        self.size = size
        let shown = DashboardDivision(size: size).panels(of: board.value)
        if !shown.contains(panel) { panel = shown.first ?? .throughput }
    }

    // MARK: What it tells

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        DashboardView(self, scope).draw(into: &frame, area)
    }

    package func status(_ scope: Scope) -> Segment? {
        board.failure.map { Segment("Not current: \($0.message)", .bad) }
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        board.value.map { DashboardExplanations($0, window, scope).explanation(panel, row) }
    }

    package func sheet(_ scope: Scope) -> Sheet? { board.value.map { DashboardSheet.of($0) } }
}

extension OperatorDashboardWindow {
    /// How people say it.
    var words: String {
        switch self {
        case .quarterHour: "15 minutes"
        case .hour: "hour"
        case .sixHours: "6 hours"
        case .day: "24 hours"
        case .week: "7 days"
        }
    }
}
