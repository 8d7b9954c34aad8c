package import FoundationEssentials
package import Tenancy

package typealias WebhookEventID = EntityID<WebhookEvent>

/// Something that happened and that endpoints are told of.
package struct WebhookEvent: Sendable, Hashable {
    /// The version of all payloads; a field that is added does not change it.
    package static let version = 1

    package let id: WebhookEventID
    package let type: WebhookEventType
    /// A JSON object of identifiers, states and counts; never a prompt, an answer or a secret.
    package let data: [UInt8]
    package let createdAt: Date

    package init(id: WebhookEventID, type: WebhookEventType, data: [UInt8], createdAt: Date) {
        self.id = id
        self.type = type
        self.data = data
        self.createdAt = createdAt
    }
}

/// What an operation tells endpoints of.
package enum WebhookNews: Sendable, Hashable {
    case exportFinished(ExportNews)
    case exportFailed(ExportNews)
}

/// An export that has ended.
package struct ExportNews: Sendable, Hashable {
    package let id: UUID
    /// What was exported, such as `execution_logs`.
    package let source: String
    /// Such as `jsonl`.
    package let format: String
    package let rows: Int?
    package let bytes: Int?
    /// Why it failed, in one sentence.
    package let reason: String?

    package init(id: UUID, source: String, format: String, rows: Int?, bytes: Int?, reason: String? = nil) {
        self.id = id
        self.source = source
        self.format = format
        self.rows = rows
        self.bytes = bytes
        self.reason = reason
    }
}
