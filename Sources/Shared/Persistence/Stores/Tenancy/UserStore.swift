package import FoundationEssentials
package import Postgres
package import Tenancy

/// The people of organisations.
package struct UserStore: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a person; without a password hash they cannot sign in by password.
    package func create(_ user: User, passwordHash: String?) async throws {
        do {
            try await database.execute(Self.insertion(of: user, passwordHash: passwordHash))
        } catch {
            throw error.asConflict()
        }
    }

    /// The person, `nil` when the organisation has none of this identifier.
    package func find(_ id: UserID, in organization: OrganizationID) async throws -> User? {
        let rows = try await database.query(
            "SELECT \(fragment: Self.columns) FROM users u WHERE u.id = \(id) AND u.organization_id = \(organization)")
        return try rows.first.map { try User(row: $0) }
    }

    /// Somebody, in whichever organisation: for whoever administers the installation itself.
    package func find(_ id: UserID) async throws -> User? {
        let rows = try await database.query("SELECT \(fragment: Self.columns) FROM users u WHERE u.id = \(id)")
        return try rows.first.map { try User(row: $0) }
    }

    /// Those of the organisation who have exactly that name, at most a hundred.
    package func list(in organization: OrganizationID, named name: String, kind: User.Kind) async throws -> [User] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM users u
            WHERE u.organization_id = \(organization) AND u.full_name = \(name) AND u.kind = \(kind)
            ORDER BY u.created_at, u.id LIMIT 100
            """)
        return try rows.map { try User(row: $0) }
    }

    /// Someone who wants to sign in, in whichever organisation, with the hash to compare with. Case is forgiven.
    package func findForSignIn(email: String) async throws -> SignInCandidate? {
        let rows = try await database.query(
            "SELECT \(fragment: Self.columns), u.password_hash FROM users u WHERE lower(u.email) = lower(\(email))")
        let candidate = try rows.first.map { row in
            SignInCandidate(user: try User(row: row), passwordHash: try row.decode("password_hash"))
        }
        return candidate.flatMap { EmailAddress.isSame($0.user.email, email) ? $0 : nil }
    }

    /// The person with the hash that a password of theirs has to match, and when they signed in last.
    package func findAccount(_ id: UserID, in organization: OrganizationID) async throws -> UserAccount? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns), u.password_hash, u.last_sign_in_at FROM users u
            WHERE u.id = \(id) AND u.organization_id = \(organization)
            """)
        return try rows.first.map { row in
            UserAccount(
                user: try User(row: row), passwordHash: try row.decode("password_hash"),
                lastSignInAt: try row.decode("last_sign_in_at"))
        }
    }

    /// The organisation's people.
    package func list(in organization: OrganizationID, page: PageRequest) async throws -> Slice<User> {
        let keyset = KeysetQuery(page, createdAt: "u.created_at", id: "u.id")
        let conditions = ["u.organization_id = \(organization)", keyset.condition].compactMap { $0 }
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM users u\(fragment: .matching(all: conditions))\
            \(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows) { try User(row: $0) }
    }

    /// Gives the person another name; `false` when there is no such person.
    package func setFullName(_ name: String, of id: UserID, in organization: OrganizationID) async throws -> Bool {
        let changed = try await database.execute(
            """
            UPDATE users SET full_name = \(name), revision = revision + 1, updated_at = now()
            WHERE id = \(id) AND organization_id = \(organization)
            """)
        return changed == 1
    }

    static func insertion(of user: User, passwordHash: String?, createdBy creator: UserID? = nil) -> SQL {
        """
        INSERT INTO users (id, organization_id, kind, email, full_name, role, password_hash, is_disabled, disabled_at, \
        created_by, created_at)
        VALUES (\(user.id), \(user.organizationID), \(user.kind), \(user.email), \(user.fullName), \(user.role), \
        \(passwordHash), \(user.isDisabled), \(user.disabledAt), \(creator), \(user.createdAt))
        """
    }

    /// Of the table under the name `u`.
    static let columns: SQL = """
        u.id AS user_id, u.organization_id AS user_organization_id, u.email, u.full_name, u.role, \
        u.created_at AS user_created_at, u.kind AS user_kind, u.disabled_at AS user_disabled_at, \
        u.revision AS user_revision, u.updated_at AS user_updated_at
        """
}

/// A person as they see themselves.
package struct UserAccount: Sendable {
    package let user: User
    /// `nil` for somebody who cannot sign in by password.
    package let passwordHash: String?
    package let lastSignInAt: Date?
}

/// A person and the hash that their password has to match.
package struct SignInCandidate: Sendable {
    package let user: User
    package let passwordHash: String?
}

extension User {
    /// Reads the columns of `UserStore.columns`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("user_id"), organizationID: try row.decode("user_organization_id"),
            email: try row.decode("email"), fullName: try row.decode("full_name"), role: try row.decode("role"),
            createdAt: try row.decode("user_created_at"), kind: try row.decode("user_kind"),
            disabledAt: try row.decode("user_disabled_at"), revision: try row.decode("user_revision"),
            updatedAt: try row.decode("user_updated_at"))
    }
}
