import FoundationEssentials
import Terminal
import WireAPI

extension OperatorAuditEntry: Identifiable {
    /// Who it was, with what they showed.
    var actorWords: String {
        switch actorKind {
        case "api_key": "\(actorName) (key)"
        case "machine": "\(actorName) (on the server)"
        case "unknown": "\(actorName) (not known)"
        default: actorName
        }
    }

    /// How often, where it was more than once.
    var timesWords: String { times > 1 ? " (\(Formats.count(times)) times within a minute)" : "" }

    func explanation(_ scope: Scope) -> Explanation {
        var text = Explanation(
            "\(action) of \(subject)",
            definition:
                "Something that somebody did, or tried to. Entries are only ever added: each holds a hash of itself and of the one before it, so that none can be changed or taken out unseen."
        ).value("\(outcome.rawValue), by \(actorWords)\(timesWords)", outcome.ink)
        switch outcome {
        case .done: break
        case .refused:
            text = text.why(
                "It was not allowed: the role, the key's scopes, where it came from, or a confirmation that was missing."
            )
        case .failed: text = text.why("It was allowed, and did not come about.", .bad)
        }
        return text.adding(
            "Chain",
            "Place \(Formats.count(Int(position))) of the \(isOfInstallation ? "installation's" : "organisation's") chain."
        )
        .source("The audit of the installation; scorable audit verify goes over the whole of it.")
    }

    var copies: [Copy] {
        var copies = [Copy("i", "identifier", id.lowercase), Copy("s", "subject", subject), Copy("h", "hash", hash)]
        if let requestID { copies.append(Copy("r", "identifier of the request", requestID)) }
        if let address { copies.append(Copy("f", "address", address)) }
        return copies
    }
}

extension OperatorAuditEntry.Outcome {
    var ink: Ink {
        switch self {
        case .done: .good
        case .refused: .caution
        case .failed: .bad
        }
    }
}

/// The columns of the audit.
enum AuditColumns {
    /// What the list is sorted by: only when it was done.
    static let creation = "created"

    static let all: [Column<OperatorAuditEntry>] = [
        Column(creation, "WHEN", .fixed(14), text: { entry, _ in Formats.dayAndTime(entry.createdAt) }),
        Column(
            "outcome", "OUTCOME", .fixed(7), ink: { entry, _ in entry.outcome.ink },
            text: { entry, _ in entry.outcome.rawValue }),
        Column("actor", "WHO", .flexible(minimum: 12), ink: { _, _ in .strong }, text: { entry, _ in entry.actorName }),
        Column(
            "action", "ACTION", .fixed(22),
            text: { entry, _ in entry.action + (entry.times > 1 ? " x\(Formats.count(entry.times))" : "") }),
        Column(
            "subject", "TO WHAT", .flexible(minimum: 16), rank: 1, ink: { _, _ in .quiet },
            text: { entry, _ in entry.subject }),
        Column(
            "role", "ROLE", .fixed(9), rank: 4, ink: { _, _ in .quiet }, text: { entry, _ in entry.actorRole ?? "-" }),
        Column(
            "kind", "BY", .fixed(8), rank: 3, ink: { _, _ in .quiet },
            text: { entry, _ in entry.actorKind == "api_key" ? "key" : entry.actorKind }),
        Column(
            "address", "FROM", .fixed(15), rank: 2, ink: { _, _ in .quiet },
            text: { entry, _ in entry.address ?? "-" }),
        Column(
            "request", "REQUEST", .fixed(20), rank: 5, ink: { _, _ in .faint },
            text: { entry, _ in entry.requestID ?? "-" }),
        Column(
            "position", "PLACE", .fixed(9), isNumber: true, rank: 6, ink: { _, _ in .faint },
            text: { entry, _ in Formats.count(Int(entry.position)) }),
    ]

    static let choices = [SortChoice(creation, "When it was done")]
}
