package import FoundationEssentials

/// What people did that others must be able to find again, `GET /internal/audit`, the newest first: `cursor` and
/// `page_size` say which page, the fields of an ``OperatorAuditFilter`` select.
package struct OperatorAuditPage: Codable, Sendable, Hashable {
    package static let path = "/internal/audit"

    package let results: [OperatorAuditEntry]
    package let next: String?

    package init(results: [OperatorAuditEntry], next: String?) {
        self.results = results
        self.next = next
    }
}

/// What was done since, `GET /internal/audit/tail`, the oldest first; asked again and again with `after` from the answer
/// before. Without `after` it answers with the latest ones, so that a screen begins with something.
package struct OperatorAuditTail: Codable, Sendable, Hashable {
    package static let path = "/internal/audit/tail"

    package let results: [OperatorAuditEntry]
    /// Where the next call goes on. No entry is missed or repeated, whenever its transaction ended.
    package let after: String
    /// Whether more is there already.
    package let hasMore: Bool

    package init(results: [OperatorAuditEntry], after: String, hasMore: Bool) {
        self.results = results
        self.after = after
        self.hasMore = hasMore
    }
}

/// Something that somebody did, or tried to.
package struct OperatorAuditEntry: Codable, Sendable, Hashable {
    package let id: UUID
    /// Whose entry it is; none for the installation's own.
    package let organizationID: UUID?
    package let createdAt: Date
    /// `user`, `api_key`, `machine` for who administers on the server itself, `unknown` for who did not show who they are.
    package let actorKind: String
    package let actorID: UUID?
    /// The API key that was shown.
    package let actorKeyID: UUID?
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
    /// How often: what repeats itself is kept once a minute.
    package let times: Int
    /// Its place in its chain, from 1 on.
    package let position: Int64
    /// SHA-256 of the entry and the one before it, in hexadecimal digits.
    package let hash: String
    /// Whether it is in the installation's chain and not in the organisation's.
    package let isOfInstallation: Bool

    package init(
        id: UUID, organizationID: UUID? = nil, createdAt: Date, actorKind: String, actorID: UUID?,
        actorKeyID: UUID? = nil, actorName: String, actorRole: String?, address: String?, requestID: String?,
        action: String, subject: String, outcome: Outcome, before: String?, after: String?, times: Int = 1,
        position: Int64 = 0, hash: String = "", isOfInstallation: Bool = false
    ) {
        self.id = id
        self.organizationID = organizationID
        self.createdAt = createdAt
        self.actorKind = actorKind
        self.actorID = actorID
        self.actorKeyID = actorKeyID
        self.actorName = actorName
        self.actorRole = actorRole
        self.address = address
        self.requestID = requestID
        self.action = action
        self.subject = subject
        self.outcome = outcome
        self.before = before
        self.after = after
        self.times = times
        self.position = position
        self.hash = hash
        self.isOfInstallation = isOfInstallation
    }

    /// What came of it.
    package enum Outcome: String, Codable, Sendable, Hashable, CaseIterable {
        case done
        /// It was not allowed.
        case refused
        case failed
    }
}

/// Which entries are meant; what is `nil` does not matter.
package struct OperatorAuditFilter: Sendable, Hashable {
    /// A part of the name, in any case, or the identifier of a person or a key.
    package var actor: String?
    /// Exactly, or where it ends in a dot, with this beginning.
    package var action: String?
    /// Exactly, or where it ends in a colon, with this beginning.
    package var subject: String?
    package var outcome: OperatorAuditEntry.Outcome?
    /// Where the request came from: an address, the beginning of one that ends in a dot or a colon, or a network such as
    /// `10.0.0.0/8`.
    package var address: String?
    package var since: Date?
    package var until: Date?
    /// Words somewhere in the action, the subject, the actor's name, the request's identifier or the change.
    package var text: String?

    package init() {}

    /// As query parameters.
    package var parameters: [OperatorParameter] {
        func moment(_ date: Date?) -> String? { date.map { $0.formatted(Self.style) } }
        let fields: [(String, String?)] = [
            ("actor", actor), ("action", action), ("subject", subject), ("outcome", outcome?.rawValue),
            ("address", address), ("since", moment(since)), ("until", moment(until)), ("text", text),
        ]
        return fields.compactMap { name, value in value.map { OperatorParameter(name, $0) } }
    }

    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}

/// How whole the chains are that the caller may read, `GET /internal/audit/chains`.
package struct OperatorAuditChains: Codable, Sendable, Hashable {
    package static let path = "/internal/audit/chains"

    package let results: [Chain]

    package init(results: [Chain]) { self.results = results }

    /// One chain of entries.
    package struct Chain: Codable, Sendable, Hashable {
        /// Whether it is the installation's and not the organisation's.
        package let isOfInstallation: Bool
        /// How many entries it has.
        package let length: Int64
        /// Through which one it is sealed: nothing before it can be changed or cut off unseen, whoever writes to the
        /// database.
        package let sealedThrough: Int64
        package let sealedAt: Date?
        /// When the server last went over some of it, and over the whole.
        package let checkedAt: Date?
        package let checkedWholeAt: Date?
        /// What is wrong; `nil` when nothing is known to be.
        package let fault: Fault?

        package init(
            isOfInstallation: Bool, length: Int64, sealedThrough: Int64, sealedAt: Date?, checkedAt: Date?,
            checkedWholeAt: Date?, fault: Fault?
        ) {
            self.isOfInstallation = isOfInstallation
            self.length = length
            self.sealedThrough = sealedThrough
            self.sealedAt = sealedAt
            self.checkedAt = checkedAt
            self.checkedWholeAt = checkedWholeAt
            self.fault = fault
        }
    }

    /// The first broken place of a chain.
    package struct Fault: Codable, Sendable, Hashable {
        package let position: Int64
        package let reason: String
        package let foundAt: Date

        package init(position: Int64, reason: String, foundAt: Date) {
            self.position = position
            self.reason = reason
            self.foundAt = foundAt
        }
    }
}

extension OperatorRequest where Reply == OperatorAuditPage {
    /// A page of at most `limit` entries, up to 100.
    package static func audit(
        _ filter: OperatorAuditFilter = OperatorAuditFilter(), cursor: String? = nil, limit: Int
    ) -> Self {
        var parameters = filter.parameters + [Parameter("page_size", "\(limit)")]
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, OperatorAuditPage.path, parameters)
    }
}

extension OperatorRequest where Reply == OperatorAuditEntry {
    /// One entry.
    package static func auditEntry(_ id: UUID) -> Self {
        Self(.get, "\(OperatorAuditPage.path)/\(id.uuidString.lowercased())")
    }
}

extension OperatorRequest where Reply == OperatorAuditTail {
    /// What was done since `after`, at most `limit` entries, up to 100.
    package static func auditTail(
        _ filter: OperatorAuditFilter = OperatorAuditFilter(), after: String?, limit: Int
    ) -> Self {
        var parameters = filter.parameters + [Parameter("page_size", "\(limit)")]
        if let after { parameters.append(Parameter("after", after)) }
        return Self(.get, OperatorAuditTail.path, parameters)
    }
}

extension OperatorRequest where Reply == OperatorAuditChains {
    /// How whole the chains are.
    package static func auditChains() -> Self { Self(.get, OperatorAuditChains.path) }
}
