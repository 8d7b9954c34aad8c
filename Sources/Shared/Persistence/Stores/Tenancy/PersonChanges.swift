package import FoundationEssentials
package import Postgres
package import Tenancy

/// Somebody whom nobody else can change until the transaction ends, and the owners whom nobody else can take away.
package struct LockedPerson: Sendable {
    package let user: User
    package let owners: EnabledOwners
    /// The other one who was asked for, of whichever organisation.
    package let other: User?
}

// What is changed of people, in the caller's transaction.
extension UserStore {
    /// Stores somebody; without a password hash they cannot sign in by password. The first person of an organisation that
    /// has no default project gets one.
    package static func add(
        _ user: User, passwordHash: String?, createdBy creator: UserID?, defaultProject: ProjectID,
        on connection: PostgresConnection
    ) async throws {
        do {
            try await connection.execute(insertion(of: user, passwordHash: passwordHash, createdBy: creator))
        } catch {
            throw error.asConflict()
        }
        try await connection.execute(
            """
            INSERT INTO projects (id, organization_id, name, is_default, owner_id, created_at)
            SELECT \(defaultProject), \(user.organizationID), 'Default project', true, \(user.id), \(user.createdAt)
            WHERE NOT EXISTS (
                SELECT FROM projects WHERE organization_id = \(user.organizationID) AND is_default)
            ON CONFLICT DO NOTHING
            """)
    }

    /// Holds somebody's row and those of the owners who get in, always in one order, so that of two who take the last two
    /// owners away at once the second one sees what the first one did; with them that of `other`, on whom the change
    /// depends. `nil` when there is no such person.
    package static func lock(
        _ id: UserID, in organization: OrganizationID, with other: UserID? = nil, on connection: PostgresConnection
    ) async throws -> LockedPerson? {
        let rows = try await connection.query(
            """
            SELECT \(fragment: columns) FROM users u
            WHERE u.organization_id = \(organization) AND (u.id = \(id)
                OR u.role = \(Role.owner) AND u.kind = \(User.Kind.person) AND u.disabled_at IS NULL)
                OR u.id = \(other)
            ORDER BY u.id FOR NO KEY UPDATE
            """)
        let people = try rows.map { try User(row: $0) }
        guard let user = people.first(where: { $0.id == id }) else { return nil }
        let owners = people.filter {
            $0.organizationID == organization && $0.role == .owner && $0.kind == .person && !$0.isDisabled
        }
        return LockedPerson(
            user: user, owners: EnabledOwners(Set(owners.map(\.id))), other: people.first { $0.id == other })
    }

    /// Somebody, in whichever organisation, whom nobody changes until the transaction ends. Others may hold them, too.
    package static func hold(_ id: UserID, on connection: PostgresConnection) async throws -> User? {
        let rows = try await connection.query(
            "SELECT \(fragment: columns) FROM users u WHERE u.id = \(id) FOR SHARE")
        return try rows.first.map { try User(row: $0) }
    }

    /// Gives somebody another name. They are locked.
    package static func setFullName(
        _ name: String, of user: User, at moment: Date, on connection: PostgresConnection
    ) async throws -> User {
        try await change(user, to: "full_name = \(name)", at: moment, on: connection)
    }

    /// Gives somebody another role in the organisation. They are locked.
    package static func setRole(
        _ role: Role, of user: User, at moment: Date, on connection: PostgresConnection
    ) async throws -> User {
        try await change(user, to: "role = \(role)", at: moment, on: connection)
    }

    /// Lets somebody in nowhere any more, or in again. They are locked.
    package static func setDisabled(
        _ isDisabled: Bool, of user: User, at moment: Date, on connection: PostgresConnection
    ) async throws -> User {
        try await change(
            user, to: "is_disabled = \(isDisabled), disabled_at = CASE WHEN \(isDisabled) THEN \(moment) END",
            at: moment, on: connection)
    }

    /// Replaces somebody's password hash.
    package static func setPasswordHash(
        _ hash: String, of user: User, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            UPDATE users SET password_hash = \(hash)
            WHERE id = \(user.id) AND organization_id = \(user.organizationID)
            """)
    }

    private static func change(
        _ user: User, to assignments: SQL, at moment: Date, on connection: PostgresConnection
    ) async throws -> User {
        let rows = try await connection.query(
            """
            UPDATE users AS u SET \(fragment: assignments), revision = u.revision + 1, updated_at = \(moment)
            WHERE u.id = \(user.id) AND u.organization_id = \(user.organizationID)
            RETURNING \(fragment: columns)
            """)
        // Locked, it cannot have gone.
        return try rows.first.map { try User(row: $0) } ?? user
    }
}
