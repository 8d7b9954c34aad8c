package import FoundationEssentials

/// Deliveries to an endpoint, `GET /internal/webhooks/ID/deliveries`, the newest first: `cursor` and `page_size` say which
/// page, `state` selects.
package struct OperatorWebhookDeliveryPage: Codable, Sendable, Hashable {
    package let results: [OperatorWebhookDelivery]
    package let next: String?

    package init(results: [OperatorWebhookDelivery], next: String?) {
        self.results = results
        self.next = next
    }
}

/// An event on its way to an endpoint.
package struct OperatorWebhookDelivery: Codable, Sendable, Hashable {
    package let id: UUID
    /// By which the receiver knows the event, however often it is sent.
    package let eventID: UUID
    package let eventType: String
    package let state: State
    package let attempts: Int
    package let lastAttempt: Attempt?
    /// When it is sent next.
    package let nextAttemptAt: Date?
    /// The job that sends it, or did last.
    package let jobID: UUID
    package let createdAt: Date
    package let endedAt: Date?

    package init(
        id: UUID, eventID: UUID, eventType: String, state: State, attempts: Int, lastAttempt: Attempt?,
        nextAttemptAt: Date?, jobID: UUID, createdAt: Date, endedAt: Date?
    ) {
        self.id = id
        self.eventID = eventID
        self.eventType = eventType
        self.state = state
        self.attempts = attempts
        self.lastAttempt = lastAttempt
        self.nextAttemptAt = nextAttemptAt
        self.jobID = jobID
        self.createdAt = createdAt
        self.endedAt = endedAt
    }

    /// Where it stands.
    package enum State: String, Codable, Sendable, Hashable, CaseIterable {
        case waiting
        case delivered
        /// It was given up.
        case failed
        /// Its endpoint was disabled before.
        case dropped
    }

    /// One time that it was sent.
    package struct Attempt: Codable, Sendable, Hashable {
        package let at: Date
        package let status: Int?
        /// What came of it, in a sentence.
        package let outcome: String
        package let durationMs: Int
        /// The beginning of what was answered.
        package let answer: String

        package init(at: Date, status: Int?, outcome: String, durationMs: Int, answer: String) {
            self.at = at
            self.status = status
            self.outcome = outcome
            self.durationMs = durationMs
            self.answer = answer
        }
    }
}

/// All there is to see of a delivery, `GET /internal/webhooks/ID/deliveries/ID`.
package struct OperatorWebhookDeliveryDetail: Codable, Sendable, Hashable {
    package let delivery: OperatorWebhookDelivery
    /// The latest first.
    package let attempts: [OperatorWebhookDelivery.Attempt]
    /// What is sent.
    package let payload: String

    package init(
        delivery: OperatorWebhookDelivery, attempts: [OperatorWebhookDelivery.Attempt], payload: String
    ) {
        self.delivery = delivery
        self.attempts = attempts
        self.payload = payload
    }
}

/// Which deliveries are to be sent again, `POST /internal/webhooks/ID/redeliver`: those that are named, else all in a state.
package struct OperatorRedelivery: Codable, Sendable, Hashable {
    package let ids: [UUID]?
    package let state: OperatorWebhookDelivery.State?

    package init(ids: [UUID]) {
        self.ids = ids
        state = nil
    }

    package init(all state: OperatorWebhookDelivery.State) {
        ids = nil
        self.state = state
    }
}

/// How many are sent again.
package struct OperatorRedeliveryReceipt: Codable, Sendable, Hashable {
    package let redelivered: Int

    package init(redelivered: Int) { self.redelivered = redelivered }
}

extension OperatorRequest where Reply == OperatorWebhookDeliveryPage {
    /// A page of the deliveries to an endpoint; in one state, when it is named.
    package static func webhookDeliveries(
        _ id: UUID, in state: OperatorWebhookDelivery.State? = nil, cursor: String? = nil, pageSize: Int? = nil
    ) -> Self {
        var parameters: [Parameter] = []
        if let state { parameters.append(Parameter("state", state.rawValue)) }
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        if let pageSize { parameters.append(Parameter("page_size", "\(pageSize)")) }
        return Self(.get, OperatorWebhook.path(of: id) + "/deliveries", parameters)
    }
}

extension OperatorRequest where Reply == OperatorWebhookDeliveryDetail {
    /// All there is to see of a delivery.
    package static func webhookDelivery(_ delivery: UUID, of id: UUID) -> Self {
        Self(.get, OperatorWebhook.path(of: id) + "/deliveries/\(delivery.uuidString.lowercased())")
    }
}

extension OperatorRequest where Reply == OperatorRedeliveryReceipt {
    /// Sends deliveries again.
    package static func redeliver(_ wish: OperatorRedelivery, to id: UUID) -> Self {
        Self(.post, OperatorWebhook.path(of: id) + "/redeliver", body: wish)
    }
}
