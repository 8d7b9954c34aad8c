import FoundationEssentials
import Tenancy
import Terminal
import WireAPI

extension OperatorAPIKey: Identifiable {
    /// A key that ends sooner is warned of.
    private static let warning: TimeInterval = 14 * 86_400

    /// For whom it acts, as people say it.
    var ownerLabel: String { owner.isServiceAccount ? owner.fullName : owner.email }

    /// What it may do, in a few words.
    var scopeWords: String {
        if scopes == ["*"] { return "all that its owner may" }
        return scopes.count <= 2 ? scopes.joined(separator: ", ") : "\(scopes.count) permissions"
    }

    /// Whether it opens anything, as a word and its colour.
    func standing(_ scope: Scope) -> Segment {
        switch state {
        case .usable: endsSoon(scope) ? Segment("ends soon", .caution) : Segment("usable", .good)
        case .expired: Segment("expired", .quiet)
        case .revoked: Segment("revoked", .quiet)
        case .ownerDisabled: Segment("owner off", .bad)
        }
    }

    private func endsSoon(_ scope: Scope) -> Bool {
        guard let expiresAt, let now = scope.date else { return false }
        return expiresAt.timeIntervalSince(now) < Self.warning
    }

    /// Until when it opens something, in a few words.
    func endWords(_ scope: Scope) -> String {
        switch state {
        case .revoked: "revoked \(revokedAt.map(Formats.dayAndMinute) ?? "")"
        case .expired: "expired \(expiresAt.map(Formats.dayAndMinute) ?? "")"
        case .ownerDisabled: "its owner is deactivated"
        case .usable: expiresAt.map { "ends \(Formats.dayAndMinute($0))" } ?? "does not end by itself"
        }
    }

    /// How long it opens something still, for a column.
    func remaining(_ scope: Scope) -> String {
        guard state == .usable else { return "-" }
        guard let expiresAt, let now = scope.date else { return "never" }
        return Formats.span(seconds: Int(expiresAt.timeIntervalSince(now)))
    }

    func explanation(_ scope: Scope) -> Explanation {
        var text = Explanation(
            name,
            definition:
                "An API key: it acts for its owner, and does no more than its scopes say and its owner may. It was shown when it was made; only a keyed hash of it is kept."
        ).value("\(standing(scope).text): \(endWords(scope))", standing(scope).ink)
        if scopes == ["*"] {
            text = text.why("It may do all that its owner may. A key for one purpose has the scopes of that purpose.")
        } else if expiresAt == nil, state == .usable {
            text = text.why("It does not end by itself: R puts a new one in its place.")
        }
        return text.freshness("Used: to the minute. A revoked key is refused everywhere within five seconds.")
    }

    var copies: [Copy] {
        [Copy("i", "identifier", id.lowercase), Copy("n", "name", name), Copy("p", "beginning of the key", prefix)]
    }
}

/// The columns of the list of keys.
enum KeyColumns {
    static let all: [Column<OperatorAPIKey>] = [
        Column(
            "name", "KEY", .flexible(minimum: 14), precedes: ascending { $0.name.lowercased() },
            ink: { key, _ in key.state == .usable ? .strong : .quiet }, text: { key, _ in key.name }),
        Column(
            "prefix", "BEGINS", .fixed(11), rank: 3, ink: { _, _ in .quiet }, text: { key, _ in key.prefix }),
        Column(
            "owner", "ACTS FOR", .flexible(minimum: 14), rank: 1, precedes: ascending { $0.ownerLabel.lowercased() },
            text: { key, _ in key.ownerLabel }),
        Column(
            "state", "STATE", .fixed(9), precedes: ascending { $0.state.rawValue },
            ink: { key, scope in key.standing(scope).ink }, text: { key, scope in key.standing(scope).text }),
        Column(
            "scopes", "MAY", .flexible(minimum: 16), rank: 4, ink: { _, _ in .quiet },
            text: { key, _ in key.scopeWords }),
        Column(
            "used", "USED", .fixed(7), isNumber: true, precedes: ascending { $0.lastUsedAt },
            text: { key, scope in key.lastUsedAt.map { ItemFigures.age($0, scope) } ?? "never" }),
        Column(
            "ends", "ENDS IN", .fixed(7), isNumber: true, rank: 2, precedes: ascending { $0.expiresAt },
            ink: { key, scope in key.standing(scope).ink == .caution ? .caution : .quiet },
            text: { key, scope in key.remaining(scope) }),
        Column(
            "project", "PROJECT", .fixed(14), rank: 5, precedes: ascending { $0.project?.label },
            ink: { _, _ in .quiet }, text: { key, _ in key.project?.label ?? "default" }),
        Column(
            "ranges", "FROM", .fixed(18), rank: 6, ink: { _, _ in .quiet },
            text: { key, _ in key.addressRanges.isEmpty ? "everywhere" : key.addressRanges.joined(separator: ", ") }),
        Column(
            "created", "MADE", .fixed(10), rank: 7, precedes: ascending { $0.createdAt }, ink: { _, _ in .quiet },
            text: { key, _ in Formats.day(key.createdAt) }),
    ]
}

/// What the filter of keys may ask for.
package enum KeyQuery {
    private static let states = ["usable", "expired", "revoked", "owner-off"]

    package static let vocabulary = [
        QueryField("state", .choice(states), example: "state:usable", "Whether they open anything"),
        QueryField("owner", .text, example: "owner:ci", "By a part of the name or address of whom they act for"),
        QueryField("scope", .text, example: "scope:judge:execute", "By a part of what they may do"),
        QueryField("project", .text, example: "project:rag", "By a part of the project's name"),
        QueryField("service", .flag, example: "service", "Those of service accounts"),
        QueryField("unused", .flag, example: "unused", "Those that were never used"),
        QueryField("unlimited", .flag, example: "unlimited", "Those that do not end by themselves"),
    ]

    static func facts(of key: OperatorAPIKey) -> Query.Facts {
        Query.Facts(
            words: [key.name, key.prefix],
            texts: { field in
                switch field {
                case "state": [key.state == .ownerDisabled ? "owner-off" : key.state.rawValue]
                case "owner": [key.owner.email, key.owner.fullName]
                case "scope": key.scopes
                case "project": [key.project?.label ?? "default"]
                case "service": key.owner.isServiceAccount ? [key.name] : []
                case "unused": key.lastUsedAt == nil ? [key.name] : []
                case "unlimited": key.expiresAt == nil ? [key.name] : []
                default: []
                }
            })
    }
}
