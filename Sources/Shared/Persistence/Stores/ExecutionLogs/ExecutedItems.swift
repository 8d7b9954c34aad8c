import FoundationEssentials
import Postgres
import Scoring
import Tenancy

/// What has been executed under a name, in a project or as a type: a handful of items, where the logs of them may be millions.
struct ExecutedItems: Sendable {
    /// More items than these are not worth finding logs by.
    static let most = 500

    /// Stored items.
    private let ids: [UUID]
    /// The types of what was executed without being stored.
    private let types: [String]

    /// Those of the organisation that fulfil all conditions on `organization_id`, `project_id`, `type`, `item_id` and
    /// `name`; `nil` when they are more than ``most``.
    static func fulfilling(
        _ conditions: [SQL], in organization: OrganizationID, _ database: PostgresClient
    ) async throws -> ExecutedItems? {
        let rows = try await database.query(
            """
            SELECT DISTINCT item_id, CASE WHEN item_id IS NULL THEN type END AS type FROM executed_items
            \(fragment: .matching(all: ["organization_id = \(organization)"] + conditions)) LIMIT \(most + 1)
            """)
        guard rows.count <= most else { return nil }
        return ExecutedItems(
            ids: try rows.compactMap { try $0.decode("item_id", as: UUID?.self) },
            types: try rows.compactMap { try $0.decode("type", as: String?.self) })
    }

    /// What names with that part in them fulfil, in any case.
    static func isNamed(_ part: String) -> SQL { "name ILIKE \(SearchPattern.containing(part))" }

    var isEmpty: Bool { ids.isEmpty && types.isEmpty }

    /// The one stored item that they are.
    var single: UUID? { ids.count == 1 && types.isEmpty ? ids.first : nil }

    /// What a log `l` of one of them fulfils, in the words of the indexes.
    var condition: SQL {
        let stored: SQL = "l.executed_item_id = ANY (\(ids))"
        guard !types.isEmpty else { return stored }
        return "(\(fragment: stored) OR (l.executed_item_id IS NULL AND l.type = ANY (\(types))))"
    }
}
