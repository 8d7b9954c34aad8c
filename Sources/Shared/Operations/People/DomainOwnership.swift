internal import Postgres
internal import Stores
internal import Tenancy

extension PeopleSurroundings {
    /// Passes for an address that may become somebody of the organisation: its domain signs in by no other organisation's
    /// identity provider, but that of whoever wants it. Whoever administers on the server itself may know that all agree.
    /// - Throws: `InvalidDefinition` naming `field`.
    func requireDomain(
        of email: String, in organization: OrganizationID, field: String, by actor: AuditActor,
        on connection: PostgresConnection
    ) async throws {
        guard let principal = actor.principal, let domain = EmailDomain(of: email) else { return }
        let found = try await IdentityProviderStore(database: database.within(connection)).find(signingIn: domain)
        guard let owner = found?.organizationID, owner != organization, owner != principal.organizationID else {
            return
        }
        throw InvalidDefinition(
            field,
            "Addresses of \(domain) sign in with another organization. Whoever administers the server can make somebody "
                + "who has one: scorable user create")
    }
}
