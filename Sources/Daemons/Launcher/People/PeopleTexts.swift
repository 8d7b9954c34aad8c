internal import FoundationEssentials
internal import Tenancy
internal import WireAPI

// What `scorable user`, `scorable service-account` and `scorable organization` print for people.
extension OperatorUserPage {
    var text: String {
        var table = TextTable([
            "NAME", "ADDRESS", "ROLE", "STATE", "LAST SIGN-IN", "SESSIONS", "KEYS", "PROJECTS", "ID",
        ])
        for user in results {
            table.add([
                user.fullName, user.kind == .person ? user.email : nil, user.role, user.state.rawValue,
                user.lastSignInAt?.formatted(.iso8601), "\(user.openSessions)", "\(user.usableKeys)",
                user.projectGrants == 0 ? nil : "\(user.projectGrants)", user.id.lowercaseText,
            ])
        }
        return table.text + ListPlace.more(next)
    }
}

extension OperatorUserDetail {
    var text: String {
        var lines: [(String, String?)] = [
            ("name", user.fullName), ("id", user.id.lowercaseText), ("role", user.role),
            ("state", user.disabledAt.map { "disabled since \($0.formatted(.iso8601))" } ?? "active"),
            ("made", user.createdAt.formatted(.iso8601) + (user.createdBy.map { " by \($0.email)" } ?? "")),
            ("keys", "\(user.usableKeys)"),
        ]
        if user.kind == .person {
            lines.insert(("address", user.email), at: 1)
            lines += [
                ("sign-in", user.lastSignInAt?.formatted(.iso8601) ?? "never"), ("sessions", "\(user.openSessions)"),
                ("password", user.hasPassword ? "yes" : "no"),
                ("second factor", user.hasSecondFactor ? "yes" : "no"),
            ]
        }
        lines.append(("owns", belongings.total == 0 ? "nothing" : belongings.words))
        for grant in grants {
            lines.append(("project", "\(grant.role) in \(grant.project.name ?? "one that is gone")"))
        }
        return FactLines.text(lines)
    }
}

extension OperatorBelongings {
    /// Such as `2 projects, 1 judge`; empty for nothing.
    var words: String {
        [
            (projects, "project", "projects"), (objectives, "objective", "objectives"),
            (evaluators, "evaluator", "evaluators"), (judges, "judge", "judges"), (models, "model", "models"),
            (datasets, "dataset", "datasets"), (traceFilters, "trace filter", "trace filters"),
        ].compactMap { count, one, many in
            switch count {
            case 0: nil
            case 1: "1 \(one)"
            default: "\(count) \(many)"
            }
        }.joined(separator: ", ")
    }
}

extension OperatorUserPassword {
    var text: String {
        """
        address   \(user.email.shown)
        password  \(password)
        Give it to them now: it is not shown again.

        """
    }
}

extension OperatorLink {
    var text: String {
        """
        link   \(url)
        until  \(expiresAt.formatted(.iso8601))
        Give it to them now: it is not shown again, and works once.

        """
    }
}

extension OperatorInvitationLink {
    var text: String { OperatorLink(url: url, expiresAt: invitation.expiresAt).text }
}

extension OperatorInvitationPage {
    var text: String {
        var table = TextTable(["ADDRESS", "ROLE", "STATE", "EXPIRES", "INVITED BY", "ID"])
        for invitation in results {
            table.add([
                invitation.email, invitation.role, invitation.state.rawValue,
                invitation.expiresAt.formatted(.iso8601), invitation.invitedBy?.email, invitation.id.lowercaseText,
            ])
        }
        return table.text + ListPlace.more(next)
    }
}

extension OperatorOrganizationPage {
    var text: String {
        var table = TextTable(["NAME", "PEOPLE", "PROJECTS", "MADE", "RUNS THE INSTALLATION", "ID"])
        for organization in results {
            table.add([
                organization.name, "\(organization.people)", "\(organization.projects)",
                organization.createdAt.formatted(.iso8601), organization.runsInstallation ? "yes" : nil,
                organization.id.lowercaseText,
            ])
        }
        return table.text + ListPlace.more(next)
    }
}

extension OperatorOrganizationLink {
    var text: String {
        "\(organization.name.shown) has the identifier \(organization.id.lowercaseText). Its first owner comes by this link:\n"
            + OperatorLink(url: url, expiresAt: invitation.expiresAt).text
    }
}
