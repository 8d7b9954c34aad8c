internal import JSON
package import Records
internal import WireAPI

/// What entries look like on their way to a receiver.
package struct AuditForm: Sendable {
    private let format: AuditTarget.Format
    private let host: String
    private let version: String

    /// `host` is what messages call this deployment, `version` the release.
    package init(_ format: AuditTarget.Format, host: String, version: String) {
        self.format = format
        self.host = host
        self.version = version
    }

    /// An entry as it is sent.
    package func bytes(of found: ChainedAuditEntry) -> [UInt8] {
        switch format {
        case .rfc5424: SyslogMessage(found, host: host).framed
        case .cef:
            SyslogMessage(found, host: host) { CommonEvent(found, version: version, atMost: $0).text }.framed
        case .json: JSONCodec.encode(OperatorAuditEntry(found)) + [UInt8(ascii: "\n")]
        }
    }
}
