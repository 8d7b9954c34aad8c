package import FoundationEssentials
import Postgres
package import Records
import Tenancy

// What is done to exports when their time has come.
extension ExportStore {
    /// Exports that are to be written, whose jobs have ended or are forgotten: as their jobs leave them.
    package func stranded(limit: Int) async throws -> [Export] {
        let rows = try await database.query(
            """
            SELECT \(fragment: ExportRow.columns) WHERE e.state IN ('waiting', 'running') \
            AND (j.id IS NULL OR j.state IN ('dead', 'finished', 'cancelled')) ORDER BY e.id LIMIT \(limit)
            """)
        return try rows.map(ExportRow.export)
    }

    /// Exports whose files are past their time, the oldest first.
    package func outdated(at moment: Date, limit: Int) async throws -> [Export] {
        let rows = try await database.query(
            """
            SELECT \(fragment: ExportRow.columns) WHERE e.state = 'finished' AND e.expires_at <= \(moment) \
            ORDER BY e.expires_at LIMIT \(limit)
            """)
        return try rows.map(ExportRow.export)
    }

    /// Notes that the file of an export is not to be fetched any more; `false` when another did.
    package func expire(_ export: Export) async throws -> Bool {
        try await database.execute(
            """
            UPDATE exports SET state = 'expired', blob_key = NULL
            WHERE id = \(export.id) AND organization_id = \(export.organizationID) AND state = 'finished'
            """) == 1
    }

    /// Of exports, by their identifiers: the keys of the files that are theirs, and those that may be given one yet.
    package func claims(of ids: [ExportID]) async throws -> (keys: Set<String>, open: Set<ExportID>) {
        guard !ids.isEmpty else { return ([], []) }
        let rows = try await database.query(
            """
            SELECT e.id, e.blob_key, \(fragment: ExportRow.state) FROM exports e LEFT JOIN jobs j ON j.id = e.job_id
            WHERE e.id = ANY (\(ids))
            """)
        var keys: Set<String> = []
        var open: Set<ExportID> = []
        for row in rows {
            if let key = try row.decode(1, as: String?.self) { keys.insert(key) }
            if try !row.decode(2, as: ExportState.self).isFinal { open.insert(try row.decode(0)) }
        }
        return (keys, open)
    }

    /// Exports whose file is kept, in the order of their identifiers, with where it is.
    package func kept(behind place: ExportID?, limit: Int) async throws -> [(id: ExportID, key: String)] {
        let condition: SQL = place.map { "AND id > \($0)" } ?? ""
        let rows = try await database.query(
            """
            SELECT id, blob_key FROM exports
            WHERE state = 'finished' AND blob_key IS NOT NULL \(fragment: condition) ORDER BY id LIMIT \(limit)
            """)
        return try rows.map { (id: try $0.decode("id"), key: try $0.decode("blob_key")) }
    }
}
