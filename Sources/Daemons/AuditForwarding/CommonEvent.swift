internal import FoundationEssentials
internal import Records
internal import Tenancy

/// An entry in ArcSight's Common Event Format, version 0.
struct CommonEvent {
    let text: String

    private static let change = " msg="

    /// The change comes last, and is cut off where the text would be longer than so many bytes; the entry itself has all of
    /// it.
    init(_ found: ChainedAuditEntry, version: String, atMost limit: Int) {
        let entry = found.entry
        let severity =
            switch entry.outcome {
            case .done: 3
            case .failed: 5
            case .refused: 7
            }
        let header = ["Scorable", "Scorable", version, entry.action, "\(entry.action) \(entry.outcome.rawValue)"]
        let fields = Self.fields(found).map { "\($0.0)=\(Self.value($0.1))" }.joined(separator: " ")
        let start = (["CEF:0"] + header.map(Self.name) + ["\(severity)", fields]).joined(separator: "|")
        let change = [entry.before.map { "before \($0)" }, entry.after.map { "after \($0)" }].compactMap(\.self)
        let room = limit - start.utf8.count - Self.change.utf8.count
        text = change.isEmpty ? start : start + Self.change + Self.value(change.joined(separator: " "), atMost: room)
    }

    private static func fields(_ found: ChainedAuditEntry) -> [(String, String)] {
        let (entry, actor) = (found.entry, found.entry.actor)
        let milliseconds = Int64((entry.createdAt.timeIntervalSince1970 * 1000).rounded())
        var fields: [(String, String?)] = [
            ("rt", "\(milliseconds)"), ("externalId", entry.id.description), ("act", entry.action),
            ("outcome", entry.outcome.rawValue), ("suser", actor.name), ("suid", actor.id?.lowercaseText),
            ("spriv", actor.role?.rawValue), ("cnt", "\(entry.times)"),
        ]
        if let address = actor.address {
            fields +=
                address.contains(":") ? [("c6a2", address), ("c6a2Label", "Source IPv6 Address")] : [("src", address)]
        }
        fields += labelled("cs1", "subject", entry.subject) + labelled("cs2", "actorKind", actor.kind.rawValue)
        fields += labelled("cs3", "keyId", actor.keyID?.description) + labelled("cs4", "requestId", actor.requestID)
        fields +=
            labelled("cs5", "hash", found.place.hexadecimalHash)
            + labelled("cs6", "chain", found.chain.id.lowercaseText)
        fields += labelled("cn1", "position", "\(found.place.position)")
        return fields.compactMap { name, value in value.map { (name, $0) } }
    }

    private static func labelled(_ name: String, _ label: String, _ value: String?) -> [(String, String?)] {
        guard let value else { return [] }
        return [(name, value), ("\(name)Label", label)]
    }

    // Scalar by scalar: a mark behind a sign makes another character of both, and receivers see the sign.

    /// In the header `\` and `|` are escaped, and there are no lines.
    private static func name(_ text: String) -> String {
        var name = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\\" || scalar == "|" { name.append("\\") }
            name.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return String(name)
    }

    /// In the extension `\`, `=` and the ends of lines are. No more than has room, and nothing half.
    private static func value(_ text: String, atMost limit: Int = .max) -> String {
        var value = ""
        var length = 0
        var isBehindReturn = false
        for scalar in text.unicodeScalars {
            let piece: String
            switch scalar {
            case "\\": piece = "\\\\"
            case "=": piece = "\\="
            case "\n": piece = isBehindReturn ? "" : "\\n"
            case "\r": piece = "\\n"
            default: piece = String(scalar)
            }
            isBehindReturn = scalar == "\r"
            length += piece.utf8.count
            guard length <= limit else { break }
            value.unicodeScalars.append(contentsOf: piece.unicodeScalars)
        }
        return value
    }
}
