import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// One endpoint that is open: how it does, and what it was told lately with what it answered.
package struct WebhookScreen: Screen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case open, nextState, redeliver, redeliverAll
        case redeliverAgreed(OperatorWebhookDelivery.State)
        case act(WebhookAction)
    }

    package static let bindings: [Binding<Command>] =
        [
            Binding(
                [Key(.enter), Key(.right), .character("l")], .open, hint: "open",
                "Open the delivery: attempts and payload"),
            Binding([.character("s")], .nextState, hint: "state", "Show only those in the next state, or all again"),
            Binding(
                [.character("D")], .redeliver, hint: "redeliver", "Send the delivery again, or now", .action,
                needs: .webhookUpdate),
            Binding(
                [.character("R")], .redeliverAll, "Send all again that are in the state that is shown", .action,
                needs: .webhookUpdate),
        ] + WebhookAction.bindings(Command.act)

    private static let interval = Duration.seconds(3)
    private static let page = 100
    private static let headRows = 5

    private let eventTypes: [String]
    private var webhook: OperatorWebhook
    private var content = Loadable<OperatorWebhook>()
    private var deliveries = Loadable<OperatorWebhookDeliveryPage>()
    private var state: OperatorWebhookDelivery.State?
    private var redelivering = Awaited<OperatorRedeliveryReceipt>()
    private var actions = WebhookActions()
    private var session = SessionWatch()
    private var rows = Listing(
        DeliveryColumns.all, sorting: Sorting(column: "created", isDescending: true), facts: DeliveryColumns.facts)

    init(_ webhook: OperatorWebhook, eventTypes: [String]) {
        self.webhook = webhook
        self.eventTypes = eventTypes
    }

    package var title: String { webhook.name }
    package var isSettled: Bool { content.isSettled && deliveries.isSettled }
    package var failure: ServerFailure? { deliveries.value == nil ? deliveries.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open, .redeliver: rows.selected != nil
        case .redeliverAll: state != nil && !rows.shown.isEmpty
        case .nextState, .redeliverAgreed: true
        case .act(let action): action != .add
        }
    }

    // MARK: Data

    private var request: OperatorRequest<OperatorWebhookDeliveryPage> {
        .webhookDeliveries(webhook.id, in: state, pageSize: Self.page)
    }

    package mutating func appear(_ context: inout ScreenContext) {
        if session.hasChanged(context.scope) {
            actions = WebhookActions()
            redelivering.forget()
        }
        content.loadIfOlder(than: .seconds(1), .webhook(webhook.id), &context)
        deliveries.loadIfOlder(than: .seconds(1), request, &context)
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        content.load(.webhook(webhook.id), &context)
        deliveries.load(request, &context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        switch actions.receive(answer, &context, Command.act) {
        case .nothing: break
        case .changed: refresh(&context)
        case .removed: return context.pop()
        }
        if let result = redelivering.take(answer) {
            switch result {
            case .success(let receipt):
                let what =
                    receipt.redelivered == 1 ? "1 delivery is" : "\(Formats.count(receipt.redelivered)) deliveries are"
                context.say("\(what) sent again", .good)
                refresh(&context)
            case .failure(let failure): context.say("Nothing is sent again: \(failure.message)", .bad)
            }
        }
        if content.receive(answer, &context), let value = content.value { webhook = value }
        if deliveries.receive(answer, &context) { rows.set(deliveries.value?.results ?? []) }
    }

    package mutating func tick(_ context: inout ScreenContext) {
        content.renew(after: Self.interval, .webhook(webhook.id), &context)
        deliveries.renew(after: Self.interval, request, &context)
    }
    package func wake(after now: Duration) -> Duration? { deliveries.wake(renewingAfter: Self.interval, now) }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open:
            if let delivery = rows.selected { context.push(DeliveryScreen(delivery, of: webhook)) }
        case .nextState:
            let all = OperatorWebhookDelivery.State.allCases
            let next = state.map { all.firstIndex(of: $0) ?? 0 }.map { $0 + 1 } ?? 0
            state = next < all.count ? all[next] : nil
            deliveries = Loadable()
            rows.set([])
            deliveries.load(request, &context)
        case .redeliver:
            if let delivery = rows.selected {
                redelivering.ask(.redeliver(OperatorRedelivery(ids: [delivery.id]), to: webhook.id), &context)
            }
        case .redeliverAll: confirmRedelivery(&context)
        case .redeliverAgreed(let state):
            redelivering.ask(.redeliver(OperatorRedelivery(all: state), to: webhook.id), &context)
        case .act(let action):
            actions.perform(action, on: webhook, eventTypes: eventTypes, &context, Command.act)
        }
    }

    private func confirmRedelivery(_ context: inout ScreenContext) {
        guard let state else { return }
        let count = webhook.deliveries.count(of: state)
        context.present(
            Confirmation(
                "Send all again that are \(state.rawValue)",
                effects: [
                    "\(Formats.count(count)) deliveries go to \(webhook.url).",
                    "Each has the webhook-id that it had: a receiver that knows it does nothing twice.",
                ], typing: "\(count)", at: context.now, Command.redeliverAgreed(state)))
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { rows.move(move) }
    package mutating func resize(_ size: Size) { rows.resize(visibleRows: size.rows - 1 - head(size.rows)) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        let visible = row - area.rows.lowerBound - head(area.rows.count) - 1
        if visible >= 0 { rows.point(atVisible: visible) }
    }

    private func head(_ rows: Int) -> Int { rows < 14 ? 0 : Self.headRows }

    // MARK: What it tells

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        let head = head(area.rows.count)
        if head > 0 { drawHead(into: &frame, area.top(head), scope) }
        rows.draw(into: &frame, area.below(head), scope)
        guard rows.shown.isEmpty else { return }
        EmptyList(
            subject: "deliveries", isRead: deliveries.value != nil, failure: deliveries.failure,
            failingSince: deliveries.failingSince,
            nothing: state.map { "No delivery is \($0.rawValue)." } ?? "It was told of nothing within 30 days."
        ).draw(into: &frame, area.below(head + 1), scope)
    }

    private func drawHead(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        let counts = webhook.deliveries
        let separator = " \(scope.marks.separator) "
        let standing = webhook.standing(scope)
        let columns = 1..<max(1, area.columns.upperBound - 1)
        let numbers = [
            "\(Formats.count(counts.waiting)) waiting", "\(Formats.count(counts.delivered)) delivered",
            "\(Formats.count(counts.failed)) failed", "\(Formats.count(counts.dropped)) dropped in 30 days",
        ].joined(separator: separator)
        let lines: [(String, Ink)] = [
            (webhook.url, .link), (standing.text, standing.ink), (numbers, .plain),
            ("hears of \(webhook.events), in \(webhook.project?.label ?? "every project")", .quiet),
        ]
        for (line, place) in zip(lines, area.rows) {
            frame.put(line.0, place, columns.lowerBound, Style(line.1), width: columns.count)
        }
    }

    package func address(_ scope: Scope) -> [Segment] {
        [
            Segment(webhook.state.rawValue, webhook.state.ink),
            Segment(state.map { "only \($0.rawValue)" } ?? "the newest \(Self.page)"), deliveries.age(scope),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let status = actions.status { return status }
        if redelivering.isWaiting { return Segment("Telling the server", .accent) }
        if let failure = deliveries.failure { return Segment("Not current: \(failure.message)", .bad) }
        return rows.selected.map { Segment($0.outcome, $0.state.ink) }
    }

    package func explanation(_ scope: Scope) -> Explanation? { webhook.explanation(scope) }

    package func copies(_ scope: Scope) -> [Copy] {
        let own = [Copy("w", "identifier of the webhook", webhook.id.lowercase), Copy("u", "address", webhook.url)]
        guard let delivery = rows.selected else { return own }
        return [
            Copy("i", "identifier of the delivery", delivery.id.lowercase),
            Copy("e", "webhook-id", delivery.eventID.lowercase),
            Copy("j", "identifier of the job", delivery.jobID.lowercase),
        ] + own
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard deliveries.value != nil else { return nil }
        let table = rows.table(scope)
        return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(rows.shown))
    }
}

extension OperatorWebhook.Deliveries {
    fileprivate func count(of state: OperatorWebhookDelivery.State) -> Int {
        switch state {
        case .waiting: waiting
        case .delivered: delivered
        case .failed: failed
        case .dropped: dropped
        }
    }
}
