internal import FoundationEssentials
internal import Records
internal import Tenancy

/// An entry in ArcSight's Common Event Format, version 0.
struct CommonEvent {
    let text: String

    /// Longer changes are cut off; the entry itself has them whole.
    private static let longestChange = 4000

    init(_ found: ChainedAuditEntry, version: String) {
        let entry = found.entry
        let severity =
            switch entry.outcome {
            case .done: 3
            case .failed: 5
            case .refused: 7
            }
        let header = ["Scorable", "Scorable", version, entry.action, "\(entry.action) \(entry.outcome.rawValue)"]
        let fields = Self.fields(found).map { "\($0.0)=\(Self.value($0.1))" }.joined(separator: " ")
        text = (["CEF:0"] + header.map(Self.name) + ["\(severity)", fields]).joined(separator: "|")
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
        let change = [entry.before.map { "before \($0)" }, entry.after.map { "after \($0)" }].compactMap(\.self)
        if !change.isEmpty { fields.append(("msg", String(change.joined(separator: " ").prefix(longestChange)))) }
        return fields.compactMap { name, value in value.map { (name, $0) } }
    }

    private static func labelled(_ name: String, _ label: String, _ value: String?) -> [(String, String?)] {
        guard let value else { return [] }
        return [(name, value), ("\(name)Label", label)]
    }

    /// In the header `\` and `|` are escaped, and there are no lines.
    private static func name(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 }).replacing("\\", with: "\\\\").replacing("|", with: "\\|")
    }

    /// In the extension `\`, `=` and the ends of lines are.
    private static func value(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("=", with: "\\=").replacing("\r\n", with: "\\n")
            .replacing("\n", with: "\\n").replacing("\r", with: "\\r")
    }
}
