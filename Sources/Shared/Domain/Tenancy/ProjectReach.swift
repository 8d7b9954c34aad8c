// Rights in single projects, where an operation asks for them.
//
// The rule, which holds for routes, lists, look-ups by name and what one thing refers to alike:
// - What lies in a project of the caller's organisation may be seen and used by whoever may do so in that project: by the
//   role in the organisation or by a grant there, and within the scopes of the key.
// - What the installation or another organisation shares lies in no project of the caller's; whoever may do it anywhere
//   may do it with that.
// - What may not be seen is not there: lists leave it out, and asking for it finds nothing.
// - Whoever saves something answers for what it refers to: a reference to what they may not read or use is refused as one to
//   what there is not.
//   From then on whoever may use the thing uses what it refers to along with it, also without a right of their own to that.
//   Examples of a dataset that lies in another project than their evaluator are shown only for those who have a role there
//   that may read it: what was saved so is for them.
// - What is done in the background was allowed when it was asked for.

/// Where in an organisation somebody may do something.
package enum ProjectReach: Sendable, Hashable {
    /// In every project of the organisation.
    case organization
    /// In these, in their order, and nowhere else.
    case projects([ProjectID])

    /// Whether there is no place for it.
    package var isNowhere: Bool { self == .projects([]) }

    /// Whether it may be done in that project.
    package func contains(_ project: ProjectID) -> Bool {
        switch self {
        case .organization: true
        case .projects(let projects): projects.contains(project)
        }
    }
}

extension Principal {
    /// Where they may do it: what lists show and look-ups find.
    package func reach(_ permission: Permission) -> ProjectReach {
        if may(permission) || isAbsent { return .organization }
        let known = confinedTo.map { [$0] } ?? Array(grants.keys)
        return .projects(known.filter { may(permission, in: $0) }.sorted())
    }

    /// Whether they may do it with something of that organisation that lies in that project.
    package func may(
        _ permission: Permission, with owner: OrganizationID, in project: ProjectID?
    ) -> Bool {
        let reach = reach(permission)
        guard owner == organizationID, let project else { return !reach.isNowhere }
        return reach.contains(project)
    }

    /// Passes when they may do it with something of that organisation that lies in that project.
    package func require(
        _ permission: Permission, with owner: OrganizationID, in project: ProjectID?
    ) throws(PermissionDenied) {
        guard may(permission, with: owner, in: project) else {
            throw PermissionDenied(permission: permission, role: role)
        }
    }

    /// Whether the person may do it in that project, with whichever of their keys: for what a thing brings along that somebody
    /// answered for who saved it.
    package func roleAllows(_ permission: Permission, in project: ProjectID) -> Bool {
        role.grants(permission) || grants[project]?.grants(permission) ?? false
    }

    /// Passes when there is a place where they may do it; which it is remains to be asked.
    package func requireAnywhere(_ permission: Permission) throws(PermissionDenied) {
        guard !reach(permission).isNowhere else { throw PermissionDenied(permission: permission, role: role) }
    }

    /// Whether they may do it everywhere, or in a project with what lies there: what a console offers them.
    package func maySomewhere(_ permission: Permission) -> Bool {
        may(permission) || Permission.inProjects.contains(permission) && !reach(permission).isNowhere
    }

    /// Whether nobody is there, and what they have asked for earlier is being done.
    private var isAbsent: Bool {
        if case .absent = credential { true } else { false }
    }
}
