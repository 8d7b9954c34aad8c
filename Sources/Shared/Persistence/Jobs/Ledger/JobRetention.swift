internal import FoundationEssentials
internal import Postgres
internal import Queueing
internal import Tenancy

/// How long what has ended is kept.
package struct JobRetention: Sendable {
    /// Jobs that succeeded or were cancelled.
    package var finishedDays: Int
    package var deadDays: Int
    /// Batches with all their jobs, from their end on; `nil` for ever.
    package var batchDays: Int?
    /// What queues did, by minute.
    package var minuteDays = 30

    package init(finishedDays: Int = 3, deadDays: Int = 30, batchDays: Int? = nil) {
        self.finishedDays = finishedDays
        self.deadDays = deadDays
        self.batchDays = batchDays
    }
}

/// Forgets what is old, piece by piece. Any number may do it at once: each takes what the others have not locked.
struct JobRetentionLedger: Sendable {
    let database: PostgresClient

    private static let piece = 1000

    /// Forgets a piece of everything that is due to be forgotten at a moment, and says how much it was: nothing when all
    /// is done.
    func forget(_ rules: JobRetention, now: Date) async throws(PostgresError) -> Int {
        var count = 0
        for (ending, days) in [
            (JobState.finished, rules.finishedDays), (.cancelled, rules.finishedDays), (.dead, rules.deadDays),
        ] {
            count += try await forgetJobs(ending, before: now.addingTimeInterval(-86_400 * Double(days)))
        }
        if let days = rules.batchDays {
            count += try await forgetBatches(before: now.addingTimeInterval(-86_400 * Double(days)))
        }
        count += try await QueueMinuteLedger(database: database).delete(
            before: now.addingTimeInterval(-86_400 * Double(rules.minuteDays)), limit: Self.piece)
        return count
    }

    private func forgetJobs(_ ending: JobState, before date: Date) async throws(PostgresError) -> Int {
        // A job ends after it was made: the identifiers bound what is looked at.
        try await database.execute(
            """
            DELETE FROM jobs WHERE id IN (
                SELECT id FROM jobs WHERE ending = \(ending.rawValue) AND id < \(UUID.earliest(at: date))
                AND ended_at < \(date) AND batch_id IS NULL LIMIT \(Self.piece) FOR UPDATE SKIP LOCKED)
            """)
    }

    /// The jobs of a batch go before it, so that no statement deletes a hundred thousand of them.
    private func forgetBatches(before date: Date) async throws(PostgresError) -> Int {
        let batches = try await database.query(
            """
            SELECT id FROM batches WHERE state = 'ended' AND ended_at < \(date) AND id < \(UUID.earliest(at: date))
            ORDER BY id LIMIT 10
            """)
        var count = 0
        for batch in batches {
            let id = try batch.decode(0, as: UUID.self)
            let jobs = try await database.execute(
                """
                DELETE FROM jobs WHERE id IN (
                    SELECT id FROM jobs WHERE batch_id = \(id) LIMIT \(Self.piece) FOR UPDATE SKIP LOCKED)
                """)
            count += jobs
            guard jobs == 0 else { continue }
            count += try await database.execute("DELETE FROM batches WHERE id = \(id) AND state = 'ended'")
        }
        return count
    }
}
