package import FoundationEssentials
import Tenancy
import Terminal
package import WireAPI

/// What can be done to somebody, from the list of people and from one that is open.
package enum PersonAction: Sendable, Hashable {
    case invite, add, addPerson, addServiceAccount
    case rename, changeRole
    case grant, takeGrant, takeGrantAgreed(UUID, project: OperatorNamed)
    /// Deactivates who gets in, and lets in who does not.
    case toggle
    case deactivateKeeping(OperatorUserDetail), deactivateGiving(OperatorUserDetail)
    case deactivateAgreed(OperatorUser, handOverTo: OperatorPerson?)
    case handOver, handOverAgreed(OperatorUser, to: OperatorPerson)
    case resetPassword
    case removeFactor, removeFactorAgreed(OperatorUser)
    case signOut, signOutAgreed(OperatorUser)
    /// Makes a key for a service account.
    case makeKey

    /// The keys of the list.
    static func listBindings<Command: Sendable & Hashable>(
        _ command: (PersonAction) -> Command
    ) -> [Binding<Command>] {
        [
            Binding(
                [.character("I")], command(.invite), hint: "invite", "Invite somebody by a link, which is shown once",
                .action, needs: .userCreate),
            Binding(
                [.character("N")], command(.add), hint: "new",
                "Make a service account, or a person with a password that is shown once", .action, needs: .userCreate),
        ] + bindings(command)
    }

    /// The keys of one who is open.
    static func bindings<Command: Sendable & Hashable>(
        _ command: (PersonAction) -> Command
    ) -> [Binding<Command>] {
        [
            Binding(
                [.character("R")], command(.changeRole), hint: "role", "Give them another role", .action,
                needs: .userUpdate),
            Binding(
                [.character("A")], command(.grant), "Let them do more in one project", .action, needs: .userUpdate),
            Binding(
                [.character("T")], command(.takeGrant), "Take what they may do more in one project", .action,
                needs: .userUpdate),
            Binding(
                [.character("D")], command(.toggle), hint: "deactivate",
                "Deactivate them, handing over what is theirs; or let them in again", .action, needs: .userDelete),
            Binding(
                [.character("H")], command(.handOver), "Hand over what is theirs, and leave them as they are", .action,
                needs: .userUpdate),
            Binding(
                [.character("P")], command(.resetPassword), hint: "password",
                "Make a link for a new password, which is shown once", .action, needs: .userUpdate),
            Binding(
                [.character("F")], command(.removeFactor), "Take the second factor of who has lost it", .action,
                needs: .userUpdate),
            Binding(
                [.character("S")], command(.signOut), hint: "sign out", "End all their sessions", .action,
                needs: .sessionEnd),
            Binding(
                [.character("C")], command(.makeKey), "Make a key for the service account, which is shown once",
                .action, needs: .apiKeyCreate),
            Binding([.character("E")], command(.rename), "Change the name", .action, needs: .userUpdate),
        ]
    }
}
