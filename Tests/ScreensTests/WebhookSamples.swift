import FoundationEssentials
import Screens
import Terminal
import WireAPI

// Made-up webhooks and deliveries, the same in every run.
extension Samples {
    private static func ago(_ seconds: Double) -> Date { now.addingTimeInterval(-seconds) }

    static func webhook(
        _ number: Int, _ name: String, _ url: String, state: OperatorWebhook.State = .active, types: [String]? = nil,
        failing: Double? = nil, reason: String? = nil, counts: (Int, Int, Int, Int) = (0, 0, 0, 0)
    ) -> OperatorWebhook {
        OperatorWebhook(
            id: uuid(number), organization: OperatorNamed(id: uuid(0x9000), name: "Acme"), project: nil, url: url,
            description: name, eventTypes: types, state: state, stateReason: state == .disabled ? reason : nil,
            health: OperatorWebhook.Health(
                consecutiveFailures: failing == nil ? 0 : 12, failingSince: failing.map(ago),
                lastSuccessAt: state == .disabled ? nil : ago(42), lastFailureAt: failing.map { _ in ago(30) },
                lastFailureStatus: failing == nil ? nil : 502, lastFailureReason: failing == nil ? nil : reason),
            deliveries: OperatorWebhook.Deliveries(
                waiting: counts.0, delivered: counts.1, failed: counts.2, dropped: counts.3),
            formerSecretExpiresAt: nil, createdBy: nil, createdAt: ago(864_000), updatedAt: ago(3600))
    }

    static let webhooks = OperatorWebhookList(
        results: [
            webhook(0x1001, "CI gate", "https://ci.example.com/hooks/scorable", counts: (0, 4812, 0, 0)),
            webhook(
                0x1002, "Pager", "https://events.pager.example/v2/enqueue?source=scorable",
                types: ["notice.raised", "notice.ended"], failing: 5400, reason: "It was answered with status 502.",
                counts: (17, 230, 3, 0)),
            webhook(
                0x1003, "", "https://hooks.chat.example/services/T000/B000", state: .paused, types: ["batch.finished"],
                counts: (4, 88, 0, 0)),
            webhook(
                0x1004, "Old warehouse", "https://etl.example.net/in", state: .disabled,
                reason: "It said that it is gone (410).", counts: (0, 0, 1, 212)),
        ],
        eventTypes: ["batch.failed", "batch.finished", "export.finished", "job.dead", "notice.ended", "notice.raised"],
        countedAt: now)

    private static func attempt(
        _ status: Int?, _ outcome: String, _ milliseconds: Int, at seconds: Double, answer: String = ""
    ) -> OperatorWebhookDelivery.Attempt {
        OperatorWebhookDelivery.Attempt(
            at: ago(seconds), status: status, outcome: outcome, durationMs: milliseconds, answer: answer)
    }

    static let webhookDeliveries = OperatorWebhookDeliveryPage(
        results: [
            delivery(
                0x2001, "notice.raised", .waiting, 3, next: -212,
                attempt(502, "It was answered with status 502.", 340, at: 60, answer: "<html>Bad gateway</html>")),
            delivery(
                0x2002, "notice.ended", .waiting, 1, next: -3,
                attempt(nil, "It did not answer within 10 s.", 10_000, at: 240)),
            delivery(
                0x2003, "notice.raised", .failed, 10, next: nil,
                attempt(404, "It was answered with status 404.", 95, at: 90_000, answer: "no such integration")),
            delivery(
                0x2004, "notice.raised", .delivered, 1, next: nil,
                attempt(202, "It was taken (202).", 120, at: 180_000, answer: #"{"status":"accepted"}"#)),
        ], next: nil)

    private static func delivery(
        _ number: Int, _ type: String, _ state: OperatorWebhookDelivery.State, _ attempts: Int, next: Double?,
        _ last: OperatorWebhookDelivery.Attempt
    ) -> OperatorWebhookDelivery {
        OperatorWebhookDelivery(
            id: uuid(number), eventID: uuid(number + 0x1000), eventType: type, state: state, attempts: attempts,
            lastAttempt: last, nextAttemptAt: next.map(ago), jobID: uuid(number + 0x2000), createdAt: last.at,
            endedAt: state == .waiting ? nil : last.at)
    }

    static let webhookDelivery = OperatorWebhookDeliveryDetail(
        delivery: webhookDeliveries.results[0],
        attempts: [
            attempt(502, "It was answered with status 502.", 340, at: 60, answer: "<html>Bad gateway</html>"),
            attempt(502, "It was answered with status 502.", 310, at: 110, answer: "<html>Bad gateway</html>"),
            attempt(nil, "It could not be connected to within 10 s.", 10_001, at: 150),
        ],
        payload:
            #"{"id":"0190d6a1-0000-7000-8000-000000003001","type":"notice.raised","version":1,"timestamp":"2026-11-20T10:00:00Z","data":{"id":"0190d6a1-0000-7000-8000-000000009001","severity":"critical","summary":"The provider acme is unhealthy."}}"#
    )
}

extension Story {
    /// A console that shows the webhooks.
    static func webhooks(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.entering(.webhooks, size, charset: charset)
        story.answer(OperatorWebhook.path, Samples.webhooks)
        return story
    }

    /// A console that shows the second webhook with its deliveries.
    static func webhook(_ size: Size = Size(columns: 80, rows: 24)) -> Story {
        var story = Story.webhooks(size)
        story.type("/Pager")
        story.press(Key(.enter))
        story.press(Key(.enter))
        story.answer(
            "\(OperatorWebhook.path)/\(Samples.webhooks.results[1].id.uuidString.lowercased())/deliveries",
            Samples.webhookDeliveries)
        story.answer("\(OperatorWebhook.path)/", Samples.webhooks.results[1])
        return story
    }
}
