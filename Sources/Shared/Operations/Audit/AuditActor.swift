package import Records
package import Tenancy

/// Who does something that is kept in the audit, with their rights.
package struct AuditActor: Sendable {
    /// As it is kept.
    package let identity: AuditEntry.Actor
    /// `nil` for whoever administers on the server itself, who may do everything.
    package let principal: Principal?

    /// Somebody who called an interface.
    package init(_ principal: Principal, from address: String?, requestID: String?) {
        self.principal = principal
        let kind: AuditEntry.Actor.Kind =
            switch principal.credential {
            case .session, .absent: .user
            case .apiKey: .apiKey
            }
        identity = AuditEntry.Actor(
            kind: kind, id: principal.user.id.uuid, name: principal.user.email, role: principal.role, address: address,
            requestID: requestID)
    }

    /// Whoever administers on the server itself, by the name of their user there.
    package init(machineUser name: String, requestID: String) {
        principal = nil
        identity = AuditEntry.Actor(
            kind: .machine, id: nil, name: name, role: nil, address: nil, requestID: requestID)
    }

    /// Passes when they may do it.
    package func require(_ permission: Permission) throws(PermissionDenied) { try principal?.require(permission) }
}
