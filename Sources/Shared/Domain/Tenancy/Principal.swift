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

    package init(
        organizationID: OrganizationID, user: UserReference, credential: Credential, role: Role, scopes: Scopes,
        defaultProjectID: ProjectID
    ) {
        self.organizationID = organizationID
        self.user = user
        self.credential = credential
        self.role = role
        self.scopes = scopes
        self.defaultProjectID = defaultProjectID
    }

    /// Whether both the role and the key's scopes allow it.
    package func may(_ permission: Permission) -> Bool { role.grants(permission) && scopes.contain(permission) }

    /// Passes when the caller may do it.
    package func require(_ permission: Permission) throws(PermissionDenied) {
        guard may(permission) else { throw PermissionDenied(permission: permission, role: role) }
    }
}

/// The caller is known, and may not do this.
package struct PermissionDenied: Error, CustomStringConvertible {
    package let permission: Permission
    package let role: Role

    package var description: String { "\(permission.rawValue) is not allowed to this \(role.rawValue)" }
}
