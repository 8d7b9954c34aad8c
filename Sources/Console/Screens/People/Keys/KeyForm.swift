import FoundationEssentials
import Tenancy
import Terminal
import WireAPI

/// Making a key, and putting a new one in the place of one.
enum KeyForm {
    static func making(
        for owner: OperatorUser?, in projects: [OperatorProject], _ scope: Scope
    ) -> FormScreen<OperatorAPIKeySecret> {
        let named = NamedProjects(projects)
        return FormScreen(
            "Make a key" + (owner.map { " for \($0.label)" } ?? ""),
            note: "It acts for \(owner?.label ?? "you"), is shown once, and does no more than its scopes say.",
            Form(fields(named, owner, scope)), verb: "make", answer: .shownOnce
        ) { values throws(FormProblem) in
            .makeKey(
                OperatorAPIKeyDraft(
                    name: values["name"], ownerID: owner?.id,
                    projectID: values["project"].isEmpty
                        ? nil : try named.id(values["project"], field: "project"),
                    scopes: values["may"] == "all" ? nil : values.list("scopes"),
                    expiresAt: try values.date("expires_at"),
                    addressRanges: values["address_ranges"].isEmpty ? nil : values.list("address_ranges")))
        } done: { made, context in
            context.push(ShownOnceScreen.key(made))
        }
    }

    private static func fields(_ projects: NamedProjects, _ owner: OperatorUser?, _ scope: Scope) -> [FormField] {
        let role = Role(rawValue: owner?.role ?? scope.session?.user.role ?? "")
        let scopes = Permission.allCases.filter { role?.grants($0) ?? false }.map(\.rawValue)
        return [
            .text("name", "Name", hint: "what it is for, such as ci", isRequired: true),
            .choice(
                "may", "May do",
                [
                    FormField.Choice("some", "what is named below"),
                    FormField.Choice("all", "all that \(owner == nil ? "you" : "the account") may"),
                ]),
            .names(
                "scopes", "Scopes", of: NameSource("permissions", known: scopes), hint: "with commas between",
                isRequired: true, when: { $0["may"] == "some" }),
            .name("project", "Project", of: projects.source, hint: "where what it makes lands; empty: the default"),
            .text("expires_at", "Ends", hint: "such as 2027-06-30; empty: as the policy says"),
            .text("address_ranges", "From", hint: "such as 10.0.0.0/8, 192.0.2.7; empty: everywhere"),
        ]
    }

    static func rotating(_ key: OperatorAPIKey) -> FormScreen<OperatorAPIKeySecret> {
        FormScreen(
            "A new key in the place of \(key.name)",
            note:
                "It may do the same. Both work while they overlap, so that users of it change over in their own time.",
            Form([
                .text("overlap_seconds", "Overlap", hint: "such as 24h or 7d; 0s: the old one ends now", value: "24h"),
                .text("expires_at", "Ends", hint: "such as 2027-06-30; empty: after as long as the old one had"),
            ]), verb: "rotate", answer: .shownOnce
        ) { values throws(FormProblem) in
            .rotateKey(
                key.id,
                OperatorAPIKeyRotation(
                    overlapSeconds: try values.seconds("overlap_seconds"), expiresAt: try values.date("expires_at")))
        } done: { made, context in
            context.push(ShownOnceScreen.key(made))
        }
    }
}

extension ShownOnceScreen {
    static func key(_ made: OperatorAPIKeySecret) -> ShownOnceScreen {
        let key = made.key
        let end = key.expiresAt.map { "It ends \(Formats.full($0))." } ?? "It does not end by itself."
        var sections = [
            Section("What it may do", "\(key.scopeWords), for \(key.ownerLabel). \(end)"),
            Section(
                "How it is used", "Authorization: Api-Key \(key.prefix)…  or  Authorization: Bearer \(key.prefix)…",
                .quiet),
        ]
        if let until = made.formerExpiresAt {
            sections.append(
                Section("The former key", "It works until \(Formats.full(until)), unless it is revoked (K)."))
        }
        return ShownOnceScreen(
            "Key", of: key.name, heading: "The key \(key.name)", [made.secret],
            advice:
                "Put it where it is used now: it is not shown again, and nothing here can read it any more. y copies it.",
            sections: sections, copies: key.copies)
    }
}
