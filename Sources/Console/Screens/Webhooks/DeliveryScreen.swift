import FoundationEssentials
import Tenancy
package import Terminal
import WireAPI

/// One delivery that is open: each time that it was sent with what was answered, and what is sent.
package struct DeliveryScreen: Screen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case job, redeliver
    }

    package static let bindings: [Binding<Command>] = [
        Binding([.character("s")], .job, hint: "job", "Open the job that sends it, or did last"),
        Binding(
            [.character("D")], .redeliver, hint: "redeliver", "Send it again, or now", .action, needs: .webhookUpdate),
    ]

    private static let interval = Duration.seconds(3)

    private let webhook: OperatorWebhook
    private let opened: OperatorWebhookDelivery
    private var content = Loadable<OperatorWebhookDeliveryDetail>()
    private var redelivering = Awaited<OperatorRedeliveryReceipt>()
    private var reader = Reader()
    private var size = Size(columns: 80, rows: 20)
    private var scope: Scope?

    init(_ delivery: OperatorWebhookDelivery, of webhook: OperatorWebhook) {
        opened = delivery
        self.webhook = webhook
    }

    private var delivery: OperatorWebhookDelivery { content.value?.delivery ?? opened }
    private var request: OperatorRequest<OperatorWebhookDeliveryDetail> {
        .webhookDelivery(opened.id, of: webhook.id)
    }

    package var title: String { opened.eventType }
    package var isSettled: Bool { content.isSettled }
    package var failure: ServerFailure? { content.value == nil ? content.failure : nil }
    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .job: scope.may(.queueRead)
        case .redeliver: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        scope = context.scope
        content.loadIfOlder(than: .seconds(1), request, &context)
        layOut()
    }

    package mutating func refresh(_ context: inout ScreenContext) { content.load(request, &context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        scope = context.scope
        if let result = redelivering.take(answer) {
            switch result {
            case .success:
                context.say("It is sent again", .good)
                refresh(&context)
            case .failure(let failure): context.say("It is not sent again: \(failure.message)", .bad)
            }
        }
        if content.receive(answer, &context) { layOut() }
    }

    package mutating func tick(_ context: inout ScreenContext) {
        scope = context.scope
        content.renew(after: Self.interval, request, &context)
    }
    package func wake(after now: Duration) -> Duration? { content.wake(renewingAfter: Self.interval, now) }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .job: context.push(JobScreen(delivery.jobID))
        case .redeliver:
            redelivering.ask(.redeliver(OperatorRedelivery(ids: [opened.id]), to: webhook.id), &context)
        }
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }
    package mutating func resize(_ size: Size) {
        self.size = size
        layOut()
    }

    // MARK: Picture

    private mutating func layOut() {
        reader.resize(rows: size.rows)
        guard let scope else { return }
        var document = Document(width: min(112, max(1, size.columns - 2)), charset: scope.charset)
        FactList(facts: facts(scope)).add(to: &document)
        let attempts = content.value?.attempts ?? delivery.lastAttempt.map { [$0] } ?? []
        document.title("Attempts", note: "\(Formats.count(delivery.attempts)), the latest first")
        for attempt in attempts {
            let status = attempt.status.map { "\($0)" } ?? "-"
            let isTaken = attempt.status.map { (200..<300).contains($0) } ?? false
            document.line([
                Document.Span(Formats.full(attempt.at), .quiet),
                Document.Span("  \(status)  ", isTaken ? .good : .bad),
                Document.Span(Formats.latency(milliseconds: Double(attempt.durationMs)), Ink.plain),
            ])
            document.body(attempt.outcome, indent: 2)
            if !attempt.answer.isEmpty { document.body(attempt.answer, .quiet, indent: 2) }
        }
        if attempts.isEmpty { document.line("It was not sent yet.", .quiet) }
        document.section("Payload", content.value?.payload)
        reader.show(document)
    }

    private func facts(_ scope: Scope) -> [NamedFact] {
        var facts = [
            NamedFact("event", delivery.eventType, .strong),
            NamedFact("state", delivery.state.rawValue, delivery.state.ink),
            NamedFact("to", webhook.url, .link), NamedFact("webhook-id", delivery.eventID.lowercase),
            NamedFact("happened", Formats.full(delivery.createdAt)),
        ]
        if let next = delivery.nextAttemptAt { facts.append(NamedFact("next", Formats.full(next), .accent)) }
        if let end = delivery.endedAt { facts.append(NamedFact("ended", Formats.full(end))) }
        return facts
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        reader.draw(into: &frame, Area(rows: area.rows, columns: area.right(of: 1).columns))
    }

    package func address(_ scope: Scope) -> [Segment] {
        [Segment(delivery.state.rawValue, delivery.state.ink), Segment(reader.position), content.age(scope)]
    }

    package func status(_ scope: Scope) -> Segment? {
        if redelivering.isWaiting { return Segment("Telling the server", .accent) }
        if let failure = content.failure { return Segment("Not current: \(failure.message)", .bad) }
        return Segment(delivery.outcome, delivery.state.ink)
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        Explanation(
            "Delivery",
            definition:
                "An event on its way to one endpoint: a job that is tried up to 10 times over about three days, and that a receiver knows by its webhook-id."
        ).value("\(delivery.state.rawValue): \(delivery.outcome)", delivery.state.ink).source(
            "The database. An answer is kept up to 1 KB.")
    }

    package func copies(_ scope: Scope) -> [Copy] {
        var copies = [
            Copy("i", "identifier", delivery.id.lowercase), Copy("e", "webhook-id", delivery.eventID.lowercase),
            Copy("j", "identifier of the job", delivery.jobID.lowercase),
        ]
        if let payload = content.value?.payload { copies.append(Copy("p", "payload", payload)) }
        return copies
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard let detail = content.value else { return nil }
        return Sheet(
            titles: ["AT", "STATUS", "MS", "OUTCOME", "ANSWER"],
            rows: detail.attempts.map {
                [Formats.full($0.at), $0.status.map { "\($0)" } ?? "", "\($0.durationMs)", $0.outcome, $0.answer]
            }, json: Sheet.json(detail))
    }
}
