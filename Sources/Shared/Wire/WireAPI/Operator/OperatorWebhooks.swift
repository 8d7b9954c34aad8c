package import FoundationEssentials

/// The endpoints that are told of events, `GET /internal/webhooks`, the oldest first.
package struct OperatorWebhookList: Codable, Sendable, Hashable {
    package let results: [OperatorWebhook]
    /// What an endpoint can be told of.
    package let eventTypes: [String]
    /// By the server's clock.
    package let countedAt: Date

    package init(results: [OperatorWebhook], eventTypes: [String], countedAt: Date) {
        self.results = results
        self.eventTypes = eventTypes
        self.countedAt = countedAt
    }
}

/// An endpoint that is told of events. Its secret is shown when it is made, and never again.
package struct OperatorWebhook: Codable, Sendable, Hashable {
    /// Where endpoints are; one is at `path/ID`.
    package static let path = "/internal/webhooks"

    package let id: UUID
    package let organization: OperatorNamed?
    /// `nil` for all projects.
    package let project: OperatorNamed?
    package let url: String
    package let description: String
    /// `nil` for every type, also those to come.
    package let eventTypes: [String]?
    package let state: State
    /// Why it is disabled.
    package let stateReason: String?
    package let health: Health
    package let deliveries: Deliveries
    /// Until when its former secret signs too.
    package let formerSecretExpiresAt: Date?
    package let createdBy: OperatorPerson?
    package let createdAt: Date
    package let updatedAt: Date

    package init(
        id: UUID, organization: OperatorNamed?, project: OperatorNamed?, url: String, description: String,
        eventTypes: [String]?, state: State, stateReason: String?, health: Health, deliveries: Deliveries,
        formerSecretExpiresAt: Date?, createdBy: OperatorPerson?, createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.organization = organization
        self.project = project
        self.url = url
        self.description = description
        self.eventTypes = eventTypes
        self.state = state
        self.stateReason = stateReason
        self.health = health
        self.deliveries = deliveries
        self.formerSecretExpiresAt = formerSecretExpiresAt
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// What is done with events for it.
    package enum State: String, Codable, Sendable, Hashable, CaseIterable {
        case active
        /// Events are kept for it and wait.
        case paused
        /// It hears of nothing until somebody resumes it.
        case disabled
    }

    /// How it does.
    package struct Health: Codable, Sendable, Hashable {
        package let consecutiveFailures: Int
        /// Since when nothing has reached it.
        package let failingSince: Date?
        package let lastSuccessAt: Date?
        package let lastFailureAt: Date?
        package let lastFailureStatus: Int?
        package let lastFailureReason: String?

        package init(
            consecutiveFailures: Int, failingSince: Date?, lastSuccessAt: Date?, lastFailureAt: Date?,
            lastFailureStatus: Int?, lastFailureReason: String?
        ) {
            self.consecutiveFailures = consecutiveFailures
            self.failingSince = failingSince
            self.lastSuccessAt = lastSuccessAt
            self.lastFailureAt = lastFailureAt
            self.lastFailureStatus = lastFailureStatus
            self.lastFailureReason = lastFailureReason
        }
    }

    /// How many deliveries it has in each state, of the last thirty days.
    package struct Deliveries: Codable, Sendable, Hashable {
        package let waiting: Int
        package let delivered: Int
        package let failed: Int
        package let dropped: Int

        package init(waiting: Int, delivered: Int, failed: Int, dropped: Int) {
            self.waiting = waiting
            self.delivered = delivered
            self.failed = failed
            self.dropped = dropped
        }
    }
}

/// What people say of an endpoint: `POST` adds one, `PUT` at `path/ID` replaces all of it.
package struct OperatorWebhookDraft: Codable, Sendable, Hashable {
    package let url: String
    package let description: String?
    package let projectID: UUID?
    package let eventTypes: [String]?

    package init(url: String, description: String? = nil, projectID: UUID? = nil, eventTypes: [String]? = nil) {
        self.url = url
        self.description = description
        self.projectID = projectID
        self.eventTypes = eventTypes
    }
}

/// An endpoint with its new secret, which is shown this once.
package struct OperatorWebhookSecret: Codable, Sendable, Hashable {
    package let webhook: OperatorWebhook
    package let secret: String

    package init(webhook: OperatorWebhook, secret: String) {
        self.webhook = webhook
        self.secret = secret
    }
}

/// What a new secret is asked for with, `POST path/ID/rotate`.
package struct OperatorWebhookRotation: Codable, Sendable, Hashable {
    /// For how many hours the former secret signs too.
    package let overlapHours: Int?

    package init(overlapHours: Int? = nil) { self.overlapHours = overlapHours }
}

/// What came of sending a ping right now, `POST path/ID/test`.
package struct OperatorWebhookTest: Codable, Sendable, Hashable {
    package let isTaken: Bool
    /// One sentence for a person.
    package let sentence: String
    package let status: Int?
    package let durationMs: Int
    /// The beginning of what was answered.
    package let answer: String
    /// By which the receiver knows the ping.
    package let messageID: String

    package init(
        isTaken: Bool, sentence: String, status: Int?, durationMs: Int, answer: String, messageID: String
    ) {
        self.isTaken = isTaken
        self.sentence = sentence
        self.status = status
        self.durationMs = durationMs
        self.answer = answer
        self.messageID = messageID
    }
}

extension OperatorRequest where Reply == OperatorWebhookList {
    /// Every endpoint.
    package static var webhooks: Self { Self(.get, OperatorWebhook.path) }
}

extension OperatorRequest where Reply == OperatorWebhook {
    /// One endpoint.
    package static func webhook(_ id: UUID) -> Self { Self(.get, OperatorWebhook.path(of: id)) }

    /// Replaces what people say of it.
    package static func changeWebhook(_ id: UUID, to draft: OperatorWebhookDraft) -> Self {
        Self(.put, OperatorWebhook.path(of: id), body: draft)
    }

    /// Lets events for it wait.
    package static func pauseWebhook(_ id: UUID) -> Self { Self(.post, OperatorWebhook.path(of: id) + "/pause") }

    /// Sends what waits, and lets it hear of what comes.
    package static func resumeWebhook(_ id: UUID) -> Self { Self(.post, OperatorWebhook.path(of: id) + "/resume") }
}

extension OperatorRequest where Reply == OperatorWebhookSecret {
    /// Adds an endpoint.
    package static func addWebhook(_ draft: OperatorWebhookDraft) -> Self {
        Self(.post, OperatorWebhook.path, body: draft)
    }

    /// Gives it a new secret.
    package static func rotateWebhook(_ id: UUID, _ rotation: OperatorWebhookRotation = OperatorWebhookRotation())
        -> Self
    {
        Self(.post, OperatorWebhook.path(of: id) + "/rotate", body: rotation)
    }
}

extension OperatorRequest where Reply == OperatorWebhookTest {
    /// Sends a ping to it right now.
    package static func testWebhook(_ id: UUID) -> Self {
        Self(.post, OperatorWebhook.path(of: id) + "/test").askingModels
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Deletes an endpoint with its deliveries.
    package static func deleteWebhook(_ id: UUID) -> Self { Self(.delete, OperatorWebhook.path(of: id)) }
}

extension OperatorWebhook {
    static func path(of id: UUID) -> String { "\(path)/\(id.uuidString.lowercased())" }
}
