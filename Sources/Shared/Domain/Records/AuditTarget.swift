package import FoundationEssentials
package import Tenancy

package typealias AuditTargetID = EntityID<AuditTarget>

/// A receiver of the audit outside, such as a SIEM's collector.
package struct AuditTarget: Sendable, Hashable {
    package let id: AuditTargetID
    /// Whose chain it gets; `nil` is the installation's, which gets every chain.
    package let organizationID: OrganizationID?
    package let name: String
    package let host: String
    package let port: UInt16
    package let transport: Transport
    package let format: Format
    /// PEM; the system's authorities where there is none.
    package let certificateAuthority: String?
    /// PEM; what is shown to it.
    package let clientCertificate: String?
    /// Only the LLM proxy opens it, and only for this receiver.
    package let sealedClientKey: [UInt8]?
    package let isEnabled: Bool
    package let createdAt: Date
    package let revision: Int

    package init(
        id: AuditTargetID, organizationID: OrganizationID?, name: String, host: String, port: UInt16,
        transport: Transport, format: Format, certificateAuthority: String?, clientCertificate: String?,
        sealedClientKey: [UInt8]?, isEnabled: Bool, createdAt: Date, revision: Int = 1
    ) {
        self.id = id
        self.organizationID = organizationID
        self.name = name
        self.host = host
        self.port = port
        self.transport = transport
        self.format = format
        self.certificateAuthority = certificateAuthority
        self.clientCertificate = clientCertificate
        self.sealedClientKey = sealedClientKey
        self.isEnabled = isEnabled
        self.createdAt = createdAt
        self.revision = revision
    }

    /// How it is reached.
    package enum Transport: String, Sendable, Hashable, CaseIterable {
        case tcp
        case tls
    }

    /// What an entry looks like there.
    package enum Format: String, Sendable, Hashable, CaseIterable {
        /// Syslog messages with structured data, framed by their length (RFC 6587, RFC 5425).
        case rfc5424
        /// A JSON object a line.
        case json
        /// ArcSight's Common Event Format in syslog messages.
        case cef
    }

    /// What keys of clients are sealed for.
    package static let keyPurpose = "scorable audit receiver key 1"
}
