internal import FoundationEssentials
internal import Jobs
internal import Queueing
internal import Stores
package import Tenancy
package import Webhooks
package import WireAPI

/// Deliveries to endpoints: looking at them, and sending them again.
package struct WebhookDeliveries: Sendable {
    private let endpoints: WebhookEndpoints
    private let store: WebhookDeliveryStore
    private let queue: JobQueue
    private let audit: Audit
    private let identifiers: IdentifierSource
    private let now: @Sendable () -> Date

    /// How many are sent again in one transaction.
    private static let piece = 500

    init(
        endpoints: WebhookEndpoints, store: WebhookDeliveryStore, queue: JobQueue, audit: Audit,
        identifiers: IdentifierSource, now: @escaping @Sendable () -> Date
    ) {
        self.endpoints = endpoints
        self.store = store
        self.queue = queue
        self.audit = audit
        self.identifiers = identifiers
        self.now = now
    }

    /// A page of the deliveries to an endpoint; in one state, when it is named.
    /// - Throws: `NotFound`.
    package func page(
        of id: WebhookEndpointID, in state: WebhookDelivery.State?, _ request: PageRequest, for actor: AuditActor
    ) async throws -> Slice<WebhookDelivery> {
        try actor.require(.webhookRead)
        _ = try await endpoints.known(id, for: actor)
        return try await store.page(of: id, in: state, request)
    }

    /// All there is to see of a delivery.
    /// - Throws: `NotFound`.
    package func find(
        _ delivery: WebhookDeliveryID, to id: WebhookEndpointID, for actor: AuditActor
    ) async throws -> OperatorWebhookDeliveryDetail {
        try actor.require(.webhookRead)
        _ = try await endpoints.known(id, for: actor)
        guard let found = try await store.find(delivery, to: id), let errand = try await store.errand(delivery) else {
            throw NotFound("Delivery")
        }
        return OperatorWebhookDeliveryDetail(
            delivery: OperatorWebhookDelivery(found),
            attempts: try await store.attempts(of: delivery).map(OperatorWebhookDelivery.Attempt.init),
            payload: errand.event.payload)
    }

    /// How many deliveries a wish means at the moment.
    /// - Throws: `NotFound`.
    package func count(
        _ wish: OperatorRedelivery, to id: WebhookEndpointID, for actor: AuditActor
    ) async throws -> Int {
        try actor.require(.webhookRead)
        _ = try await endpoints.known(id, for: actor)
        if let ids = wish.ids { return ids.count }
        return try await store.count(to: id, in: wish.state.map(WebhookDelivery.State.init))
    }

    /// Sends deliveries again, with all their attempts; what waits for its next attempt is sent now. Receivers know them
    /// as the same events.
    /// - Throws: `PermissionDenied`; `NotFound`; `InvalidDefinition`.
    package func redeliver(
        _ wish: OperatorRedelivery, to id: WebhookEndpointID, by actor: AuditActor
    ) async throws -> OperatorRedeliveryReceipt {
        let endpoint = try await endpoints.known(id, for: actor)
        try InvalidDefinition.check { findings in
            if endpoint.state == .disabled {
                findings.add("non_field_errors", "The endpoint is disabled. Resume it first.")
            }
            if (wish.ids == nil) == (wish.state == nil) { findings.add("ids", "Name deliveries, or a state.") }
            if (wish.ids?.count ?? 0) > 1000 { findings.add("ids", "Name at most 1000 at once.") }
        }
        let moment = now()
        var count = 0
        var place: WebhookDeliveryID?
        repeat {
            let (done, next) = try await redeliverPiece(wish, to: endpoint, until: moment, behind: place, by: actor)
            count += done
            place = next
        } while place != nil
        return OperatorRedeliveryReceipt(redelivered: count)
    }

    private func redeliverPiece(
        _ wish: OperatorRedelivery, to endpoint: WebhookEndpoint, until moment: Date, behind place: WebhookDeliveryID?,
        by actor: AuditActor
    ) async throws -> (count: Int, next: WebhookDeliveryID?) {
        let state = wish.state.map(WebhookDelivery.State.init)
        let ids = wish.ids?.map { WebhookDeliveryID(uuid: $0) }
        let (identifiers, piece) = (identifiers, Self.piece)
        let outcome = try await audit.perform(
            Audit.Deed("webhook.redeliver", on: WebhookEndpoints.subject(endpoint.id)), by: actor,
            needs: .webhookUpdate
        ) { connection -> Audit.Change<Piece> in
            let found = try await WebhookDeliveryStore.redeliverable(
                to: endpoint.id, in: state, only: ids, until: moment, behind: place, limit: piece, on: connection)
            let jobs = found.filter { !$0.isWaiting }.map { delivery in
                (
                    delivery.id,
                    DeliverWebhook.job(
                        identifiers.next(), for: delivery.id, of: delivery.event, to: endpoint.id,
                        in: endpoint.organizationID, project: delivery.project)
                )
            }
            try await WebhookDeliveryStore.reopen(jobs.map { ($0.0, $0.1.id.uuid) }, on: connection)
            let tickets = try await JobLedger.add(jobs.map(\.1), on: connection)
            let waiting = found.filter(\.isWaiting).map { JobID(uuid: $0.job) }
            let hastened = try await JobLedger.change(
                .runNow, JobFilter(ids: waiting), limit: max(1, waiting.count), on: connection)
            let result = Piece(
                count: found.count, next: found.count == piece ? found.last?.id : nil, tickets: tickets,
                hastened: hastened)
            guard !found.isEmpty else { return .nothing(result) }
            return Audit.Change(result, after: ["deliveries": found.count])
        }
        await queue.dispatch(outcome.tickets)
        await queue.tell(outcome.hastened)
        return (outcome.count, outcome.next)
    }

    /// What was done in one transaction.
    private struct Piece: Sendable {
        let count: Int
        let next: WebhookDeliveryID?
        let tickets: [JobTicket]
        let hastened: SteeredJobs
    }
}
