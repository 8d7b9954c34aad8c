internal import FoundationEssentials
internal import JSON
internal import Records
internal import Tenancy

/// A message of syslog (RFC 5424).
struct SyslogMessage {
    /// Log audit.
    private static let facility = 13
    /// The length that RFC 5424 bounds each name of the header by.
    private static let (longestHost, longestName) = (255, 32)
    /// Longer changes are cut off in messages; the entry itself has them whole.
    private static let longestChange = 16 << 10
    /// A number that is reserved for examples (RFC 5612): nobody else's.
    private static let element = "scorable@32473"

    let bytes: [UInt8]

    /// An entry with its facts as structured data; `host` is what this deployment is called.
    init(_ found: ChainedAuditEntry, host: String) {
        let entry = found.entry
        let data = Self.facts(found).map { " \($0.0)=\"\(Self.escaped($0.1))\"" }.joined()
        let change = [entry.before.map { "before \($0)" }, entry.after.map { "after \($0)" }]
            .compactMap(\.self).map { String($0.prefix(Self.longestChange)) }
        let text = (["\(entry.actor.name) \(entry.action) \(entry.subject) \(entry.outcome.rawValue)"] + change)
            .joined(separator: " ")
        // The mark says that the text is UTF-8.
        bytes = Self.head(entry, host: host) + Array("[\(Self.element)\(data)] \u{FEFF}\(Self.line(text))".utf8)
    }

    /// An entry whose text is in another form, such as CEF.
    init(_ found: ChainedAuditEntry, host: String, text: String) {
        bytes = Self.head(found.entry, host: host) + Array("- \(Self.line(text))".utf8)
    }

    /// With its length before it, as it travels in a stream (RFC 6587, RFC 5425).
    var framed: [UInt8] { Array("\(bytes.count) ".utf8) + bytes }

    private static func head(_ entry: AuditEntry, host: String) -> [UInt8] {
        let severity: Int =
            switch entry.outcome {
            case .done: 6
            case .failed: 5
            case .refused: 4
            }
        let moment = ISO8601.string(entry.createdAt) ?? "-"
        return Array(
            """
            <\(facility * 8 + severity)>1 \(moment) \(printable(host, longestHost)) scorable - \
            \(printable(entry.action, longestName))\(" ")
            """.utf8)
    }

    private static func facts(_ found: ChainedAuditEntry) -> [(String, String)] {
        let (entry, actor) = (found.entry, found.entry.actor)
        let facts: [(String, String?)] = [
            ("id", entry.id.description), ("chain", found.chain.id.lowercaseText),
            ("position", "\(found.place.position)"), ("hash", found.place.hexadecimalHash),
            ("actor_kind", actor.kind.rawValue), ("actor_id", actor.id?.lowercaseText),
            ("actor_key_id", actor.keyID?.description), ("actor_name", actor.name),
            ("actor_role", actor.role?.rawValue),
            ("address", actor.address), ("request_id", actor.requestID), ("action", entry.action),
            ("subject", entry.subject), ("outcome", entry.outcome.rawValue), ("times", "\(entry.times)"),
        ]
        return facts.compactMap { name, value in value.map { (name, $0) } }
    }

    /// What the header may hold: visible ASCII.
    private static func printable(_ text: String, _ limit: Int) -> String {
        let safe = text.unicodeScalars.map { (33...126).contains($0.value) ? Character($0) : "_" }.prefix(limit)
        return safe.isEmpty ? "-" : String(safe)
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in line(value) {
            if "\"\\]".contains(character) { text.append("\\") }
            text.append(character)
        }
        return text
    }

    /// Control characters would end a message for receivers that read lines.
    private static func line(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            line.unicodeScalars.append(scalar.value < 32 || scalar.value == 127 ? " " : scalar)
        }
        return line
    }
}
