// Who may give which role to whom.

extension Role {
    /// Whether a holder of this role may give the other one, take it away, and change whoever has it: nobody gives what they
    /// do not have themselves.
    package func mayGive(_ other: Role) -> Bool { other.permissions.isSubset(of: permissions) }
}

extension Principal {
    /// Passes for somebody who may give a role, and change whoever has it. A key gives none that could give roles in its
    /// turn: who finds one must not be able to stay.
    package func requireGiving(_ other: Role) throws(RoleOutOfReach) {
        guard role.mayGive(other), !(isKey && other.grants(.userUpdate)) else {
            throw RoleOutOfReach(role: other, ofKey: isKey && role.mayGive(other))
        }
    }
}

extension User {
    /// Whether a link that they have made for somebody of that role still counts: they get in, and might make it again.
    package func stands(behind permission: Permission, toward role: Role) -> Bool {
        !isDisabled && self.role.grants(permission) && self.role.mayGive(role)
    }
}

/// Somebody wanted to give a role that is not theirs to give, or to change somebody who has it.
package struct RoleOutOfReach: Error, Hashable, CustomStringConvertible {
    package let role: Role
    /// Whether a person of the same role could do it.
    package let ofKey: Bool

    package init(role: Role, ofKey: Bool) {
        self.role = role
        self.ofKey = ofKey
    }

    package var description: String {
        ofKey
            ? "With an API key nobody is made or changed who has the role \(role.rawValue): sign in for that."
            : "Who has the role \(role.rawValue) is made and changed only by those who may do as much themselves."
    }
}

/// The owners of an organisation who get in, as they are while nobody else can change them.
package struct EnabledOwners: Sendable, Hashable {
    package let ids: Set<UserID>

    package init(_ ids: Set<UserID>) { self.ids = ids }

    /// Passes when the organisation still has an owner without this person.
    package func requireOther(than user: UserID) throws(PersonNotInState) {
        guard ids.subtracting([user]).isEmpty, ids.contains(user) else { return }
        throw PersonNotInState(.lastOwner)
    }
}

/// Something is not done to somebody as they are.
package struct PersonNotInState: Error, Hashable, CustomStringConvertible {
    /// Why it is not done.
    package enum Kind: Sendable, Hashable {
        /// The organisation would have no owner any more who gets in.
        case lastOwner
        /// One would shut oneself out.
        case oneself
        /// A service account has no password and signs in nowhere.
        case serviceAccount
        /// They get in nowhere.
        case disabled
    }

    package let kind: Kind

    package init(_ kind: Kind) { self.kind = kind }

    package var description: String {
        switch kind {
        case .lastOwner: "This is the last owner who gets in. Make somebody else an owner first."
        case .oneself: "Nobody deactivates themselves. Somebody else can."
        case .serviceAccount: "A service account has no password and signs in nowhere: it has keys."
        case .disabled: "This account is deactivated. Reactivate it first."
        }
    }
}
