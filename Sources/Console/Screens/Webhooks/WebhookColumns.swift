import FoundationEssentials
import Terminal
import WireAPI

/// The columns of the list of endpoints.
enum WebhookColumns {
    static let all: [Column<OperatorWebhook>] = [
        Column(
            "name", "WEBHOOK", .flexible(minimum: 14), precedes: ascending { $0.name.lowercased() },
            ink: { webhook, _ in webhook.state == .active ? .strong : .quiet }, text: { webhook, _ in webhook.name }),
        Column(
            "state", "STATE", .fixed(8), precedes: ascending { $0.state.rawValue },
            ink: { webhook, _ in webhook.state.ink },
            text: { webhook, _ in webhook.state.rawValue }),
        Column(
            "waiting", "WAITING", .fixed(7), isNumber: true, precedes: ascending { $0.deliveries.waiting },
            ink: { webhook, _ in webhook.deliveries.waiting > 0 ? .accent : .quiet },
            text: { webhook, _ in Formats.count(webhook.deliveries.waiting) }),
        Column(
            "failed", "FAILED", .fixed(6), isNumber: true, precedes: ascending { $0.deliveries.failed },
            ink: { webhook, _ in webhook.deliveries.failed > 0 ? .bad : .quiet },
            text: { webhook, _ in Formats.count(webhook.deliveries.failed) }),
        Column(
            "delivered", "DELIVERED", .fixed(9), isNumber: true, rank: 3,
            precedes: ascending { $0.deliveries.delivered }, ink: { _, _ in .quiet },
            text: { webhook, _ in Formats.count(webhook.deliveries.delivered) }),
        Column(
            "standing", "HOW IT DOES", .flexible(minimum: 20), rank: 1,
            precedes: ascending { $0.health.consecutiveFailures },
            ink: { webhook, scope in webhook.standing(scope).ink },
            text: { webhook, scope in webhook.standing(scope).text }),
        Column(
            "events", "HEARS OF", .flexible(minimum: 14), rank: 4, precedes: ascending { $0.events },
            ink: { _, _ in .quiet }, text: { webhook, _ in webhook.events }),
        Column(
            "project", "PROJECT", .fixed(14), rank: 5, precedes: ascending { $0.project?.label },
            ink: { _, _ in .quiet },
            text: { webhook, _ in webhook.project?.label ?? "all" }),
    ]

    static let vocabulary = [
        QueryField(
            "state", .choice(OperatorWebhook.State.allCases.map(\.rawValue)), example: "state:disabled",
            "By what is done with events for it"),
        QueryField("failing", .flag, example: "failing", "Those that nothing reaches now"),
        QueryField("event", .text, example: "event:batch", "By a part of what it hears of"),
        QueryField("url", .text, example: "url:slack", "By a part of its address"),
    ]

    static func facts(of webhook: OperatorWebhook) -> Query.Facts {
        Query.Facts(
            words: [webhook.name, webhook.url],
            texts: { field in
                switch field {
                case "state": [webhook.state.rawValue]
                case "failing": webhook.health.failingSince == nil ? [] : ["failing"]
                case "event": webhook.eventTypes ?? ["everything"]
                case "url": [webhook.url]
                default: []
                }
            })
    }
}

/// The columns of the deliveries to an endpoint.
enum DeliveryColumns {
    static let all: [Column<OperatorWebhookDelivery>] = [
        Column(
            "created", "WHEN", .fixed(11), precedes: ascending { $0.createdAt }, ink: { _, _ in .quiet },
            text: { delivery, scope in "\(ItemFigures.age(delivery.createdAt, scope)) ago" }),
        Column(
            "event", "EVENT", .fixed(24), precedes: ascending { $0.eventType }, ink: { _, _ in .strong },
            text: { delivery, _ in delivery.eventType }),
        Column(
            "state", "STATE", .fixed(9), precedes: ascending { $0.state.rawValue },
            ink: { delivery, _ in delivery.state.ink },
            text: { delivery, _ in delivery.state.rawValue }),
        Column(
            "status", "HTTP", .fixed(4), isNumber: true, precedes: ascending { $0.lastAttempt?.status },
            ink: { delivery, _ in delivery.state.ink },
            text: { delivery, _ in delivery.lastAttempt?.status.map { "\($0)" } ?? "-" }),
        Column(
            "took", "TOOK", .fixed(7), isNumber: true, rank: 3, precedes: ascending { $0.lastAttempt?.durationMs },
            ink: { _, _ in .quiet },
            text: { delivery, _ in
                delivery.lastAttempt.map { Formats.latency(milliseconds: Double($0.durationMs)) } ?? "-"
            }),
        Column(
            "attempts", "TRIES", .fixed(5), isNumber: true, rank: 2, precedes: ascending { $0.attempts },
            text: { delivery, _ in "\(delivery.attempts)" }),
        Column(
            "next", "NEXT", .fixed(9), rank: 1, precedes: ascending { $0.nextAttemptAt }, ink: { _, _ in .accent },
            text: { delivery, scope in delivery.next(scope) }),
        Column(
            "answer", "ANSWER", .flexible(minimum: 16), rank: 4, ink: { _, _ in .quiet },
            text: { delivery, _ in
                guard let last = delivery.lastAttempt else { return "" }
                return last.answer.isEmpty ? last.outcome : last.answer
            }),
    ]

    static func facts(of delivery: OperatorWebhookDelivery) -> Query.Facts {
        Query.Facts(words: [delivery.eventType, delivery.state.rawValue, delivery.outcome])
    }
}
