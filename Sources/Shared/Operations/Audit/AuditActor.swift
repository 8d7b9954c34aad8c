package import Records
package import Tenancy

/// Who does something that is kept in the audit, with their rights.
package struct AuditActor: Sendable {
    /// As it is kept.
    package let identity: AuditEntry.Actor
    /// `nil` for whoever administers on the server itself, who may do everything, and for who is not known yet.
    package let principal: Principal?
    /// Whose people may read of it; `nil` is the installation's own.
    package let organizationID: OrganizationID?

    /// How long a name may be that somebody unknown gave, in UTF-8.
    private static let nameLimit = 320

    /// Somebody who called an interface.
    package init(_ principal: Principal, from address: String?, requestID: String?) {
        self.principal = principal
        organizationID = principal.organizationID
        let kind: AuditEntry.Actor.Kind
        var keyID: APIKeyID?
        switch principal.credential {
        case .session, .absent: kind = .user
        case .apiKey(let id): (kind, keyID) = (.apiKey, id)
        }
        identity = AuditEntry.Actor(
            kind: kind, id: principal.user.id.uuid, keyID: keyID, name: principal.user.email, role: principal.role,
            address: Self.kept(address), requestID: Self.kept(requestID))
    }

    /// Whoever administers on the server itself, by the name of their user there.
    package init(machineUser name: String, requestID: String) {
        principal = nil
        organizationID = nil
        identity = AuditEntry.Actor(
            kind: .machine, id: nil, name: AuditText.kept(name, atMost: Self.nameLimit), role: nil, address: nil,
            requestID: Self.kept(requestID))
    }

    /// A daemon of ours that does by itself what an organisation has set up.
    init(daemon name: String, of organization: OrganizationID) {
        principal = nil
        organizationID = organization
        identity = AuditEntry.Actor(
            kind: .machine, id: nil, name: name, role: nil, address: nil, requestID: nil)
    }

    /// A daemon of ours that does what concerns the whole installation.
    init(daemonOfInstallation name: String) {
        principal = nil
        organizationID = nil
        identity = AuditEntry.Actor(
            kind: .machine, id: nil, name: name, role: nil, address: nil, requestID: nil)
    }

    /// A person who is known but holds no credential in this call, such as one who is just signing in.
    package init(_ user: User, from address: String?, requestID: String?) {
        principal = nil
        organizationID = user.organizationID
        identity = AuditEntry.Actor(
            kind: .user, id: user.id.uuid, name: user.email, role: user.role, address: Self.kept(address),
            requestID: Self.kept(requestID))
    }

    /// Somebody who has not shown who they are, under the name that they gave; in `organization` where that is known,
    /// otherwise it is the installation's own to read of.
    package init(
        unknown name: String, in organization: OrganizationID? = nil, from address: String?, requestID: String?
    ) {
        principal = nil
        organizationID = organization
        identity = AuditEntry.Actor(
            kind: .unknown, id: nil, name: AuditText.kept(name, atMost: Self.nameLimit), role: nil,
            address: Self.kept(address), requestID: Self.kept(requestID))
    }

    private static func kept(_ text: String?) -> String? {
        text.map { AuditText.kept($0, atMost: AuditText.longestOfCall) }
    }

    /// Passes when they may do it. Somebody unknown may nothing that a permission is needed for.
    package func require(_ permission: Permission) throws(PermissionDenied) {
        switch identity.kind {
        case .machine: return
        case .user, .apiKey, .unknown:
            guard let principal else {
                throw PermissionDenied(permission: permission, role: identity.role ?? .viewer)
            }
            try principal.require(permission)
        }
    }
}
