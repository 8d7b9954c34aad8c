package import Postgres
package import Tenancy

/// How many things of each kind are somebody's.
package struct Belongings: Sendable, Hashable {
    package let projects: Int
    package let objectives: Int
    package let evaluators: Int
    package let judges: Int
    package let models: Int
    package let datasets: Int
    package let traceFilters: Int

    /// The tables of what people own, in the order in which it is handed over. What they uploaded or annotated, and what
    /// their keys can do, is theirs alone.
    fileprivate static let tables = [
        "projects", "objectives", "evaluators", "judges", "models", "datasets", "trace_filters",
    ]
}

extension UserStore {
    /// What is somebody's.
    package func belongings(of user: UserID, in organization: OrganizationID) async throws -> Belongings {
        let counts = Belongings.tables.map { table -> SQL in
            """
            (SELECT count(*) FROM \(identifier: table)
                WHERE organization_id = \(organization) AND owner_id = \(user)) AS \(identifier: table)
            """
        }
        return try Belongings(rows: try await database.query("SELECT \(fragment: counts.joined(separator: ", "))"))
    }

    /// Makes what is somebody's somebody else's, in the caller's transaction. Who made and changed what stays as it was.
    package static func handOver(
        from user: UserID, to heir: UserID, in organization: OrganizationID, on connection: PostgresConnection
    ) async throws -> Belongings {
        let moves = Belongings.tables.map { table -> SQL in
            """
            \(identifier: "moved_" + table) AS (
                UPDATE \(identifier: table) SET owner_id = \(heir)
                WHERE organization_id = \(organization) AND owner_id = \(user) RETURNING 1)
            """
        }
        let counts = Belongings.tables.map { table -> SQL in
            "(SELECT count(*) FROM \(identifier: "moved_" + table)) AS \(identifier: table)"
        }
        return try Belongings(
            rows: try await connection.query(
                """
                WITH \(fragment: moves.joined(separator: ", ")) SELECT \(fragment: counts.joined(separator: ", "))
                """))
    }
}

extension Belongings {
    fileprivate init(rows: PostgresRows) throws {
        guard let row = rows.first else { preconditionFailure("counts are always answered") }
        self.init(
            projects: try row.decode("projects"), objectives: try row.decode("objectives"),
            evaluators: try row.decode("evaluators"), judges: try row.decode("judges"),
            models: try row.decode("models"), datasets: try row.decode("datasets"),
            traceFilters: try row.decode("trace_filters"))
    }
}
