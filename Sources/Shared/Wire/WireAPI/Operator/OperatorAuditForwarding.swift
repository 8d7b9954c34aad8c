package import FoundationEssentials

/// Where the audit is sent to, `GET /internal/audit/forwarding`.
package struct OperatorAuditForwarding: Codable, Sendable, Hashable {
    package static let path = "/internal/audit/forwarding"

    package let results: [OperatorAuditTarget]

    package init(results: [OperatorAuditTarget]) { self.results = results }
}

/// A receiver of the audit, such as a SIEM's collector: `POST /internal/audit/forwarding` makes one, and
/// `PUT` and `DELETE /internal/audit/forwarding/{id}` change and remove it.
package struct OperatorAuditTarget: Codable, Sendable, Hashable {
    package let id: UUID
    package let name: String
    package let host: String
    package let port: Int
    /// `tcp` or `tls`.
    package let transport: String
    /// `rfc5424`, `json` or `cef`.
    package let format: String
    /// PEM; what its certificate is checked with, the system's authorities when `nil`.
    package let certificateAuthority: String?
    /// PEM; the certificate that is shown to it.
    package let clientCertificate: String?
    package let isEnabled: Bool
    /// Whether it is the installation's, and gets the entries of every organisation and the installation's own.
    package let isOfInstallation: Bool
    package let createdAt: Date
    /// How many entries it has not acknowledged yet.
    package let waiting: Int64
    package let sentThroughAt: Date?
    package let lastFailure: String?
    package let failingSince: Date?
    /// For how long the oldest entry has waited that it has not acknowledged.
    package let waitingSeconds: Int64?
    package let revision: Int64

    package init(
        id: UUID, name: String, host: String, port: Int, transport: String, format: String,
        certificateAuthority: String?, clientCertificate: String?, isEnabled: Bool, isOfInstallation: Bool,
        createdAt: Date, waiting: Int64, sentThroughAt: Date?, lastFailure: String?, failingSince: Date?,
        waitingSeconds: Int64? = nil, revision: Int64
    ) {
        self.id = id
        self.name = name
        self.host = host
        self.port = port
        self.transport = transport
        self.format = format
        self.certificateAuthority = certificateAuthority
        self.clientCertificate = clientCertificate
        self.isEnabled = isEnabled
        self.isOfInstallation = isOfInstallation
        self.createdAt = createdAt
        self.waiting = waiting
        self.sentThroughAt = sentThroughAt
        self.lastFailure = lastFailure
        self.failingSince = failingSince
        self.waitingSeconds = waitingSeconds
        self.revision = revision
    }
}

/// What somebody wants of a receiver.
package struct OperatorAuditTargetDraft: Codable, Sendable, Hashable {
    package var name: String
    package var host: String
    package var port: Int
    /// `tcp` or `tls`.
    package var transport: String
    /// `rfc5424`, `json` or `cef`.
    package var format: String
    /// PEM.
    package var certificateAuthority: String?
    package var clientCertificate: String?
    /// PEM; kept sealed and never shown again. `nil` keeps the one that is there.
    package var clientKey: String?
    package var isEnabled: Bool?
    /// Whether it gets the entries of every organisation and the installation's own; only who runs the installation may
    /// say so, and for them it is the default. Stays what it is when one is changed.
    package var isOfInstallation: Bool?
    /// What was there before begins anew: everything is sent again.
    package var fromStart: Bool?
    /// The revision that was seen, where one is changed.
    package var revision: Int64?

    package init(name: String, host: String, port: Int, transport: String, format: String) {
        self.name = name
        self.host = host
        self.port = port
        self.transport = transport
        self.format = format
    }
}

extension OperatorRequest where Reply == OperatorAuditForwarding {
    /// Where the audit is sent to.
    package static func auditForwarding() -> Self { Self(.get, OperatorAuditForwarding.path) }
}

extension OperatorRequest where Reply == OperatorAuditTarget {
    package static func addAuditTarget(_ draft: OperatorAuditTargetDraft) -> Self {
        Self(.post, OperatorAuditForwarding.path, body: draft)
    }

    package static func changeAuditTarget(_ id: UUID, _ draft: OperatorAuditTargetDraft) -> Self {
        Self(.put, "\(OperatorAuditForwarding.path)/\(id.uuidString.lowercased())", body: draft)
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    package static func removeAuditTarget(_ id: UUID) -> Self {
        Self(.delete, "\(OperatorAuditForwarding.path)/\(id.uuidString.lowercased())")
    }
}
