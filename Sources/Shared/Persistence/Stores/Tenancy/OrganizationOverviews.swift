package import Postgres
import Scoring
package import Tenancy

/// An organisation as those see it who run the installation.
package struct OrganizationOverview: Sendable, Hashable {
    package let organization: Organization
    package let runsInstallation: Bool
    /// Those who get in, service accounts apart.
    package let people: Int
    package let projects: Int
}

extension OrganizationStore {
    /// The organisations that people belong to; those of people who only try the product are none.
    package func overviews(page: PageRequest) async throws -> Slice<OrganizationOverview> {
        let keyset = KeysetQuery(page, createdAt: "o.created_at", id: "o.id")
        let conditions: [SQL?] = [
            "o.id <> \(PresetCatalogue.organizationID)",
            "NOT EXISTS (SELECT FROM temporary_users t WHERE t.organization_id = o.id)", keyset.condition,
        ]
        let rows = try await database.query(
            """
            \(fragment: Self.overview)\(fragment: .matching(all: conditions.compactMap(\.self)))\
            \(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, OrganizationOverview.init(row:))
    }

    /// One of them; `nil` when there is none.
    package func overview(of id: OrganizationID) async throws -> OrganizationOverview? {
        let rows = try await database.query("\(fragment: Self.overview) WHERE o.id = \(id)")
        return try rows.first.map(OrganizationOverview.init(row:))
    }

    // MARK: In the caller's transaction

    /// Stores an organisation without people; the first one of an installation runs it.
    package static func add(_ organization: Organization, on connection: PostgresConnection) async throws {
        try await connection.execute(insertion(of: organization))
    }

    /// Gives an organisation another name; the one it had, `nil` when there is none.
    package static func rename(
        _ id: OrganizationID, to name: String, on connection: PostgresConnection
    ) async throws -> String? {
        let rows = try await connection.query(
            """
            UPDATE organizations o SET name = \(name) FROM organizations former
            WHERE o.id = \(id) AND former.id = o.id AND o.id <> \(PresetCatalogue.organizationID)
            RETURNING former.name
            """)
        return try rows.first?.decode("name")
    }

    private static let overview: SQL = """
        SELECT o.id, o.name, o.created_at, o.runs_installation,
            (SELECT count(*) FROM users u
                WHERE u.organization_id = o.id AND u.kind = 'person' AND u.disabled_at IS NULL) AS people,
            (SELECT count(*) FROM projects p WHERE p.organization_id = o.id) AS projects
        FROM organizations o
        """
}

extension OrganizationOverview {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            organization: try Organization(row: row), runsInstallation: try row.decode("runs_installation"),
            people: try row.decode("people"), projects: try row.decode("projects"))
    }
}
