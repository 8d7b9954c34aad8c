import FoundationEssentials
import Terminal
import WireAPI

/// What is asked before something is done to somebody that they will feel.
enum PersonQuestion {
    static func deactivate<Command: Sendable & Hashable>(
        _ detail: OperatorUserDetail, handOverTo receiver: OperatorPerson?, at now: Duration,
        _ command: (PersonAction) -> Command
    ) -> Confirmation {
        let user = detail.user
        var effects = [
            "\(Counted.sessions(user.openSessions)) and \(Counted.keys(user.usableKeys)) stop within seconds, wherever they are used.",
            "They stay the author of what they made. D lets them in again.",
        ]
        if let words = detail.belongings.words {
            effects.append(receiver.map { "\($0.email) gets \(words)." } ?? "Theirs stay \(words).")
        }
        return Confirmation(
            "Deactivate \(user.label)", effects: effects, typing: user.label, at: now,
            command(.deactivateAgreed(user, handOverTo: receiver)))
    }

    static func handOver<Command: Sendable & Hashable>(
        _ detail: OperatorUserDetail, to receiver: OperatorPerson, at now: Duration,
        _ command: (PersonAction) -> Command
    ) -> Confirmation {
        Confirmation(
            "Hand over what is \(detail.user.label)'s",
            effects: [
                "\(receiver.email) gets \(detail.belongings.words ?? "nothing").",
                "\(detail.user.label) stays the author of what they made, and gets in as before.",
            ], typing: detail.user.label, at: now, command(.handOverAgreed(detail.user, to: receiver)))
    }

    static func removeFactor<Command: Sendable & Hashable>(
        of user: OperatorUser, at now: Duration, _ command: (PersonAction) -> Command
    ) -> Confirmation {
        Confirmation(
            "Take the second factor of \(user.label)",
            effects: [
                "Whoever has the password gets in. Make sure that it is really they who ask for it.",
                "Their recovery codes go with it; in their profile they enrol a new one.",
            ], typing: user.label, at: now, command(.removeFactorAgreed(user)))
    }

    static func signOut<Command: Sendable & Hashable>(
        _ user: OperatorUser, at now: Duration, _ command: (PersonAction) -> Command
    ) -> Confirmation {
        Confirmation(
            "Sign out \(user.label)",
            effects: [
                "\(Counted.sessions(user.openSessions)) end at once; consoles and streams close.",
                "They may sign in again, and their keys go on working.",
            ], typing: "\(user.openSessions)", at: now, command(.signOutAgreed(user)))
    }

    /// What is to become of what is theirs.
    static func keepOrGive<Command: Sendable & Hashable>(
        _ detail: OperatorUserDetail, _ command: (PersonAction) -> Command
    ) -> Menu {
        let words = detail.belongings.words ?? "nothing"
        return Menu(
            "Deactivate \(detail.user.label), who has \(words)",
            [
                Menu.Item(.character("g"), "Give it to somebody", command(.deactivateGiving(detail))),
                Menu.Item(.character("k"), "It stays theirs", command(.deactivateKeeping(detail))),
            ])
    }

    static func whatToMake<Command: Sendable & Hashable>(_ command: (PersonAction) -> Command) -> Menu {
        Menu(
            "Make",
            [
                Menu.Item(.character("s"), "A service account: a program", command(.addServiceAccount)),
                Menu.Item(.character("p"), "A person with a password", command(.addPerson)),
            ])
    }

    /// In which project somebody is to do no more than their role says.
    static func whichGrant<Command: Sendable & Hashable>(
        _ detail: OperatorUserDetail, _ command: (PersonAction) -> Command
    ) -> Menu {
        Menu(
            "Take what \(detail.user.label) may do more in",
            detail.grants.enumerated().map { index, grant in
                Menu.Item(
                    index < 9 ? .character(Unicode.Scalar(UInt8(0x31 + index))) : nil, grant.project.label,
                    detail: grant.role, command(.takeGrantAgreed(detail.user.id, project: grant.project)))
            })
    }
}
