import Tenancy
package import Terminal
package import WireAPI

/// One provider that is open: why it does as it does, its models, its keys, its limits, and how it did over days.
package struct ProviderScreen: Screen {
    package typealias Command = ProviderCommand

    package static let bindings: [Binding<ProviderCommand>] = [
        Binding([Key(.tab), .character("]")], .nextTab, hint: "tab", "Go to the next tab"),
        Binding([Key(.tab, .shift), .character("[")], .previousTab, "Go to the tab before"),
        Binding([.character("t")], .chooseWindow, hint: "window", "Choose how far back the history goes"),
        Binding([.character("d")], .models, hint: "its models", "Show the models that it serves"),
        Binding(
            [.character("s")], .executions, hint: "executions", "Show the executions that the model answered",
            needs: .executionLogList),
        Binding(
            [.character("D")], .act(.drain), hint: "drain",
            "Take it, or the model under the cursor, out of service, or put it back", .action, needs: .providerUpdate),
        Binding(
            [.character("T")], .act(.test), hint: "test", "Ask one of its models something", .action,
            needs: .modelUpdate),
        Binding([.character("E")], .act(.edit), hint: "edit", "Change it", .action, needs: .providerUpdate),
        Binding(
            [.character("S")], .act(.setLimits), hint: "limits",
            "Set the limits of it, or of the model or the key under the cursor", .action, needs: .providerUpdate),
        Binding(
            [.character("A")], .act(.addKey), hint: "add key", "Add a key, which nobody sees again", .action,
            needs: .providerUpdate),
        Binding(
            [.character("R")], .act(.rotateKey), hint: "replace", "Put a new key in the place of the one here", .action,
            needs: .providerUpdate),
        Binding(
            [.character("U")], .act(.drainKey), "Use the key only while no other can be, or use it again", .action,
            needs: .providerUpdate),
        Binding(
            [.character("V")], .act(.revokeKey), "Revoke the key: it is never used again", .action,
            needs: .providerUpdate),
        Binding([.character("C")], .act(.deleteKey), "Delete the key", .action, needs: .providerUpdate),
        Binding([.character("K")], .act(.remove), "Delete the provider", .action, needs: .providerDelete),
    ]

    private static let freshness = Duration.seconds(5)
    private static let historyFreshness = Duration.seconds(60)

    /// As it was known when it was opened.
    private let opened: OperatorProvider
    private let kinds: [OperatorProviderKind]
    private let runsInstallation: Bool
    private(set) var detail = Loadable<OperatorProviderDetail>()
    private(set) var history = Loadable<OperatorProviderHistory>()
    private(set) var window = OperatorProviderHistory.Window.day
    private(set) var tab = ProviderTab.health
    private(set) var reader = Reader()
    private(set) var deployments = Listing(
        DeploymentColumns.all, sorting: Sorting(column: "health", isDescending: false),
        facts: { Query.Facts(words: [$0.upstreamModel]) })
    private(set) var keys = Listing(
        ProviderKeyColumns.all, sorting: Sorting(column: "created", isDescending: true),
        facts: { Query.Facts(words: [$0.name]) })
    private(set) var limits = Listing(
        ProviderLimitRow.columns, sorting: Sorting(column: "", isDescending: false),
        facts: { Query.Facts(words: [$0.name]) })
    private var actions = ProviderActions()
    private var session = SessionWatch()
    private var size = Size(columns: 80, rows: 20)
    private var isMoved = false
    private var scope: Scope?

    package init(
        _ provider: OperatorProvider, kinds: [OperatorProviderKind] = [], runsInstallation: Bool = false
    ) {
        opened = provider
        self.kinds = kinds
        self.runsInstallation = runsInstallation
    }

    var provider: OperatorProvider { detail.value?.provider ?? opened }
    var actionStatus: Segment? { actions.status }

    package var title: String { provider.name }
    package var isSettled: Bool { detail.isSettled }
    package var failure: ServerFailure? { detail.value == nil ? detail.failure : nil }

    /// What actions are about.
    private var aim: ProviderAim {
        var aim = ProviderAim(provider, kinds: kinds, runsInstallation: runsInstallation)
        aim.keys = detail.value?.keys
        switch tab {
        case .models: aim.deployment = deployments.selected
        case .keys: aim.key = keys.selected
        case .limits: aim.limit = limits.selected
        case .health, .history: break
        }
        return aim
    }

    package func can(_ command: ProviderCommand, _ scope: Scope) -> Bool {
        switch command {
        case .nextTab, .previousTab, .show: true
        case .chooseWindow: tab == .history
        case .models: scope.may(.modelRead)
        case .executions: tab == .models && deployments.selected != nil
        case .act(let action): ProviderActions.can(action, on: aim)
        case .open, .nextSection, .previousSection: false
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        scope = context.scope
        guard session.hasChanged(context.scope) else {
            detail.loadIfOlder(than: .seconds(1), .provider(opened.id), &context)
            return layOut()
        }
        actions = ProviderActions()
        refresh(&context)
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        detail.load(.provider(opened.id), &context)
        if tab == .history { history.load(.providerHistory(opened.id, window), &context) }
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        scope = context.scope
        switch actions.receive(answer, &context) {
        case .nothing: break
        case .changed: refresh(&context)
        case .removed: return context.pop()
        }
        history.receive(answer, &context)
        guard detail.receive(answer, &context) else { return }
        if let value = detail.value {
            deployments.set(value.deployments)
            // Until somebody chooses, what does worst is looked at.
            if !isMoved { deployments.move(.start) }
            keys.set(value.keys)
            limits.set(value.limits.map { ProviderLimitRow($0, keys: value.keys) })
        }
        layOut()
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        guard case .catalogueChanged(let change) = event, change.subject.kind == .provider,
            change.subject.id == opened.id.lowercase, !detail.isLoading
        else { return }
        detail.load(.provider(opened.id), delay: .milliseconds(300), &context)
    }

    package mutating func tick(_ context: inout ScreenContext) {
        scope = context.scope
        detail.renew(after: Self.freshness, .provider(opened.id), &context)
        if tab == .history {
            history.renew(after: Self.historyFreshness, .providerHistory(opened.id, window), &context)
        }
    }

    package func wake(after now: Duration) -> Duration? { detail.wake(renewingAfter: Self.freshness, now) }

    // MARK: Commands

    package mutating func perform(_ command: ProviderCommand, _ context: inout ScreenContext) {
        switch command {
        case .nextTab: step(1, &context)
        case .previousTab: step(-1, &context)
        case .models: context.push(ModelsScreen(servedBy: provider.name))
        case .executions: showExecutions(&context)
        case .chooseWindow:
            let items = OperatorProviderHistory.Window.allCases.enumerated().map { index, window in
                Menu.Item(
                    .character(Unicode.Scalar(UInt8(0x31 + index))), "The last \(window.words)",
                    ProviderCommand.show(window))
            }
            context.present(
                Menu(
                    "How far back", items,
                    cursor: OperatorProviderHistory.Window.allCases.firstIndex(of: window) ?? 0))
        case .show(let window):
            self.window = window
            history.load(.providerHistory(opened.id, window), &context)
        case .act(let action): actions.perform(action, on: aim, &context)
        case .open, .nextSection, .previousSection: break
        }
    }

    private mutating func step(_ count: Int, _ context: inout ScreenContext) {
        let tabs = ProviderTab.allCases
        let index = tabs.firstIndex(of: tab) ?? 0
        tab = tabs[(index + count + tabs.count) % tabs.count]
        if tab == .history {
            history.loadIfOlder(than: Self.historyFreshness, .providerHistory(opened.id, window), &context)
        }
    }

    private func showExecutions(_ context: inout ScreenContext) {
        guard let model = deployments.selected.map({ $0.models.first ?? $0.upstreamModel }),
            let name = QueryText.quoted(model)
        else { return }
        context.show(.executions, query: "model:\(name)")
    }

    // MARK: Moving and layout

    package mutating func move(_ move: Move, _ context: inout ScreenContext) {
        switch tab {
        case .health: reader.move(move)
        case .models:
            isMoved = true
            deployments.move(move)
        case .keys: keys.move(move)
        case .limits: limits.move(move)
        case .history: break
        }
    }

    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        let index = max(0, row - area.rows.lowerBound - 1)
        switch tab {
        case .models:
            isMoved = true
            deployments.point(atVisible: index)
        case .keys: keys.point(atVisible: index)
        case .limits: limits.point(atVisible: index)
        case .health, .history: break
        }
    }

    package mutating func resize(_ size: Size) {
        self.size = size
        layOut()
    }

    private mutating func layOut() {
        let division = ProviderDivision(size: size, hasFigures: provider.figures != nil)
        reader.resize(rows: division.textRows)
        deployments.resize(visibleRows: ProviderDivision.tableRows(size, count: deployments.shown.count) - 1)
        keys.resize(visibleRows: size.rows - 1)
        limits.resize(visibleRows: size.rows - 1)
        guard let value = detail.value, let scope else { return }
        reader.show(ProviderDocument(value, width: division.textWidth, scope).document)
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        ProviderView(self, scope).draw(into: &frame, area)
    }
}

/// How the body is divided while a provider's health is shown.
struct ProviderDivision: Sendable, Hashable {
    let textWidth: Int
    let textRows: Int
    /// Columns of the charts beside the text, 0 for none.
    let chartWidth: Int
    /// Rows of the chart below the text, 0 for none.
    let chartRows: Int

    init(size: Size, hasFigures: Bool) {
        let isWide = size.columns >= 110 && hasFigures
        chartWidth = isWide ? size.columns * 2 / 5 : 0
        chartRows = !isWide && hasFigures && size.rows >= 18 ? 8 : 0
        textWidth = min(112, max(1, size.columns - 2 - (isWide ? chartWidth + 2 : 0)))
        textRows = max(1, size.rows - chartRows)
    }

    /// Rows of a table with its titles, above what is told of the row under the cursor.
    static func tableRows(_ size: Size, count: Int) -> Int {
        size.rows < 16 ? size.rows : max(4, min(count + 2, size.rows / 2))
    }
}
