import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// Webhooks, as operators see and steer them.
@Suite struct WebhookTests {
    private static let pager = Samples.webhooks.results[1]

    @Test func theListLooksAsItShould() throws {
        try Golden.check("webhooks") { Story.webhooks($0) }
        try Golden.check("webhooks-ascii", charset: .ascii, sizes: [Size(columns: 80, rows: 24)]) {
            Story.webhooks($0, charset: .ascii)
        }
    }

    @Test func anOpenOneLooksAsItShould() throws {
        try Golden.check("webhook") { Story.webhook($0) }
    }

    @Test func aDeliveryLooksAsItShould() throws {
        try Golden.check("webhook-delivery") { size in
            var story = Story.webhook(size)
            story.press(Key(.enter))
            story.answer("\(OperatorWebhook.path)/", Samples.webhookDelivery)
            return story
        }
    }

    @Test func aNewOneShowsItsSecretOnceAndForgetsIt() throws {
        var story = Story.webhooks()
        story.press(.character("A"))
        story.type("https://hooks.example.com/x")
        story.press(Key(.enter))
        let body = try #require(try story.body(OperatorWebhook.path))
        #expect(body["url"]?.stringValue == "https://hooks.example.com/x")
        let secret = "whsec_bWFkZSB1cCBmb3IgYSB0ZXN0IG9ubHk="
        story.answer(
            OperatorWebhook.path,
            OperatorWebhookSecret(webhook: Samples.webhooks.results[0], secret: secret))
        #expect(story.shows(secret) && story.shows("not shown again"))
        try Golden.check("webhook-secret", sizes: [Size(columns: 80, rows: 24)]) { _ in story }
        story.press(Key(.escape))
        #expect(!story.shows(secret) && story.shows("CI gate"))
    }

    @Test func aPingTellsWhatWasAnswered() throws {
        var story = Story.webhook()
        story.press(.character("T"))
        #expect(story.ask("\(OperatorWebhook.path)/")?.request.path.hasSuffix("/test") == true)
        story.answer(
            "\(OperatorWebhook.path)/\(Self.pager.id.uuidString.lowercased())/test",
            OperatorWebhookTest(
                isTaken: false, sentence: "It was answered with status 502.", status: 502, durationMs: 340,
                answer: "Bad gateway", messageID: "m"))
        #expect(story.shows("It was answered with status 502. It took 340ms") || story.shows("340"))
        #expect(story.shows("Bad gateway"))
    }

    @Test func pausingIsOneKeyAndCanBeTakenBack() throws {
        var story = Story.webhooks()
        story.press(.character("P"))
        #expect(story.ask("\(OperatorWebhook.path)/")?.request.path.hasSuffix("/pause") == true)
        let paused = Samples.webhook(0x1001, "CI gate", "https://ci.example.com", state: .paused)
        story.answer("\(OperatorWebhook.path)/", paused)
        #expect(story.shows("CI gate is paused: events for it wait"))
        story.press(.character("z"))
        #expect(story.ask("\(OperatorWebhook.path)/")?.request.path.hasSuffix("/resume") == true)
    }

    @Test func aDeliveryIsSentAgainByItsIdentifier() throws {
        var story = Story.webhook()
        story.press(.character("D"))
        let path = "\(OperatorWebhook.path)/\(Self.pager.id.uuidString.lowercased())/redeliver"
        let body = try #require(try story.body(path))
        #expect(body["ids"]?.arrayValue?.count == 1)
        story.answer(path, OperatorRedeliveryReceipt(redelivered: 1))
        #expect(story.shows("1 delivery is sent again"))
    }

    @Test func allOfAStateAreSentAgainAfterTheirCountWasTyped() throws {
        var story = Story.webhook()
        // waiting, delivered, failed
        story.press(.character("s"), .character("s"), .character("s"))
        story.answer("\(OperatorWebhook.path)/", Samples.webhookDeliveries)
        story.press(.character("R"))
        #expect(story.shows("3 deliveries go to"))
        story.pass(.seconds(1))
        story.type("3")
        story.press(Key(.enter))
        let path = "\(OperatorWebhook.path)/\(Self.pager.id.uuidString.lowercased())/redeliver"
        #expect(try story.body(path)?["state"]?.stringValue == "failed")
    }

    @Test func deletingWantsTheNameTyped() throws {
        var story = Story.webhooks()
        story.press(.character("K"))
        story.pass(.seconds(1))
        story.type("CI gate")
        story.press(Key(.enter))
        #expect(story.ask("\(OperatorWebhook.path)/")?.request.method == "DELETE")
    }

    @Test func nothingIsDrawnOutsideOfAnySize() {
        for columns in stride(from: 1, through: 250, by: 23) {
            for rows in stride(from: 1, through: 60, by: 7) {
                let size = Size(columns: columns, rows: rows)
                #expect(Story.webhooks(size).picture(size).text.count == rows)
                #expect(Story.webhook(size).picture(size).text.count == rows)
            }
        }
    }
}
