import FoundationEssentials
import Terminal
import WireAPI

/// What is shown once of people: links and passwords to pass on.
extension ShownOnceScreen {
    private static let passing =
        "It is not shown again. y copies it. Pass it on by a way that others do not read: whoever has it first is in."

    static func invitation(_ made: OperatorInvitationLink) -> ShownOnceScreen {
        ShownOnceScreen(
            "Link", of: made.invitation.email, heading: "The invitation of \(made.invitation.email)", [made.url],
            advice: passing,
            sections: [
                Section(
                    "What it does",
                    "It opens once, until \(Formats.full(made.invitation.expiresAt)), and makes its opener \(made.invitation.role). An earlier invitation of this address opens nothing any more.",
                    .quiet)
            ], copies: [Copy("i", "identifier", made.invitation.id.lowercase)])
    }

    static func passwordLink(_ link: OperatorLink, for name: String) -> ShownOnceScreen {
        ShownOnceScreen(
            "Link", of: name, heading: "A new password for \(name)", [link.url], advice: passing,
            sections: [
                Section(
                    "What it does",
                    "It opens once, until \(Formats.full(link.expiresAt)). With the new password their sessions end.",
                    .quiet)
            ])
    }

    static func password(_ made: OperatorUserPassword) -> ShownOnceScreen {
        ShownOnceScreen(
            "Password", of: made.user.label, heading: "The password of \(made.user.email)", [made.password],
            advice: passing,
            sections: [
                Section(
                    "What to do with it", "They sign in with it and choose another one in their profile.", .quiet)
            ], copies: [Copy("a", "address", made.user.email)])
    }

    static func organization(_ made: OperatorOrganizationLink) -> ShownOnceScreen {
        ShownOnceScreen(
            "Link", of: made.organization.name, heading: "The first owner of \(made.organization.name)", [made.url],
            advice: passing,
            sections: [
                Section(
                    "What it does",
                    "\(made.invitation.email) becomes its owner. It opens once, until \(Formats.full(made.invitation.expiresAt)).",
                    .quiet)
            ], copies: [Copy("i", "identifier", made.organization.id.lowercase)])
    }
}
