import FoundationEssentials
import JSON
package import Postgres
package import Records
package import Tenancy

/// The scales on which people score: an organisation's own, and those that everybody has.
package struct ScoreConfigStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a new one of an organisation.
    package func create(_ config: ScoreConfig) async throws {
        try await database.execute(
            """
            INSERT INTO score_configs (id, organization_id, name, type, minimum, maximum, categories, created_at)
            VALUES (\(config.id), \(config.organizationID), \(config.name), \(config.scale.kind), \
            \(config.scale.minimum), \(config.scale.maximum), \(Self.text(of: config.scale.categories))::jsonb, \
            \(config.createdAt))
            """)
    }

    /// The one of this identifier, `nil` when the organisation sees none.
    package func find(_ id: ScoreConfigID, readableBy organization: OrganizationID) async throws -> ScoreConfig? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM score_configs c
            WHERE c.id = \(id) AND \(fragment: Self.isReadable(by: organization))
            """)
        return try rows.first.map(Self.config)
    }

    /// What is meant when nothing is said.
    package func standard() async throws -> ScoreConfig? {
        let rows = try await database.query(
            "SELECT \(fragment: Self.columns) FROM score_configs c WHERE c.organization_id IS NULL AND c.is_default")
        return try rows.first.map(Self.config)
    }

    /// One page of those that the organisation sees.
    package func list(
        readableBy organization: OrganizationID, page: PageRequest
    ) async throws -> Slice<ScoreConfig> {
        let keyset = KeysetQuery(page, createdAt: "c.created_at", id: "c.id")
        let conditions = [Self.isReadable(by: organization), keyset.condition].compactMap { $0 }
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM score_configs c\(fragment: .matching(all: conditions))\
            \(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, Self.config)
    }

    /// Changes one of an organisation's own: `change` is given what it is and says what it becomes, and may refuse,
    /// knowing whether labels were made with it. Nobody labels with it meanwhile. `nil` when there is none.
    package func update(
        _ id: ScoreConfigID, of organization: OrganizationID,
        _ change: @Sendable @escaping (_ config: ScoreConfig, _ isInUse: Bool) throws -> ScoreConfig
    ) async throws -> (old: ScoreConfig, new: ScoreConfig)? {
        try await database.transaction { connection in
            let rows = try await connection.query(
                """
                SELECT \(fragment: Self.columns), EXISTS (SELECT FROM annotations a WHERE a.score_config_id = c.id)
                    OR EXISTS (SELECT FROM calibration_runs r WHERE r.score_config_id = c.id) AS is_in_use
                FROM score_configs c WHERE c.id = \(id) AND c.organization_id = \(organization) FOR UPDATE OF c
                """)
            guard let row = rows.first else { return nil }
            let old = try Self.config(row)
            let changed = try change(old, try row.decode("is_in_use"))
            try await connection.execute(
                """
                UPDATE score_configs SET name = \(changed.name), type = \(changed.scale.kind), \
                    minimum = \(changed.scale.minimum), maximum = \(changed.scale.maximum), \
                    categories = \(Self.text(of: changed.scale.categories))::jsonb
                WHERE id = \(id) AND organization_id = \(organization)
                """)
            return (old, changed)
        }
    }

    /// Deletes one of an organisation's own; `false` when there is none.
    /// - Throws: `Conflict` when something was labelled or calibrated with it.
    package func delete(_ id: ScoreConfigID, of organization: OrganizationID) async throws -> Bool {
        do {
            return try await database.execute(
                "DELETE FROM score_configs WHERE id = \(id) AND organization_id = \(organization)") == 1
        } catch {
            throw error.asConflict(foreignKey: .inUse)
        }
    }

    // MARK: Rows

    private static func isReadable(by organization: OrganizationID) -> SQL {
        "(c.organization_id = \(organization) OR c.organization_id IS NULL)"
    }

    private static let columns: SQL = """
        c.id, c.organization_id, c.name, c.type, c.minimum, c.maximum, c.categories, c.is_default, c.created_at
        """

    private static func config(_ row: PostgresRow) throws -> ScoreConfig {
        ScoreConfig(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"), name: try row.decode("name"),
            scale: ScoreScale(
                kind: try row.decode("type"), minimum: try row.decode("minimum"), maximum: try row.decode("maximum"),
                categories: try categories(from: row.decode("categories"))),
            isDefault: try row.decode("is_default"), createdAt: try row.decode("created_at"))
    }

    private enum Name {
        static let label = "label"
        static let value = "value"
    }

    private static func text(of categories: [ScoreScale.Category]) -> String? {
        guard !categories.isEmpty else { return nil }
        let values = categories.map { category in
            var object: JSONObject = [:]
            object[Name.label] = .string(category.label)
            object[Name.value] = .number(category.value)
            return JSONValue.object(object)
        }
        return String(decoding: JSONWriter.bytes(of: .array(values)), as: UTF8.self)
    }

    private static func categories(from text: String?) throws -> [ScoreScale.Category] {
        guard let text else { return [] }
        return (try JSONParser.parse(text).arrayValue ?? []).compactMap { value in
            guard let label = value[Name.label]?.stringValue, let number = value[Name.value]?.doubleValue else {
                return nil
            }
            return ScoreScale.Category(label: label, value: number)
        }
    }
}
