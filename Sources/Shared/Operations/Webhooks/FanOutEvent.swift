internal import FoundationEssentials
package import Jobs
package import Queueing
package import Stores
package import Tenancy
internal import Webhooks

/// Finds out whom an event is told, and makes a delivery for each of them: all of them are there with the end of this job,
/// or none.
package struct FanOutEvent: JobWork {
    /// Of the jobs that are written with events.
    package static let kind = JobKind("webhook_fan_out")

    private let events: WebhookEventStore
    private let identifiers: IdentifierSource

    /// What the job says.
    private struct Order: Codable {
        let eventID: UUID
    }

    package init(events: WebhookEventStore, identifiers: IdentifierSource) {
        self.events = events
        self.identifiers = identifiers
    }

    package var kind: JobKind { Self.kind }

    package func perform(_ job: LeasedJob) async throws -> JobEffect {
        let event = WebhookEventID(uuid: try job.order(Order.self).eventID)
        guard let audience = try await events.audience(of: event) else { return .none }
        let deliveries = audience.endpoints.map { endpoint in
            let id: WebhookDeliveryID = identifiers.next()
            return (
                id: id, endpoint: endpoint,
                job: DeliverWebhook.job(
                    identifiers.next(), for: id, of: event, to: endpoint, in: audience.organization,
                    project: audience.project)
            )
        }
        return JobEffect(
            followUps: deliveries.map(\.job),
            apply: { connection in
                try await WebhookDeliveryStore.add(
                    deliveries.map { ($0.id, $0.endpoint, $0.job.id.uuid) }, of: event, in: audience.organization,
                    on: connection)
            })
    }
}
