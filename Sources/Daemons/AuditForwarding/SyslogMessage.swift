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
    /// So long a message may be for every receiver that RFC 5425 speaks of: its text is cut off there. The entry itself has
    /// all of it.
    static let longest = 8192
    /// A number that is reserved for examples (RFC 5612): nobody else's.
    private static let element = "scorable@32473"

    let bytes: [UInt8]

    /// An entry with its facts as structured data; `host` is what this deployment is called.
    init(_ found: ChainedAuditEntry, host: String) {
        let entry = found.entry
        let data = Self.facts(found).map { " \($0.0)=\"\(Self.escaped($0.1))\"" }.joined()
        let change = [entry.before.map { "before \($0)" }, entry.after.map { "after \($0)" }]
            .compactMap(\.self)
        let text = (["\(entry.actor.name) \(entry.action) \(entry.subject) \(entry.outcome.rawValue)"] + change)
            .joined(separator: " ")
        // The mark says that the text is UTF-8.
        let facts = Self.head(entry, host: host) + Array("[\(Self.element)\(data)] \u{FEFF}".utf8)
        bytes = facts + Self.cut(Self.line(text), atMost: Self.longest - facts.count)
    }

    /// An entry whose text is in another form, such as CEF; `text` is told how many bytes it may have.
    init(_ found: ChainedAuditEntry, host: String, text: (_ limit: Int) -> String) {
        let head = Self.head(found.entry, host: host) + Array("- ".utf8)
        bytes = head + Array(Self.line(text(Self.longest - head.count)).utf8)
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

    /// Scalar by scalar: a mark behind a quotation mark makes another character of both, and receivers see the first.
    private static func escaped(_ value: String) -> String {
        var text = String.UnicodeScalarView()
        for scalar in line(value).unicodeScalars {
            if scalar == "\"" || scalar == "\\" || scalar == "]" { text.append("\\") }
            text.append(scalar)
        }
        return String(text)
    }

    /// As much of a text as has room, without half a scalar at the end.
    private static func cut(_ text: String, atMost limit: Int) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.count > limit else { return bytes }
        var end = max(0, limit)
        while end > 0, bytes[end] & 0xc0 == 0x80 { end -= 1 }
        return Array(bytes[..<end])
    }

    /// Control characters and other ends of lines would end a message for receivers that read lines.
    private static func line(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
            line.append(isControl || scalar == "\u{2028}" || scalar == "\u{2029}" ? " " : scalar)
        }
        return String(line)
    }
}
