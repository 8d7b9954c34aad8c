import FoundationEssentials
import Tenancy
import Terminal
import WireAPI

extension OperatorInvitation: Identifiable {
    /// What became of it, in a sentence.
    func sentence(_ scope: Scope) -> String {
        switch state {
        case .open: "its link opens until \(Formats.full(expiresAt))"
        case .accepted: "accepted \(endedAt.map(Formats.full) ?? "")"
        case .expired: "nobody opened its link in time"
        case .withdrawn: "taken back, or replaced by a later one, \(endedAt.map(Formats.full) ?? "")"
        }
    }

    func explanation(_ scope: Scope) -> Explanation {
        Explanation(
            "Invitation",
            definition:
                "A link that makes its opener a person of the organisation, once. Who makes it passes it on; it is shown only then."
        )
        .value("\(state.rawValue): \(sentence(scope))", state.ink)
        .adding("Role", "Whoever opens it becomes \(role).")
        .source("The server's list of invitations; of a link only a hash is kept.")
    }
}

extension OperatorInvitation.State {
    var ink: Ink {
        switch self {
        case .open: .accent
        case .accepted: .good
        case .expired, .withdrawn: .quiet
        }
    }
}

/// The columns of the list of invitations.
enum InvitationColumns {
    static let all: [Column<OperatorInvitation>] = [
        Column(
            "email", "WHO", .flexible(minimum: 18), precedes: ascending { $0.email.lowercased() },
            ink: { invitation, _ in invitation.state == .open ? .strong : .quiet },
            text: { invitation, _ in invitation.email }),
        Column("role", "ROLE", .fixed(9), precedes: ascending { $0.role }, text: { invitation, _ in invitation.role }),
        Column(
            "state", "STATE", .fixed(9), precedes: ascending { $0.state.rawValue },
            ink: { invitation, _ in invitation.state.ink }, text: { invitation, _ in invitation.state.rawValue }),
        Column(
            "expires", "OPENS FOR", .fixed(9), isNumber: true, rank: 1, precedes: ascending { $0.expiresAt },
            ink: { _, _ in .accent },
            text: { invitation, scope in
                guard invitation.state == .open, let now = scope.date else { return "-" }
                return Formats.span(seconds: Int(invitation.expiresAt.timeIntervalSince(now)))
            }),
        Column(
            "by", "INVITED BY", .flexible(minimum: 14), rank: 2, precedes: ascending { $0.invitedBy?.email },
            ink: { _, _ in .quiet }, text: { invitation, _ in invitation.invitedBy?.email ?? "on the server" }),
        Column(
            "created", "MADE", .fixed(16), rank: 3, precedes: ascending { $0.createdAt }, ink: { _, _ in .quiet },
            text: { invitation, _ in Formats.dayAndMinute(invitation.createdAt) }),
    ]
}

/// What the filter of invitations may ask for.
package enum InvitationQuery {
    package static let vocabulary = [
        QueryField(
            "state", .choice(OperatorInvitation.State.allCases.map(\.rawValue)), example: "state:open",
            "By what became of it"),
        QueryField("role", .choice(Role.allCases.map(\.rawValue)), example: "role:admin", "By the role that it gives"),
        QueryField("by", .text, example: "by:ada", "By a part of the address of who invited"),
    ]

    static func facts(of invitation: OperatorInvitation) -> Query.Facts {
        Query.Facts(
            words: [invitation.email],
            texts: { field in
                switch field {
                case "state": [invitation.state.rawValue]
                case "role": [invitation.role]
                case "by": invitation.invitedBy.map { [$0.email, $0.fullName] } ?? []
                default: []
                }
            })
    }
}
