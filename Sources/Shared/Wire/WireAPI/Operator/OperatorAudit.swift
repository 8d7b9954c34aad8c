package import FoundationEssentials

/// What people did that others must be able to find again, `GET /internal/audit`, the newest first: `cursor` and
/// `page_size` say which page; `action`, `subject` and `outcome` select.
package struct OperatorAuditPage: Codable, Sendable, Hashable {
    package static let path = "/internal/audit"

    package let results: [OperatorAuditEntry]
    package let next: String?

    package init(results: [OperatorAuditEntry], next: String?) {
        self.results = results
        self.next = next
    }
}

/// Something that somebody did, or tried to.
package struct OperatorAuditEntry: Codable, Sendable, Hashable {
    package let id: UUID
    package let createdAt: Date
    /// `user`, `api_key` or `machine` for who administers on the server itself.
    package let actorKind: String
    package let actorID: UUID?
    package let actorName: String
    package let actorRole: String?
    package let address: String?
    package let requestID: String?
    /// Such as `queue.pause`.
    package let action: String
    /// Such as `queue:evaluations`.
    package let subject: String
    package let outcome: Outcome
    /// What it changed, as JSON text.
    package let before: String?
    package let after: String?

    package init(
        id: UUID, createdAt: Date, actorKind: String, actorID: UUID?, actorName: String, actorRole: String?,
        address: String?, requestID: String?, action: String, subject: String, outcome: Outcome, before: String?,
        after: String?
    ) {
        self.id = id
        self.createdAt = createdAt
        self.actorKind = actorKind
        self.actorID = actorID
        self.actorName = actorName
        self.actorRole = actorRole
        self.address = address
        self.requestID = requestID
        self.action = action
        self.subject = subject
        self.outcome = outcome
        self.before = before
        self.after = after
    }

    /// What came of it.
    package enum Outcome: String, Codable, Sendable, Hashable, CaseIterable {
        case done
        /// It was not allowed.
        case refused
        case failed
    }
}

extension OperatorRequest where Reply == OperatorAuditPage {
    /// A page of at most `limit` entries, up to 100.
    package static func audit(cursor: String? = nil, limit: Int) -> Self {
        var parameters = [Parameter("page_size", "\(limit)")]
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, OperatorAuditPage.path, parameters)
    }
}
