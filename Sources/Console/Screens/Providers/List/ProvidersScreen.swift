import Tenancy
package import Terminal
package import WireAPI

/// The providers of models: how each does now, and what is wrong with those that do badly.
package struct ProvidersScreen: HeldListScreen {
    package typealias Command = ProviderCommand

    package static let bindings: [Binding<ProviderCommand>] = [
        Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the provider"),
        Binding(
            [Key(.tab), .character("]")], .nextSection, hint: "models, prices…",
            "Go on to models, prices, budgets, spending"),
        Binding([Key(.tab, .shift), .character("[")], .previousSection, "Go to the list before"),
        Binding([.character("d")], .models, hint: "its models", "Show the models that it serves"),
        Binding(
            [.character("D")], .act(.drain), hint: "drain", "Take it out of service, or put it back", .action,
            needs: .providerUpdate),
        Binding(
            [.character("T")], .act(.test), hint: "test", "Ask one of its models something", .action,
            needs: .modelUpdate),
        Binding([.character("E")], .act(.edit), hint: "edit", "Change it", .action, needs: .providerUpdate),
        Binding([.character("N")], .act(.add), hint: "new", "Add a provider", .action, needs: .providerCreate),
        Binding(
            [.character("A")], .act(.addKey), "Add a key, which nobody sees again", .action, needs: .providerUpdate),
        Binding(
            [.character("P")], .act(.probe), "Find out what a server can do, and add its model", .action,
            needs: .modelUpdate),
        Binding([.character("K")], .act(.remove), "Delete it", .action, needs: .providerDelete),
    ]

    package var held = HeldList(
        of: "providers", OperatorRequest<OperatorProviderList>.providers, freshness: .seconds(5),
        Listing(
            ProviderColumns.all, sorting: Sorting(column: "health", isDescending: false), facts: ProviderQuery.facts),
        ProviderQuery.vocabulary, rows: { $0.results })
    private var actions = ProviderActions()
    private var size = Size(columns: 80, rows: 20)

    package init() {}

    package var title: String { Room.providers.title }

    package func can(_ command: ProviderCommand, _ scope: Scope) -> Bool {
        switch command {
        case .nextSection, .previousSection: ProviderSection.offered(scope).count > 1
        case .open: held.selected != nil
        case .models: held.selected != nil && scope.may(.modelRead)
        case .act(let action): ProviderActions.can(action, on: aim)
        case .nextTab, .previousTab, .executions, .chooseWindow, .show: false
        }
    }

    /// What actions are about.
    private var aim: ProviderAim {
        ProviderAim(held.selected, kinds: held.value?.kinds, runsInstallation: held.value?.runsInstallation)
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        if held.appear(&context) { actions = ProviderActions() }
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if actions.receive(answer, &context) != .nothing { held.load(&context) }
        if held.receive(answer, &context) { resize(size) }
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        held.hear(event, [.provider, .model], &context)
    }

    // MARK: Commands

    package mutating func perform(_ command: ProviderCommand, _ context: inout ScreenContext) {
        switch command {
        case .open: open(&context)
        case .nextSection: context.step(from: .providers, by: 1)
        case .previousSection: context.step(from: .providers, by: -1)
        case .models: if let provider = held.selected { context.push(ModelsScreen(servedBy: provider.name)) }
        case .act(let action): actions.perform(action, on: aim, &context)
        case .nextTab, .previousTab, .executions, .chooseWindow, .show: break
        }
    }

    private func open(_ context: inout ScreenContext) {
        guard let provider = held.selected else { return }
        context.push(
            ProviderScreen(
                provider, kinds: held.value?.kinds ?? [], runsInstallation: held.value?.runsInstallation ?? false))
    }

    package mutating func resize(_ size: Size) {
        self.size = size
        held.resize(visibleRows: division.listRows - 1)
    }

    private var division: ProvidersDivision { ProvidersDivision(size: size, count: held.list.shown.count) }

    package mutating func apply(query: String, _ context: inout ScreenContext) {
        held.apply(query: query, &context)
        resize(size)
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        let division = ProvidersDivision(size: area.size, count: held.list.shown.count)
        let hint = scope.may(.providerCreate) ? "N adds the first one." : ""
        held.draw(into: &frame, area.top(division.listRows), hint: hint, scope)
        guard let provider = held.selected, division.previewRows > 0 else { return }
        ProviderPreview(provider, scope).draw(into: &frame, area.below(division.listRows))
    }

    package func address(_ scope: Scope) -> [Segment] {
        let segments = ProviderSection.providers.segments(scope)
        let warning = held.value?.proxies.warning.map { [$0] } ?? []
        return segments + warning + held.address(scope)
    }

    package func status(_ scope: Scope) -> Segment? {
        if let status = actions.status { return status }
        guard let provider = held.selected else { return nil }
        if let drain = provider.drain { return Segment("\(provider.name): \(drain.sentence(scope))", .caution) }
        // Where there is room, it stands below the list.
        guard division.previewRows == 0 else { return nil }
        return provider.health.map { Segment("\(provider.name): \($0.sentence)", $0.condition.ink) }
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        held.selected.map { ProviderExplanation.of($0, held.value?.proxies, scope) }
    }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let provider = held.selected else { return [] }
        return ProviderCopies.of(provider)
    }
}

/// What can be copied of a provider; its keys cannot.
enum ProviderCopies {
    static func of(_ provider: OperatorProvider) -> [Copy] {
        var copies = [Copy("i", "identifier", provider.id.lowercase), Copy("n", "name", provider.name)]
        if let url = provider.url { copies.append(Copy("u", "address", url)) }
        if let health = provider.health {
            copies.append(Copy("h", "how it does", "\(health.words): \(health.sentence)"))
        }
        return copies
    }
}

/// How the body is divided between the list and the provider under the cursor.
struct ProvidersDivision: Sendable, Hashable {
    /// Rows of the list with its titles.
    let listRows: Int
    /// Rows of what is told of the provider under the cursor, 0 for nothing.
    let previewRows: Int

    init(size: Size, count: Int) {
        guard size.rows >= 16 else {
            listRows = size.rows
            previewRows = 0
            return
        }
        listRows = max(4, min(count + 2, size.rows * 9 / 20))
        previewRows = size.rows - listRows
    }
}
