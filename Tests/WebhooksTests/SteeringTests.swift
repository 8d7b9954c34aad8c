import EventLoop
import FoundationEssentials
import Jobs
import Operations
import Postgres
import Queueing
import Records
import Stores
import Tenancy
import Testing
import Webhooks
import WireAPI

/// What operators do with endpoints and deliveries.
@Suite struct SteeringTests {
    @Test func whileItIsPausedEventsWaitAndThenArrive() async throws {
        try await WebhookWorld.run { world in
            let receiver = try Receiver(on: world.loops.next())
            let (id, _) = try await world.endpoint(receiver.url())
            #expect(try await world.product.steering.pause(id, by: world.actor).state == .paused)
            try await world.announce(4)
            try await world.whileWorking {
                try await world.reaches([.waiting: 4], of: id)
                #expect(receiver.messages.isEmpty)
                #expect(try await world.product.steering.resume(id, by: world.actor).state == .active)
                try await world.reaches([.delivered: 4], of: id, hastening: true)
            }
            await receiver.stop()
        }
    }

    @Test func whatWasDeliveredIsSentAgainUnderTheSameIdentifier() async throws {
        try await WebhookWorld.run { world in
            let receiver = try Receiver(on: world.loops.next())
            let (id, _) = try await world.endpoint(receiver.url())
            try await world.announce(3)
            try await world.whileWorking {
                try await world.reaches([.delivered: 3], of: id)
                let one = try #require(try await world.deliveries(to: id).first)
                let wish = OperatorRedelivery(ids: [one.id.uuid])
                #expect(
                    try await world.product.deliveries.redeliver(wish, to: id, by: world.actor).redelivered == 1)
                #expect(try await eventually { receiver.messages.count == 4 })
                try await world.reaches([.delivered: 3], of: id)
                let all = OperatorRedelivery(all: .delivered)
                #expect(try await world.product.deliveries.count(all, to: id, for: world.actor) == 3)
                #expect(try await world.product.deliveries.redeliver(all, to: id, by: world.actor).redelivered == 3)
                #expect(try await eventually { receiver.messages.count == 7 })
            }
            #expect(receiver.effects.count == 3)
            let audit = try await AuditStore(database: world.database).entries(about: "webhook:\(id)", limit: 10)
            #expect(audit.map(\.action) == ["webhook.add", "webhook.redeliver", "webhook.redeliver"])
            await receiver.stop()
        }
    }

    @Test func anEndpointIsChangedAndDeletedWithWhatWaits() async throws {
        try await WebhookWorld.run { world in
            let (id, _) = try await world.endpoint("https://hooks.example.com/secret-path?token=1")
            let changed = try await world.product.endpoints.change(
                id,
                to: OperatorWebhookDraft(
                    url: "https://other.example.com/x", description: "Other", eventTypes: ["batch.finished"]),
                by: world.actor)
            #expect(changed.url == "https://other.example.com/x" && changed.eventTypes == ["batch.finished"])
            try await world.product.endpoints.delete(id, by: world.actor)
            await #expect(throws: NotFound.self) {
                _ = try await world.product.endpoints.find(id, for: world.actor)
            }
            #expect(try await world.queue.controls.all().isEmpty)
            let audit = try await AuditStore(database: world.database).entries(about: "webhook:\(id)", limit: 10)
            #expect(audit.map(\.action) == ["webhook.add", "webhook.change", "webhook.delete"])
            // What lets one in at the receiver stays out of the audit.
            #expect(audit.allSatisfy { !($0.after ?? "").contains("token") && !($0.before ?? "").contains("token") })
        }
    }

    @Test(
        arguments: [
            ("ftp://example.com", nil, "url"), ("https://me:pw@example.com", nil, "url"),
            ("https://example.com", ["no.such"], "event_types"), ("https://example.com", [], "event_types"),
            ("https://example.com", ["webhook.ping"], "event_types"),
        ] as [(String, [String]?, String)])
    func whatCannotBeMeantIsRefused(url: String, types: [String]?, field: String) async throws {
        try await WebhookWorld.run { world in
            let error = await #expect(throws: InvalidDefinition.self) {
                _ = try await world.endpoint(url, types: types)
            }
            #expect(error?.problems.first?.field == field)
        }
    }

    @Test func whoMayNotIsRefusedAndTheAuditLearnsOfIt() async throws {
        try await WebhookWorld.run { world in
            let (id, _) = try await world.endpoint("https://hooks.example.com")
            let viewer = Principal(
                organizationID: world.organization, user: world.principal.user, credential: .absent, role: .viewer,
                scopes: .everything, defaultProjectID: world.project)
            let actor = AuditActor(viewer, from: nil, requestID: nil)
            await #expect(throws: PermissionDenied.self) {
                _ = try await world.product.steering.pause(id, by: actor)
            }
            await #expect(throws: PermissionDenied.self) { _ = try await world.product.endpoints.list(for: actor) }
            let audit = try await AuditStore(database: world.database).entries(about: "webhook:\(id)", limit: 10)
            #expect(audit.last?.outcome == .refused)
        }
    }

    @Test func anotherOrganisationSeesNothing() async throws {
        try await WebhookWorld.run { world in
            let (id, _) = try await world.endpoint("https://hooks.example.com")
            let stranger = try await WebhookWorld.tenant(in: world.database, world.identifiers)
            let actor = AuditActor(stranger, from: nil, requestID: nil)
            #expect(try await world.product.endpoints.list(for: actor).results.isEmpty)
            await #expect(throws: NotFound.self) {
                _ = try await world.product.steering.rotate(id, OperatorWebhookRotation(), by: actor)
            }
            await #expect(throws: NotFound.self) { try await world.product.endpoints.delete(id, by: actor) }
        }
    }
}
