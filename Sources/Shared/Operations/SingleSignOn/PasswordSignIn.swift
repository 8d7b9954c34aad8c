internal import Records
internal import Postgres
internal import Stores
internal import Tenancy

/// Who may sign in by password although an identity provider has the domain of their address: for the day on which that is
/// out of order. Decided on the server alone.
package struct PasswordSignIn: Sendable {
    private let audit: Audit

    package init(audit: Audit) { self.audit = audit }

    /// Allows it to somebody, or not any more. Answers whether anything has changed.
    /// - Throws: `NotFound`; `PermissionDenied` for whoever is not on the server.
    package func set(_ isAllowed: Bool, of email: String, by actor: AuditActor) async throws -> Bool {
        try await audit.perform(
            Audit.Deed("user.password_sign_in", on: "user:\(email)"), by: actor, needs: nil
        ) { connection in
            guard actor.identity.kind == .machine else {
                throw PermissionDenied(permission: .identityProviderUpdate, role: actor.principal?.role ?? .viewer)
            }
            guard let found = try await EnforcedDomainStore.setPasswordUse(isAllowed, of: email, on: connection) else {
                throw NotFound("User")
            }
            guard found.wasAllowed != isAllowed else { return .nothing(false) }
            return Audit.Change(
                true, on: "user:\(found.user.id)", before: ["may_use_password": found.wasAllowed],
                after: ["may_use_password": isAllowed])
        }
    }
}
