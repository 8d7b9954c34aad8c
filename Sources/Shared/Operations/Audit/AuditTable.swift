internal import FoundationEssentials
internal import JSON
package import Records
internal import Tenancy
internal import WireAPI

/// Entries of the audit as text for other programs: a JSON object a line, or a table.
package struct AuditTable: Sendable {
    /// Which text.
    package enum Format: String, Sendable, CaseIterable {
        case jsonl
        case csv

        package var contentType: String {
            switch self {
            case .jsonl: "application/x-ndjson"
            case .csv: "text/csv; charset=utf-8"
            }
        }
    }

    private let format: Format
    private var bytes: [UInt8] = []

    private static let columns = [
        "id", "created_at", "chain", "position", "actor_kind", "actor_id", "actor_key_id", "actor_name", "actor_role",
        "address", "request_id", "action", "subject", "outcome", "times", "before", "after", "hash",
    ]

    /// Nothing yet; a table has its heading.
    package init(_ format: Format) {
        self.format = format
        if format == .csv { line(Self.columns) }
    }

    package mutating func add(_ found: ChainedAuditEntry) {
        switch format {
        case .jsonl: bytes += JSONCodec.encode(OperatorAuditEntry(found)) + [UInt8(ascii: "\n")]
        case .csv: line(Self.fields(found))
        }
    }

    /// What was written since the last time.
    package mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    private static func fields(_ found: ChainedAuditEntry) -> [String] {
        let (entry, actor) = (found.entry, found.entry.actor)
        let optional: (String?) -> String = { $0 ?? "" }
        return [
            entry.id.description, optional(ISO8601.string(entry.createdAt)), found.chain.id.lowercaseText,
            "\(found.place.position)", actor.kind.rawValue, optional(actor.id?.lowercaseText),
            optional(actor.keyID?.description), actor.name, optional(actor.role?.rawValue), optional(actor.address),
            optional(actor.requestID), entry.action, entry.subject, entry.outcome.rawValue, "\(entry.times)",
            optional(entry.before), optional(entry.after), found.place.hexadecimalHash,
        ]
    }

    private mutating func line(_ fields: [String]) {
        bytes += fields.map(Self.quoted).joined(separator: ",").utf8
        bytes += [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
    }

    /// RFC 4180. What a spreadsheet would compute is kept from it by an apostrophe.
    private static func quoted(_ text: String) -> String {
        // Scalar by scalar: a mark behind a quotation mark makes another character of both, and readers see the first.
        let scalars = text.unicodeScalars
        let isFormula = scalars.first.map { "=+-@\t\r\n".unicodeScalars.contains($0) } ?? false
        let needsQuotes = scalars.contains { ",\"\r\n\u{0B}\u{0C}\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) }
        let safe = isFormula ? "'" + text : text
        guard needsQuotes else { return safe }
        var quoted = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in safe.unicodeScalars {
            if scalar == "\"" { quoted.append(scalar) }
            quoted.append(scalar)
        }
        quoted.append("\"")
        return String(quoted)
    }
}
