internal import FoundationEssentials
internal import Postgres
internal import Stores
internal import Tenancy

/// Gives people the roles of their groups after it was changed which groups give any: they hold at once, and not only when
/// a group changes next. Many people are done a piece at a time; what was not reached is, when the settings are saved again.
struct GroupRoleRefresh: Sendable {
    let database: PostgresClient
    let audit: Audit
    /// Whoever remembers what people may do is told; `nil` where nobody is.
    let changes: Changes?
    let now: @Sendable () -> Date

    private static let pieceSize = 200

    /// After an identity provider's settings have become others. Those who were, or are, in groups that give roles there are
    /// concerned; one that nobody signs in by changes nobody's role.
    /// - Throws: errors of the database.
    func apply(
        _ settings: IdentityProviderSettings, formerly former: IdentityProviderSettings?,
        in organization: OrganizationID, by actor: AuditActor
    ) async throws {
        let names = Array(Set((settings.roles + (former?.roles ?? [])).map(\.group))).sorted()
        guard settings.isEnabled, !names.isEmpty else { return }
        var last: UserID?
        repeat {
            last = try await applyPiece(names, after: last, in: organization, by: actor)
            if last != nil { await changes?.announce(.access) }
        } while last != nil
    }

    /// The last one of the piece; `nil` when nobody is left.
    private func applyPiece(
        _ names: [String], after last: UserID?, in organization: OrganizationID, by actor: AuditActor
    ) async throws -> UserID? {
        let moment = now()
        return try await database.transaction { connection in
            try await ProvisionedPersonStore.lock(organization, on: connection)
            let people = try await DirectoryGroupStore.members(
                ofGroupsNamed: names, in: organization, after: last, limit: Self.pieceSize, on: connection)
            let roles = try await GroupRoles(of: organization, on: database.within(connection))
            try await GroupRoleChanges(
                roles, audit.within(connection), actor, needs: .identityProviderUpdate, at: moment, on: connection
            ).apply(to: people, in: organization)
            return people.last
        }
    }
}
