package import FoundationEssentials
package import Tenancy

package typealias WebhookDeliveryID = EntityID<WebhookDelivery>

/// An event on its way to one endpoint.
package struct WebhookDelivery: Sendable, Hashable {
    package let id: WebhookDeliveryID
    package let endpointID: WebhookEndpointID
    package let eventID: WebhookEventID
    package let eventType: WebhookEventType
    package let state: State
    /// The job that sends it, or did last.
    package let jobID: UUID
    /// When it is sent next; `nil` when it is not, or is being sent.
    package let nextAttemptAt: Date?
    /// How often it was sent, and what came of the last time.
    package let attempts: Int
    package let lastAttempt: DeliveryAttempt?
    package let createdAt: Date
    package let endedAt: Date?

    package init(
        id: WebhookDeliveryID, endpointID: WebhookEndpointID, eventID: WebhookEventID, eventType: WebhookEventType,
        state: State, jobID: UUID, nextAttemptAt: Date?, attempts: Int, lastAttempt: DeliveryAttempt?, createdAt: Date,
        endedAt: Date?
    ) {
        self.id = id
        self.endpointID = endpointID
        self.eventID = eventID
        self.eventType = eventType
        self.state = state
        self.jobID = jobID
        self.nextAttemptAt = nextAttemptAt
        self.attempts = attempts
        self.lastAttempt = lastAttempt
        self.createdAt = createdAt
        self.endedAt = endedAt
    }

    /// Where it stands.
    package enum State: String, Sendable, Hashable, CaseIterable {
        /// It is to be sent, for the first time or again.
        case waiting
        case delivered
        /// It was given up.
        case failed
        /// Its endpoint was disabled before it got there.
        case dropped
    }
}

/// One time that a delivery was sent.
package struct DeliveryAttempt: Sendable, Hashable {
    package let at: Date
    /// `nil` when there was no answer.
    package let status: Int?
    /// What came of it, in a sentence.
    package let outcome: String
    package let duration: Duration
    /// The beginning of what was answered.
    package let answer: String

    package init(at: Date, status: Int?, outcome: String, duration: Duration, answer: String) {
        self.at = at
        self.status = status
        self.outcome = outcome
        self.duration = duration
        self.answer = answer
    }
}
