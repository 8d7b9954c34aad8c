package import FoundationEssentials
internal import JSON
package import Postgres
package import Scoring
package import Tenancy

/// Made-up requests and responses with which judges can be tried.
package struct JudgeSampleStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Notes that samples are wanted, in the transaction of whoever makes the job that writes them. What there was is gone.
    package func request(
        of judge: JudgeID, in organization: OrganizationID, at moment: Date, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            INSERT INTO judge_samples (judge_id, organization_id, requested_at)
            VALUES (\(judge), \(organization), \(moment))
            ON CONFLICT (judge_id) DO UPDATE SET samples = NULL, error = NULL, requested_at = excluded.requested_at
            """)
    }

    /// Stores what a model wrote.
    package func store(
        _ set: JudgeSampleSet, of judge: JudgeID, in organization: OrganizationID, on connection: PostgresConnection
    ) async throws {
        let samples = String(decoding: JSONCodec.encode(set.samples), as: UTF8.self)
        try await connection.execute(
            """
            UPDATE judge_samples SET name = \(ExecutionLogStore.storable(set.name)), \
                description = \(ExecutionLogStore.storable(set.description)), \
                samples = \(ExecutionLogStore.storable(samples))::json, error = NULL
            WHERE judge_id = \(judge) AND organization_id = \(organization)
            """)
    }

    /// Notes that they could not be written.
    package func fail(
        _ message: String, of judge: JudgeID, in organization: OrganizationID, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            UPDATE judge_samples SET error = \(ExecutionLogStore.storable(message))
            WHERE judge_id = \(judge) AND organization_id = \(organization) AND samples IS NULL
            """)
    }

    /// How the samples of a judge stand; `nil` when none were ever wanted.
    package func standing(of judge: JudgeID, in organization: OrganizationID) async throws -> JudgeSampleStanding? {
        let rows = try await database.query(
            """
            SELECT name, description, samples, error FROM judge_samples
            WHERE judge_id = \(judge) AND organization_id = \(organization)
            """)
        return try rows.first.map { row in
            var columns = ColumnReader(row)
            let name = try columns.next(String.self)
            let description = try columns.next(String.self)
            let samples = try columns.next(String?.self)
            if let error = try columns.next(String?.self) { return .failed(error) }
            guard let samples else { return .pending }
            return .ready(
                JudgeSampleSet(
                    name: name, description: description,
                    samples: try JSONCodec.decode([JudgeSample].self, from: Array(samples.utf8))))
        }
    }
}
