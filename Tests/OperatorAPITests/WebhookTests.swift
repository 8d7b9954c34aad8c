import FoundationEssentials
import JSON
import Tenancy
import Testing
import WireAPI

/// Webhooks, as the console and scripts see and steer them.
@Suite struct WebhookTests {
    @Test func anEndpointLivesItsLifeAndItsSecretIsSeenTwice() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.operator)
            let made = try await viewer.ask(
                .addWebhook(
                    OperatorWebhookDraft(
                        url: "https://hooks.example.com/x", description: "Gate", projectID: tenant.project.id.uuid,
                        eventTypes: ["batch.finished", "batch.failed"])))
            let id = made.webhook.id
            #expect(made.secret.hasPrefix("whsec_") && made.webhook.state == .active)
            #expect(made.webhook.project?.name == tenant.project.name)
            let list = try await viewer.ask(.webhooks)
            #expect(list.results.map(\.id) == [id] && list.eventTypes.contains("job.dead"))
            let text = String(decoding: JSONCodec.encode(list), as: UTF8.self)
            #expect(!text.contains("whsec_"))
            let rotated = try await viewer.ask(.rotateWebhook(id, OperatorWebhookRotation(overlapHours: 2)))
            #expect(rotated.secret != made.secret && rotated.webhook.formerSecretExpiresAt != nil)
            #expect(try await viewer.ask(.pauseWebhook(id)).state == .paused)
            #expect(try await viewer.ask(.resumeWebhook(id)).state == .active)
            let changed = try await viewer.ask(
                .changeWebhook(id, to: OperatorWebhookDraft(url: "https://other.example.com")))
            #expect(changed.url == "https://other.example.com" && changed.eventTypes == nil && changed.project == nil)
            #expect(try await viewer.ask(.webhookDeliveries(id, in: .failed)).results.isEmpty)
            let receipt = try await viewer.ask(.redeliver(OperatorRedelivery(all: .failed), to: id))
            #expect(receipt.redelivered == 0)
            _ = try await viewer.ask(.deleteWebhook(id))
            #expect(try await viewer.refusal(.webhook(id))?.status == 404)
            #expect(
                try await tenant.auditTrail() == [
                    "webhook.add done", "webhook.rotate done", "webhook.pause done", "webhook.resume done",
                    "webhook.change done", "webhook.delete done",
                ])
        }
    }

    @Test func whoMayNotIsRefusedAndStrangersFindNothing() async throws {
        try await OperatorServer.run { server in
            let (tenant, other) = (try await server.tenant(), try await server.tenant())
            let made = try await tenant.viewer(.operator).ask(
                .addWebhook(OperatorWebhookDraft(url: "https://hooks.example.com")))
            let annotator = try await tenant.viewer(.annotator)
            #expect(try await annotator.refusal(.webhooks)?.status == 403)
            #expect(try await annotator.refusal(.pauseWebhook(made.webhook.id))?.status == 403)
            let stranger = try await other.viewer(.operator)
            #expect(try await stranger.ask(.webhooks).results.isEmpty)
            #expect(try await stranger.refusal(.deleteWebhook(made.webhook.id))?.status == 404)
            #expect(try await stranger.refusal(.testWebhook(made.webhook.id))?.status == 404)
        }
    }

    @Test func whatIsWrongIsSaidByField() async throws {
        try await OperatorServer.run { server in
            let viewer = try await server.tenant().viewer(.operator)
            let refusal = try #require(
                try await viewer.refusal(
                    .addWebhook(OperatorWebhookDraft(url: "mailto:me@example.com", eventTypes: ["nothing"]))))
            #expect(refusal.status == 400 && refusal.detail.contains("url"))
        }
    }
}
