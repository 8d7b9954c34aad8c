import FoundationEssentials
import Tenancy
import Terminal
import WireAPI

/// The columns of the list of people.
enum PeopleColumns {
    static let all: [Column<OperatorUser>] = [
        Column(
            "name", "WHO", .flexible(minimum: 18), precedes: ascending { $0.label.lowercased() },
            ink: { user, _ in user.state == .active ? .strong : .quiet }, text: { user, _ in user.label }),
        Column(
            "full_name", "NAME", .flexible(minimum: 14), rank: 5, precedes: ascending { $0.fullName.lowercased() },
            ink: { _, _ in .quiet }, text: { user, _ in user.kind == .person ? user.fullName : "" }),
        Column(
            "role", "ROLE", .fixed(9), precedes: ascending { user in roleRank(user.role) },
            text: { user, _ in user.role }),
        Column(
            "state", "STATE", .fixed(8), precedes: ascending { $0.state.rawValue },
            ink: { user, _ in user.standing.ink }, text: { user, _ in user.standing.text }),
        Column(
            "kind", "KIND", .fixed(7), rank: 3, precedes: ascending { $0.kind.rawValue }, ink: { _, _ in .quiet },
            text: { user, _ in user.kind == .person ? "person" : "service" }),
        Column(
            "factor", "2FA", .fixed(4), rank: 2, precedes: ascending { $0.hasSecondFactor ? 1 : 0 },
            ink: { user, _ in user.hasSecondFactor ? .good : .quiet },
            text: { user, _ in user.kind == .person ? (user.hasSecondFactor ? "yes" : "no") : "-" }),
        Column(
            "seen", "SIGNED IN", .fixed(9), isNumber: true, rank: 1, precedes: ascending { $0.lastSignInAt },
            ink: { _, _ in .quiet }, text: { user, scope in user.lastSeen(scope) }),
        Column(
            "sessions", "SESSIONS", .fixed(8), isNumber: true, rank: 4, precedes: ascending { $0.openSessions },
            ink: { user, _ in user.openSessions > 0 ? .plain : .quiet },
            text: { user, _ in Formats.count(user.openSessions) }),
        Column(
            "keys", "KEYS", .fixed(4), isNumber: true, rank: 2, precedes: ascending { $0.usableKeys },
            ink: { user, _ in user.usableKeys > 0 ? .plain : .quiet },
            text: { user, _ in Formats.count(user.usableKeys) }),
        Column(
            "grants", "PROJECTS", .fixed(8), isNumber: true, rank: 6, precedes: ascending { $0.projectGrants },
            ink: { _, _ in .quiet }, text: { user, _ in Formats.count(user.projectGrants) }),
        Column(
            "created", "SINCE", .fixed(10), rank: 7, precedes: ascending { $0.createdAt }, ink: { _, _ in .quiet },
            text: { user, _ in Formats.day(user.createdAt) }),
    ]

    /// The least role first.
    private static func roleRank(_ name: String) -> Int? { Role.allCases.firstIndex { $0.rawValue == name } }
}

/// What the filter of people may ask for.
package enum PeopleQuery {
    package static let vocabulary = [
        QueryField("role", .choice(Role.allCases.map(\.rawValue)), example: "role:admin,owner", "By their role"),
        QueryField(
            "state", .choice(OperatorUser.State.allCases.map(\.rawValue)), example: "state:disabled",
            "Who gets in, or who does not"),
        QueryField("kind", .choice(["person", "service"]), example: "kind:service", "People, or service accounts"),
        QueryField("factor", .flag, example: "-factor", "With a second factor; -factor without"),
        QueryField("sessions", .number, example: "sessions>0", "By how many sessions are open"),
        QueryField("keys", .number, example: "keys>0", "By how many keys can be used"),
        QueryField("projects", .number, example: "projects>0", "By in how many projects they may do more"),
    ]

    static func facts(of user: OperatorUser) -> Query.Facts {
        Query.Facts(
            words: [user.email, user.fullName],
            texts: { field in
                switch field {
                case "role": [user.role]
                case "state": [user.state.rawValue]
                case "kind": [user.kind == .person ? "person" : "service"]
                case "factor": user.hasSecondFactor ? [user.email] : []
                default: []
                }
            },
            number: { field in
                switch field {
                case "sessions": Double(user.openSessions)
                case "keys": Double(user.usableKeys)
                case "projects": Double(user.projectGrants)
                default: nil
                }
            })
    }
}
