package import Postgres
import Scoring
package import Tenancy

/// Organisations. Never used on behalf of one of them: only the installation itself makes and lists them.
package struct OrganizationStore: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores an organisation with what no organisation is without: its owner and its default project.
    package func create(
        _ organization: Organization, owner: User, passwordHash: String?, defaultProject: Project
    ) async throws {
        do {
            try await database.execute(
                """
                WITH organization AS (
                    \(fragment: Self.insertion(of: organization))
                ), owner AS (
                    \(fragment: UserStore.insertion(of: owner, passwordHash: passwordHash))
                )
                \(fragment: ProjectStore.insertion(of: defaultProject))
                """)
        } catch {
            throw error.asConflict()
        }
    }

    /// The organisation, `nil` when there is none.
    package func find(_ id: OrganizationID) async throws -> Organization? {
        let rows = try await database.query("SELECT id, name, created_at FROM organizations WHERE id = \(id)")
        return try rows.first.map(Organization.init(row:))
    }

    /// Whether the operators of an organisation also look after what is the installation's own. Those of the first one do.
    package func runsInstallation(_ id: OrganizationID) async throws -> Bool {
        try Self.runsInstallation(try await database.query(Self.rank(of: id)))
    }

    /// The same, in the caller's transaction.
    package static func runsInstallation(
        _ id: OrganizationID, on connection: PostgresConnection
    ) async throws -> Bool {
        try runsInstallation(try await connection.query(rank(of: id)))
    }

    /// Every organisation that people belong to, the oldest first.
    package func all() async throws -> [Organization] {
        let rows = try await database.query(
            """
            SELECT id, name, created_at FROM organizations WHERE id <> \(PresetCatalogue.organizationID)
            ORDER BY created_at, id
            """)
        return try rows.map(Organization.init(row:))
    }

    private static func rank(of id: OrganizationID) -> SQL {
        "SELECT runs_installation FROM organizations WHERE id = \(id)"
    }

    private static func runsInstallation(_ rows: PostgresRows) throws -> Bool {
        try rows.first?.decode("runs_installation") ?? false
    }

    /// The first organisation runs the installation.
    static func insertion(of organization: Organization) -> SQL {
        """
        INSERT INTO organizations (id, name, created_at, runs_installation)
        SELECT \(organization.id), \(organization.name), \(organization.createdAt), NOT EXISTS (
            SELECT FROM organizations WHERE id <> \(PresetCatalogue.organizationID))
        """
    }
}

extension Organization {
    init(row: PostgresRow) throws {
        self.init(id: try row.decode("id"), name: try row.decode("name"), createdAt: try row.decode("created_at"))
    }
}
