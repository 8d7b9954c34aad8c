package import FoundationEssentials
import Postgres
package import Tenancy

/// Somebody with what those want to know of them who look after people.
package struct PersonOverview: Sendable, Hashable {
    package let user: User
    /// `nil` for whoever came by an invitation or was made on the server itself.
    package let createdBy: UserReference?
    package let lastSignInAt: Date?
    package let hasPassword: Bool
    package let hasSecondFactor: Bool
    package let openSessions: Int
    package let usableKeys: Int
    package let projectGrants: Int
}

/// Which people are wanted; everything that is given must hold.
package struct PersonFilter: Sendable, Hashable {
    /// A part of the name or the address, in any case.
    package var text: String?
    package var role: Role?
    package var kind: User.Kind?
    package var isDisabled: Bool?

    package init(text: String? = nil, role: Role? = nil, kind: User.Kind? = nil, isDisabled: Bool? = nil) {
        self.text = text
        self.role = role
        self.kind = kind
        self.isDisabled = isDisabled
    }

    fileprivate var conditions: [SQL] {
        let matchesText: SQL? = text.map { text in
            let pattern = SearchPattern.containing(text)
            return "(u.full_name ILIKE \(pattern) OR u.email ILIKE \(pattern))"
        }
        let conditions: [SQL?] = [
            matchesText, role.map { "u.role = \($0)" }, kind.map { "u.kind = \($0)" },
            isDisabled.map { $0 ? "u.disabled_at IS NOT NULL" : "u.disabled_at IS NULL" },
        ]
        return conditions.compactMap(\.self)
    }
}

extension UserStore {
    /// The organisation's people and service accounts, as they are at a moment.
    package func overviews(
        in organization: OrganizationID, matching filter: PersonFilter, at moment: Date, page: PageRequest
    ) async throws -> Slice<PersonOverview> {
        let keyset = KeysetQuery(page, createdAt: "u.created_at", id: "u.id")
        let conditions =
            ["u.organization_id = \(organization)"] + filter.conditions + [keyset.condition].compactMap(\.self)
        let rows = try await database.query(
            """
            \(fragment: Self.overview(at: moment))\(fragment: .matching(all: conditions))\
            \(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, PersonOverview.init(row:))
    }

    /// One of them; `nil` when the organisation has none of this identifier.
    package func overview(
        of id: UserID, in organization: OrganizationID, at moment: Date
    ) async throws -> PersonOverview? {
        let rows = try await database.query(
            """
            \(fragment: Self.overview(at: moment)) WHERE u.id = \(id) AND u.organization_id = \(organization)
            """)
        return try rows.first.map(PersonOverview.init(row:))
    }

    private static func overview(at moment: Date) -> SQL {
        """
        SELECT \(fragment: columns), u.last_sign_in_at, u.password_hash IS NOT NULL AS has_password,
            c.id AS creator_id, c.email AS creator_email, c.full_name AS creator_full_name,
            EXISTS (SELECT FROM second_factors f
                WHERE f.organization_id = u.organization_id AND f.user_id = u.id AND f.confirmed_at IS NOT NULL)
                AS has_second_factor,
            (SELECT count(*) FROM sessions s
                WHERE s.organization_id = u.organization_id AND s.user_id = u.id
                    AND s.expires_at > \(moment) AND s.idle_expires_at > \(moment)) AS open_sessions,
            (SELECT count(*) FROM api_keys k
                WHERE k.organization_id = u.organization_id AND k.owner_id = u.id AND k.revoked_at IS NULL
                    AND (k.expires_at IS NULL OR k.expires_at > \(moment))) AS usable_keys,
            (SELECT count(*) FROM project_grants g
                WHERE g.organization_id = u.organization_id AND g.user_id = u.id) AS project_grants
        FROM users u LEFT JOIN users c ON c.id = u.created_by AND c.organization_id = u.organization_id
        """
    }
}

extension PersonOverview {
    fileprivate init(row: PostgresRow) throws {
        let creator = try row.decode("creator_id", as: UserID?.self)
        self.init(
            user: try User(row: row),
            createdBy: try creator.map { _ in try UserReference(row: row, prefix: "creator") },
            lastSignInAt: try row.decode("last_sign_in_at"), hasPassword: try row.decode("has_password"),
            hasSecondFactor: try row.decode("has_second_factor"), openSessions: try row.decode("open_sessions"),
            usableKeys: try row.decode("usable_keys"), projectGrants: try row.decode("project_grants"))
    }
}
