import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// The endpoints that are told of events: how each does, and what waits for it.
package struct WebhooksScreen: ListingScreen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case open
        case act(WebhookAction)
    }

    package static let bindings: [Binding<Command>] =
        [
            Binding(
                [Key(.enter), Key(.right), .character("l")], .open, hint: "open",
                "Open it: what it was told, and its answers"),
            Binding(
                [.character("A")], .act(.add), hint: "add", "Add a webhook; its secret is shown once", .action,
                needs: .webhookUpdate),
        ] + WebhookAction.bindings(Command.act)

    private static let interval = Duration.seconds(5)

    package var list = Listing(
        WebhookColumns.all, sorting: Sorting(column: "name", isDescending: false), facts: WebhookColumns.facts)
    private var webhooks = Loadable<OperatorWebhookList>()
    private var actions = WebhookActions()
    private var session = SessionWatch()

    package init() {}

    package var title: String { Room.webhooks.title }
    package var isSettled: Bool { webhooks.isSettled }
    package var failure: ServerFailure? { webhooks.value == nil ? webhooks.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .act(.add), .act(.set), .act(.removeAgreed): true
        case .open, .act(.edit), .act(.test), .act(.pause), .act(.rotate), .act(.remove): list.selected != nil
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        if session.hasChanged(context.scope) {
            actions = WebhookActions()
            webhooks.load(.webhooks, &context)
        } else {
            webhooks.loadIfOlder(than: .seconds(1), .webhooks, &context)
        }
    }
    package mutating func refresh(_ context: inout ScreenContext) { webhooks.load(.webhooks, &context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        switch actions.receive(answer, &context, Command.act) {
        case .nothing: break
        case .changed, .removed: refresh(&context)
        }
        if webhooks.receive(answer, &context) { list.set(webhooks.value?.results ?? []) }
    }

    package mutating func tick(_ context: inout ScreenContext) {
        webhooks.renew(after: Self.interval, .webhooks, &context)
    }
    package func wake(after now: Duration) -> Duration? { webhooks.wake(renewingAfter: Self.interval, now) }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        let types = webhooks.value?.eventTypes ?? []
        switch command {
        case .open: if let webhook = list.selected { context.push(WebhookScreen(webhook, eventTypes: types)) }
        case .act(let action):
            actions.perform(action, on: list.selected, eventTypes: types, &context, Command.act)
        }
    }

    package mutating func resize(_ size: Size) { list.resize(visibleRows: size.rows - 1) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        list.point(atVisible: max(0, row - area.rows.lowerBound - 1))
    }

    package var vocabulary: [QueryField] { WebhookColumns.vocabulary }

    // MARK: What it tells

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        list.draw(into: &frame, area, scope)
        guard list.shown.isEmpty else { return }
        EmptyList(
            subject: "webhooks", isRead: webhooks.value != nil, failure: webhooks.failure,
            failingSince: webhooks.failingSince, query: list.queryText,
            nothing: "Nobody is told of anything yet.", hint: scope.may(.webhookUpdate) ? "A adds a webhook." : ""
        ).draw(into: &frame, area.below(1), scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        var segments = [list.queryText.isEmpty ? Segment("all") : Segment("/\(list.queryText)", .strong)]
        if let all = webhooks.value?.results {
            let failing = all.count { $0.health.failingSince != nil || $0.state == .disabled }
            if failing > 0 { segments.append(Segment("\(failing) of \(all.count) not well", .bad)) }
        }
        return segments + [webhooks.age(scope)]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let status = actions.status { return status }
        if let failure = webhooks.failure { return Segment("Not current: \(failure.message)", .bad) }
        return list.selected.map { Segment("\($0.url)  \($0.standing(scope).text)", $0.standing(scope).ink) }
    }

    package func explanation(_ scope: Scope) -> Explanation? { list.selected.map { $0.explanation(scope) } }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let webhook = list.selected else { return [] }
        return [
            Copy("i", "identifier", webhook.id.lowercase), Copy("n", "name", webhook.name),
            Copy("u", "address", webhook.url),
        ]
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard webhooks.value != nil else { return nil }
        let table = list.table(scope)
        return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(list.shown))
    }
}
