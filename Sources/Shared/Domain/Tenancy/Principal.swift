package import FoundationEssentials

/// Who is calling, resolved once per request.
package struct Principal: Sendable, Hashable {
    /// How the caller showed who they are.
    package enum Credential: Sendable, Hashable {
        case session(SessionID)
        case apiKey(APIKeyID)
        /// Nobody is there: what they have asked for earlier is being done.
        case absent
    }

    package let organizationID: OrganizationID
    /// The person who signed in, or who owns the key.
    package let user: UserReference
    package let credential: Credential
    package let role: Role
    package let scopes: Scopes
    /// Where new resources land when the call names no project.
    package let defaultProjectID: ProjectID
    /// When they last showed who they are; `nil` for whoever is not signed in.
    package let confirmedAt: Date?
    /// The roles they have in single projects, beside that in the organisation.
    package let grants: [ProjectID: Role]
    /// From where their key may be used; none: from everywhere.
    package let addressRanges: [AddressRange]
    /// The one project that their key opens; `nil` for one that opens all that its owner does.
    package let confinedTo: ProjectID?

    package init(
        organizationID: OrganizationID, user: UserReference, credential: Credential, role: Role, scopes: Scopes,
        defaultProjectID: ProjectID, confirmedAt: Date? = nil, grants: [ProjectID: Role] = [:],
        addressRanges: [AddressRange] = [], confinedTo: ProjectID? = nil
    ) {
        self.organizationID = organizationID
        self.user = user
        self.credential = credential
        self.role = role
        self.scopes = scopes
        self.defaultProjectID = defaultProjectID
        self.confirmedAt = confirmedAt
        self.grants = grants
        self.addressRanges = addressRanges
        self.confinedTo = confinedTo
    }

    /// Whether it is a program that calls, with a key.
    package var isKey: Bool {
        if case .apiKey = credential { true } else { false }
    }

    /// Whether both the role in the organisation and the key's scopes allow it, everywhere in the organisation. A key that
    /// is confined to a project may nothing everywhere.
    package func may(_ permission: Permission) -> Bool {
        confinedTo == nil && role.grants(permission) && credentialAllows(permission)
    }

    /// Whether they may do it in that project, by their role in the organisation or by one in the project.
    package func may(_ permission: Permission, in project: ProjectID) -> Bool {
        guard confinedTo == nil || confinedTo == project else { return false }
        let isGranted = role.grants(permission) || grants[project]?.grants(permission) ?? false
        return isGranted && credentialAllows(permission)
    }

    /// Passes when the caller may do it.
    package func require(_ permission: Permission) throws(PermissionDenied) {
        guard may(permission) else { throw PermissionDenied(permission: permission, role: role) }
    }

    /// Passes when the caller may do it in that project.
    package func require(_ permission: Permission, in project: ProjectID) throws(PermissionDenied) {
        guard may(permission, in: project) else { throw PermissionDenied(permission: permission, role: role) }
    }

    /// How long somebody counts as present after they have shown who they are.
    package static let confirmationLifetime: TimeInterval = 600

    /// Passes for somebody who has shown a moment ago who they are: a screen that was left open does nothing dangerous.
    /// A key cannot be asked: whoever made it has to have given it this very permission by name, not all there are.
    /// - Throws: ``ConfirmationRequired``; ``ScopeNotNamed``.
    package func requireConfirmation(at moment: Date, for permission: Permission) throws {
        switch credential {
        case .session:
            guard let confirmedAt, moment.timeIntervalSince(confirmedAt) <= Self.confirmationLifetime else {
                throw ConfirmationRequired()
            }
        case .apiKey:
            guard case .only(let named) = scopes, named.contains(permission) else {
                throw ScopeNotNamed(permission: permission)
            }
        case .absent: return
        }
    }

    /// Whether their key may be used from that address.
    package func mayCall(from address: String) -> Bool {
        addressRanges.isEmpty || addressRanges.contains { $0.contains(address) }
    }

    /// Passes when their key may be used from that address.
    package func requireAddress(_ address: String) throws(AddressNotAllowed) {
        guard mayCall(from: address) else { throw AddressNotAllowed(address: address) }
    }

    private func credentialAllows(_ permission: Permission) -> Bool {
        scopes.contain(permission) && (!isKey || scopes.open(permission))
    }
}

/// The caller is known, and may not do this.
package struct PermissionDenied: Error, CustomStringConvertible {
    package let permission: Permission
    package let role: Role

    package init(permission: Permission, role: Role) {
        self.permission = permission
        self.role = role
    }

    package var description: String { "\(permission.rawValue) is not allowed to this \(role.rawValue)" }
}

/// A key with “*” for its scopes is used for something dangerous, which wants its permission to be among them by name.
package struct ScopeNotNamed: Error, Hashable, CustomStringConvertible {
    package let permission: Permission

    package init(permission: Permission) { self.permission = permission }

    package var description: String {
        "A key does this only when “\(permission.rawValue)” is named among its scopes; “*” is not enough."
    }
}

/// The key is one of ours, and not to be used from there.
package struct AddressNotAllowed: Error, Hashable, CustomStringConvertible {
    package let address: String

    package init(address: String) { self.address = address }

    package var description: String { "This key may not be used from the address \(address)." }
}

/// The caller may do this, but has not shown for a while that it is still they who sit there.
package struct ConfirmationRequired: Error, Hashable, CustomStringConvertible {
    package init() {}

    package var description: String { "Confirm that it is you first, with your password or your second factor." }
}
