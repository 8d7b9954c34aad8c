import WireAPI

/// The forms that the server writes the whole audit in.
package enum AuditExportFormat: String, Sendable, Hashable {
    case jsonl
    case csv

    /// Where the server gives all entries that a filter selects.
    func path(_ filter: OperatorAuditFilter) -> String {
        let words = ([OperatorParameter("format", rawValue)] + filter.parameters).map {
            "\($0.name)=\(Self.escaped($0.value))"
        }
        return "\(OperatorAuditPage.path)/export?\(words.joined(separator: "&"))"
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(Unicode.Scalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
