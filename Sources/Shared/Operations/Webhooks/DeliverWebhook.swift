internal import EventLoop
package import FoundationEssentials
internal import JSON
package import Jobs
package import Postgres
package import Queueing
internal import Records
internal import Stores
internal import Tenancy
internal import Webhooks
internal import WireAPI

/// Brings one event to one endpoint. It may arrive more than once when a worker dies between sending and saying so, under
/// the same identifier each time; and not in the order of what happened.
package struct DeliverWebhook: JobWork {
    /// Of the jobs that send an event.
    package static let kind = JobKind("webhook_delivery")

    private let database: PostgresClient
    private let store: WebhookDeliveryStore
    private let sender: WebhookSender
    private let notices: Notices
    private let now: @Sendable () -> Date

    /// How long a delivery waits for a proxy that cannot be reached, which is not its endpoint's fault.
    private static let proxyPause = Duration.seconds(15)
    private static let pausedPause = Duration.seconds(10)

    /// What the job says.
    private struct Order: Codable {
        let deliveryID: UUID
    }

    /// `now` is the wall clock.
    package init(
        database: PostgresClient, client: LLMProxyClient, notices: Notices,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.database = database
        store = WebhookDeliveryStore(database: database)
        sender = WebhookSender(client: client)
        self.notices = notices
        self.now = now
    }

    package var kind: JobKind { Self.kind }

    package var retryRule: RetryRule {
        RetryRule(
            first: DeliveryRuling.firstWait, longest: DeliveryRuling.longestWait, growth: DeliveryRuling.growth)
    }

    /// The job that sends an event to an endpoint; of all for the same two at most one waits or runs.
    static func job(
        _ id: JobID, for delivery: WebhookDeliveryID, of event: WebhookEventID, to endpoint: WebhookEndpointID,
        in organization: OrganizationID, project: ProjectID?
    ) -> NewJob {
        NewJob(
            id: id, kind: kind, queue: .webhooks, organizationID: organization, projectID: project,
            payload: JSONCodec.encode(Order(deliveryID: delivery.uuid)), limits: [.webhook(endpoint.description)],
            maxAttempts: DeliveryRuling.attempts, timeout: .seconds(60), uniqueKey: "webhook:\(event):\(endpoint)")
    }

    package func perform(_ job: LeasedJob) async throws -> JobEffect {
        let id = WebhookDeliveryID(uuid: try job.order(Order.self).deliveryID)
        guard let errand = try await store.errand(id), errand.isWaiting else { return .none }
        switch errand.endpoint.state {
        case .active: break
        case .paused: throw JobFailure(.rateLimited, "the endpoint is paused", retryAfter: Self.pausedPause)
        case .disabled: return Self.ending(id, .dropped)
        }
        let moment = now()
        let result = try await send(errand, id)
        let attempt = DeliveryAttempt(
            at: moment, status: result.status, outcome: result.sentence, duration: .milliseconds(result.durationMs),
            answer: result.answer)
        let health = try await store.record(attempt, of: id, to: errand.endpoint)
        let ruling = DeliveryRuling(
            on: result.ruledOn, age: .seconds(moment.timeIntervalSince(errand.begunAt)),
            leases: job.job.lease.attempt)
        if ruling == .gone {
            try await disable(errand.endpoint, because: "It said that it is gone (410).")
        } else if let health, health.isHopeless(at: moment) {
            try await disable(
                errand.endpoint,
                because: "Nothing has reached it for \(WebhookEndpoint.Health.mostDaysFailing) days. "
                    + result.sentence)
        }
        return try Self.effect(of: ruling, on: result, id, errand.endpoint)
    }

    /// What the job ends with.
    private static func effect(
        of ruling: DeliveryRuling, on result: ProxyDeliveryResult, _ id: WebhookDeliveryID, _ endpoint: WebhookEndpoint
    ) throws -> JobEffect {
        switch ruling {
        case .delivered: return ending(id, .delivered)
        case .gone, .givenUp:
            throw JobFailed(JobFailure(.refused, result.sentence), effect: ending(id, .failed))
        case .wait(let pause):
            throw JobFailure(
                .rateLimited, result.sentence, retryAfter: pause, limit: .webhook(endpoint.id.description))
        case .again:
            throw JobFailed(JobFailure(.unavailable, result.sentence), effect: ending(id, .failed))
        }
    }

    private static func ending(_ id: WebhookDeliveryID, _ state: WebhookDelivery.State) -> JobEffect {
        JobEffect(apply: { connection in try await WebhookDeliveryStore.end(id, state, on: connection) })
    }

    private func send(_ errand: WebhookErrand, _ id: WebhookDeliveryID) async throws -> ProxyDeliveryResult {
        do {
            return try await sender.send(errand.event, to: errand.endpoint, secrets: errand.secrets)
        } catch let error as LLMProxyUnavailable {
            throw JobFailure(.rateLimited, error.description, retryAfter: Self.proxyPause)
        } catch let error as InvalidDefinition {
            throw JobFailed(JobFailure(.invalid, error.description), effect: Self.ending(id, .failed))
        }
    }

    /// Tells it of nothing any more, and operators that it is so.
    private func disable(_ endpoint: WebhookEndpoint, because reason: String) async throws {
        let moment = now()
        let isNews = try await database.transaction { connection in
            try await WebhookEndpointStore.disable(endpoint.id, because: reason, at: moment, on: connection)
        }
        guard isNews else { return }
        let name = endpoint.description.isEmpty ? ServerAddress(endpoint.url).text : endpoint.description
        try await notices.post(
            .warning, "The webhook “\(name)” is disabled. \(reason)",
            about: Notice.Subject(kind: .webhook, id: endpoint.id.description, name: name),
            to: endpoint.organizationID, needs: .webhookRead)
    }
}

extension ProxyDeliveryResult {
    /// What the rule goes by.
    fileprivate var ruledOn: DeliveryAnswer {
        if isForbidden { return .forbidden }
        guard let status else { return .silence }
        return .status(status, retryAfter: retryAfterSeconds.map { .seconds($0) })
    }
}
