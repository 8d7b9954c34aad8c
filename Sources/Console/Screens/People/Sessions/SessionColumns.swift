import FoundationEssentials
import Tenancy
import Terminal
import WireAPI

/// The columns of the list of sessions.
enum SessionColumns {
    static let all: [Column<OperatorUserSession>] = [
        Column(
            "user", "WHO", .flexible(minimum: 16), precedes: ascending { $0.userEmail.lowercased() },
            ink: { _, _ in .strong },
            text: { session, _ in session.userEmail + (session.isCurrent ? " (this one)" : "") }),
        Column(
            "role", "ROLE", .fixed(9), rank: 4, precedes: ascending { $0.userRole },
            text: { session, _ in session.userRole }),
        Column(
            "method", "BY", .fixed(10), rank: 2, precedes: ascending { $0.method }, ink: { _, _ in .quiet },
            text: { session, _ in session.method }),
        Column(
            "address", "FROM", .fixed(15), precedes: ascending { $0.address },
            text: { session, _ in session.address ?? "unknown" }),
        Column(
            "client", "WITH", .flexible(minimum: 14), rank: 3, precedes: ascending { $0.client },
            ink: { _, _ in .quiet },
            text: { session, _ in session.client ?? "unknown" }),
        Column(
            "used", "USED", .fixed(8), isNumber: true, precedes: ascending { $0.lastUsedAt ?? $0.startedAt },
            text: { session, scope in session.lastUsedAt.map { ItemFigures.age($0, scope) } ?? "-" }),
        Column(
            "started", "OPEN FOR", .fixed(8), isNumber: true, rank: 1, precedes: ascending { $0.startedAt },
            ink: { _, _ in .quiet }, text: { session, scope in ItemFigures.age(session.startedAt, scope) }),
        Column(
            "ends", "ENDS", .fixed(14), rank: 5, precedes: ascending { $0.expiresAt }, ink: { _, _ in .quiet },
            text: { session, _ in Formats.dayAndTime(session.expiresAt) }),
    ]
}

/// What the filter of sessions may ask for.
package enum SessionQuery {
    package static let vocabulary = [
        QueryField("role", .choice(Role.allCases.map(\.rawValue)), example: "role:admin,owner", "By the person's role"),
        QueryField("by", .choice(["password", "saml"]), example: "by:password", "By how it was opened"),
        QueryField("from", .text, example: "from:10.2.", "By a part of the address that it was opened from"),
        QueryField("with", .text, example: "with:console", "By a part of what it was opened with"),
    ]

    static func facts(of session: OperatorUserSession) -> Query.Facts {
        Query.Facts(
            words: [session.userEmail, session.userFullName],
            texts: { field in
                switch field {
                case "role": [session.userRole]
                case "by": [session.method]
                case "from": session.address.map { [$0] } ?? []
                case "with": session.client.map { [$0] } ?? []
                default: []
                }
            })
    }
}
