import FoundationEssentials
import Tenancy
import Terminal
import WireAPI

/// What is filled in about somebody.
enum PersonForm {
    static func inviting(_ scope: Scope) -> FormScreen<OperatorInvitationLink> {
        FormScreen(
            "Invite somebody",
            note:
                "A link is made, shown once, and opens once. You pass it on; whoever opens it chooses name and password.",
            Form([
                .text("email", "Address", hint: "such as ada@example.com", isRequired: true),
                .choice("role", "Role", hint: "Tab in the list goes on to what roles may", RoleChoice.given(by: scope)),
                InvitationTerm.field,
            ]), verb: "invite", answer: .shownOnce
        ) { values throws(FormProblem) in
            .invite(
                OperatorInvitationDraft(
                    email: values["email"], role: values["role"],
                    expiresInHours: try InvitationTerm.hours(values)))
        } done: { made, context in
            context.push(ShownOnceScreen.invitation(made))
        }
    }

    static func addingServiceAccount(_ scope: Scope) -> FormScreen<OperatorUser> {
        FormScreen(
            "Make a service account",
            note: "A program with keys of its own. It has no password, and stays when whoever made it goes.",
            Form([
                .text("name", "Name", hint: "such as nightly-runs", isRequired: true),
                .choice("role", "Role", RoleChoice.given(by: scope)),
            ]), verb: "make"
        ) { values throws(FormProblem) in
            .addServiceAccount(OperatorNewServiceAccount(name: values["name"], role: values["role"]))
        } done: { account, context in
            context.say("\(account.label) is there; C makes a key for it", .good)
        }
    }

    static func addingPerson(_ scope: Scope) -> FormScreen<OperatorUserPassword> {
        FormScreen(
            "Make a person with a password",
            note: "The password is made up, and shown once. An invitation (I) lets them choose one themselves.",
            Form([
                .text("email", "Address", hint: "such as ada@example.com", isRequired: true),
                .text("full_name", "Name", hint: "as others see it", isRequired: true),
                .choice("role", "Role", RoleChoice.given(by: scope)),
            ]), verb: "make", answer: .shownOnce
        ) { values throws(FormProblem) in
            .addPerson(
                OperatorNewUser(email: values["email"], fullName: values["full_name"], role: values["role"]))
        } done: { made, context in
            context.push(ShownOnceScreen.password(made))
        }
    }

    static func renaming(_ user: OperatorUser) -> FormScreen<OperatorUser> {
        FormScreen(
            "Rename \(user.label)", note: "As others see it beside what they made.",
            Form([.text("full_name", "Name", value: user.fullName, isRequired: true)])
        ) { values throws(FormProblem) in
            .renamePerson(user.id, to: OperatorUserName(fullName: values["full_name"], revision: user.revision))
        } done: { user, context in
            context.say("The name is \(user.fullName) now", .good)
        }
    }

    static func changingRole(of user: OperatorUser, _ scope: Scope) -> FormScreen<OperatorUser> {
        FormScreen(
            "The role of \(user.label)",
            note:
                "It holds in the whole organisation, and at once: for open sessions and for keys too. The last owner cannot be anything else.",
            Form([.choice("role", "Role", RoleChoice.given(by: scope), value: user.role)])
        ) { values throws(FormProblem) in
            .changeRole(of: user.id, to: OperatorUserRole(role: values["role"], revision: user.revision))
        } done: { user, context in
            context.say("\(user.label) is \(user.role) now", .good)
        }
    }

    static func granting(
        _ user: OperatorUser, in projects: [OperatorProject], _ scope: Scope
    ) -> FormScreen<OperatorUserDetail> {
        let named = NamedProjects(projects)
        return FormScreen(
            "More for \(user.label) in one project",
            note: "It adds to what their role allows everywhere; it never takes anything.",
            Form([
                .name("project", "Project", of: named.source, isRequired: true),
                .choice("role", "Role", RoleChoice.given(by: scope, inProject: true)),
            ])
        ) { values throws(FormProblem) in
            .grant(
                OperatorProjectGrantDraft(role: values["role"]), to: user.id,
                in: try named.id(values["project"], field: "project"))
        } done: { detail, context in
            context.say("\(detail.user.label) may do more in \(Counted.projects(detail.grants.count)) now", .good)
        }
    }

    /// Who is to get what is somebody's; `question` is what is asked once that is known.
    static func handingOver(
        _ detail: OperatorUserDetail, _ title: String,
        question: @escaping @Sendable (OperatorPerson, Duration) -> Confirmation
    ) -> FormScreen<OperatorUserPage> {
        FormScreen(
            title, note: "Theirs: \(detail.belongings.words ?? "nothing").",
            Form([.name("to", "To", of: .people, hint: "who gets it, by the address", isRequired: true)]),
            verb: "go on"
        ) { values throws(FormProblem) in
            // The address of another one may hold this one's.
            .people(OperatorUserFilter(text: values["to"]), limit: 100)
        } doneWith: { page, values, context in
            let address = values["to"].lowercased()
            guard let person = page.results.first(where: { $0.email.lowercased() == address }),
                person.id != detail.user.id
            else {
                context.say("Nobody else has the address \(values["to"]): nothing was done", .caution)
                return
            }
            context.present(question(person.reference, context.now))
        }
    }
}

/// For how long the link of an invitation opens.
enum InvitationTerm {
    private static let name = "expires_in_hours"

    static let field = FormField.text(name, "Opens for", hint: "such as 12h or 7d, up to 30d", value: "7d")

    /// In hours, begun ones as whole ones; `nil` where nothing was said.
    static func hours(_ values: FormValues) throws(FormProblem) -> Int? {
        guard let seconds = try values.seconds(name) else { return nil }
        guard (3600...720 * 3600).contains(seconds) else { throw FormProblem(name, "from 1h to 30d") }
        return (seconds + 3599) / 3600
    }
}
