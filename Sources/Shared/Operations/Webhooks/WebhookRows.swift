internal import Postgres
internal import Stores
internal import Tenancy
package import Webhooks
package import WireAPI

/// Makes endpoints into what operators see.
struct WebhookRows: Sendable {
    private let deliveries: WebhookDeliveryStore
    private let names: TenantNameStore

    init(database: PostgresClient) {
        deliveries = WebhookDeliveryStore(database: database)
        names = TenantNameStore(database: database)
    }

    func shown(_ endpoints: [WebhookEndpoint]) async throws -> [OperatorWebhook] {
        let names = TenantNames(
            organizations: try await names.organizations(Set(endpoints.map(\.organizationID))),
            projects: try await names.projects(Set(endpoints.compactMap(\.projectID))))
        let people = try await self.names.people(Set(endpoints.compactMap(\.createdBy)))
        let counts = try await deliveries.counts(of: endpoints.map(\.id))
        return endpoints.map { endpoint in
            OperatorWebhook(
                endpoint, names, counts[endpoint.id] ?? [:],
                createdBy: endpoint.createdBy.flatMap { people[$0] }.map(OperatorPerson.init))
        }
    }
}

extension OperatorWebhook {
    fileprivate init(
        _ endpoint: WebhookEndpoint, _ names: TenantNames, _ counts: [WebhookDelivery.State: Int],
        createdBy: OperatorPerson?
    ) {
        let state: State =
            switch endpoint.state {
            case .active: .active
            case .paused: .paused
            case .disabled: .disabled
            }
        let health = endpoint.health
        self.init(
            id: endpoint.id.uuid, organization: names.organization(endpoint.organizationID),
            project: names.project(endpoint.projectID), url: endpoint.url, description: endpoint.description,
            eventTypes: endpoint.eventTypes.map { $0.sorted().map(\.rawValue) }, state: state,
            stateReason: endpoint.stateReason,
            health: Health(
                consecutiveFailures: health.consecutiveFailures, failingSince: health.failingSince,
                lastSuccessAt: health.lastSuccessAt, lastFailureAt: health.lastFailureAt,
                lastFailureStatus: health.lastFailureStatus, lastFailureReason: health.lastFailureReason),
            deliveries: Deliveries(
                waiting: counts[.waiting] ?? 0, delivered: counts[.delivered] ?? 0, failed: counts[.failed] ?? 0,
                dropped: counts[.dropped] ?? 0),
            formerSecretExpiresAt: endpoint.formerSecretExpiresAt, createdBy: createdBy,
            createdAt: endpoint.createdAt, updatedAt: endpoint.updatedAt)
    }
}

extension OperatorWebhookDelivery {
    /// A delivery as operators see it.
    package init(_ delivery: WebhookDelivery) {
        let state: State =
            switch delivery.state {
            case .waiting: .waiting
            case .delivered: .delivered
            case .failed: .failed
            case .dropped: .dropped
            }
        self.init(
            id: delivery.id.uuid, eventID: delivery.eventID.uuid, eventType: delivery.eventType.rawValue, state: state,
            attempts: delivery.attempts, lastAttempt: delivery.lastAttempt.map(Attempt.init),
            nextAttemptAt: delivery.nextAttemptAt, jobID: delivery.jobID, createdAt: delivery.createdAt,
            endedAt: delivery.endedAt)
    }
}

extension OperatorWebhookDelivery.Attempt {
    init(_ attempt: DeliveryAttempt) {
        self.init(
            at: attempt.at, status: attempt.status, outcome: attempt.outcome,
            durationMs: Int(attempt.duration / .milliseconds(1)), answer: attempt.answer)
    }
}

extension WebhookDelivery.State {
    /// The state that operators mean.
    package init(_ state: OperatorWebhookDelivery.State) {
        switch state {
        case .waiting: self = .waiting
        case .delivered: self = .delivered
        case .failed: self = .failed
        case .dropped: self = .dropped
        }
    }
}
