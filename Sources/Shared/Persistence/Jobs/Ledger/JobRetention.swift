internal import FoundationEssentials
internal import Postgres
internal import Queueing
internal import Tenancy

/// How long what has ended is kept. Batches with their jobs are kept for as long as their projects say.
package struct JobRetention: Sendable {
    /// Jobs that succeeded or were cancelled.
    package var finishedDays: Int
    package var deadDays: Int
    /// What queues did, by minute.
    package var minuteDays = 30

    package init(finishedDays: Int = 3, deadDays: Int = 30) {
        self.finishedDays = finishedDays
        self.deadDays = deadDays
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
}
