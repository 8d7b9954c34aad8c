package import FoundationEssentials
package import Tenancy

package typealias WebhookEndpointID = EntityID<WebhookEndpoint>

/// An address that is told of events, without its secret.
package struct WebhookEndpoint: Sendable, Hashable {
    package let id: WebhookEndpointID
    package let organizationID: OrganizationID
    /// It hears of this project only; `nil` for all that happens in the organisation.
    package let projectID: ProjectID?
    package let url: String
    package let description: String
    /// `nil` for every type, also those to come.
    package let eventTypes: Set<WebhookEventType>?
    package let state: State
    /// Why it is disabled, in a sentence.
    package let stateReason: String?
    package let health: Health
    /// Until when its former secret signs too; `nil` when it has none.
    package let formerSecretExpiresAt: Date?
    package let createdBy: UserID?
    package let createdAt: Date
    package let updatedAt: Date

    package init(
        id: WebhookEndpointID, organizationID: OrganizationID, projectID: ProjectID?, url: String, description: String,
        eventTypes: Set<WebhookEventType>?, state: State = .active, stateReason: String? = nil,
        health: Health = Health(), formerSecretExpiresAt: Date? = nil, createdBy: UserID?, createdAt: Date,
        updatedAt: Date
    ) {
        self.id = id
        self.organizationID = organizationID
        self.projectID = projectID
        self.url = url
        self.description = description
        self.eventTypes = eventTypes
        self.state = state
        self.stateReason = stateReason
        self.health = health
        self.formerSecretExpiresAt = formerSecretExpiresAt
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// What people call it: what it was described as, else where it is.
    package var name: String { description.isEmpty ? url : description }

    /// What is done with events for it.
    package enum State: String, Sendable, Hashable, CaseIterable {
        case active
        /// Events are kept for it and wait.
        case paused
        /// It hears of nothing, and what waited is dropped.
        case disabled
    }

    /// How it does.
    package struct Health: Sendable, Hashable {
        package let consecutiveFailures: Int
        /// Since when nothing has reached it; `nil` while all is well.
        package let failingSince: Date?
        package let lastSuccessAt: Date?
        package let lastFailureAt: Date?
        package let lastFailureStatus: Int?
        package let lastFailureReason: String?

        package init(
            consecutiveFailures: Int = 0, failingSince: Date? = nil, lastSuccessAt: Date? = nil,
            lastFailureAt: Date? = nil, lastFailureStatus: Int? = nil, lastFailureReason: String? = nil
        ) {
            self.consecutiveFailures = consecutiveFailures
            self.failingSince = failingSince
            self.lastSuccessAt = lastSuccessAt
            self.lastFailureAt = lastFailureAt
            self.lastFailureStatus = lastFailureStatus
            self.lastFailureReason = lastFailureReason
        }

        /// How many days nothing may reach an endpoint before it is disabled.
        package static let mostDaysFailing = 5

        /// Whether it has failed for so long that nobody can be thought to be there.
        package func isHopeless(at moment: Date) -> Bool {
            guard let failingSince else { return false }
            return moment.timeIntervalSince(failingSince) >= Double(Self.mostDaysFailing) * 86_400
        }
    }

    /// How many an organisation may have.
    package static let most = 100
    /// What separates boxes with its secrets from others that the LLM proxy opens.
    package static let secretPurpose = "scorable webhook secret"
    /// Before the secret's base64, by which libraries of receivers know it.
    package static let secretPrefix = "whsec_"
    /// How many deliveries run at once, so that a slow one keeps no others waiting.
    package static let concurrency = 2
}
