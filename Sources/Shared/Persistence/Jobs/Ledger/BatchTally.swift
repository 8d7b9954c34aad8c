internal import FoundationEssentials
internal import Postgres
internal import Queueing
internal import Tenancy

/// What a transaction changes in the counters of batches. It is written last: whoever else counts for the same batch
/// waits from then on until the commit, and for no longer.
struct BatchTally {
    private struct Change {
        var finished = 0
        var dead = 0
        var cancelled = 0
        var cost: Int64 = 0
        var startedAt: Date?
    }

    private var changes: [BatchID: Change] = [:]

    /// Counts a job that has this state now and was open before.
    mutating func add(_ state: JobState, of batch: BatchID, cost: Int64 = 0, startedAt: Date? = nil) {
        count(state, of: batch, by: 1)
        changes[batch, default: Change()].cost += cost
        guard let startedAt else { return }
        let earliest = changes[batch]?.startedAt ?? startedAt
        changes[batch]?.startedAt = min(earliest, startedAt)
    }

    /// Counts a job that is open now and had this state before.
    mutating func remove(_ state: JobState, of batch: BatchID) {
        count(state, of: batch, by: -1)
    }

    private mutating func count(_ state: JobState, of batch: BatchID, by amount: Int) {
        switch state {
        case .waiting, .running: changes[batch, default: Change()].finished += 0
        case .finished: changes[batch, default: Change()].finished += amount
        case .dead: changes[batch, default: Change()].dead += amount
        case .cancelled: changes[batch, default: Change()].cancelled += amount
        }
    }

    /// Writes the counters; a batch whose jobs have all ended has ended with them, and one of which some are open again
    /// is open again.
    func write(on connection: PostgresConnection) async throws(PostgresError) {
        guard !changes.isEmpty else { return }
        let rows = changes.map { (id: $0.key, change: $0.value) }
        let ids = rows.map(\.id.uuid)
        try await connection.execute(
            """
            WITH locked AS (
                SELECT id FROM batches WHERE id = ANY(\(ids)) ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE batches SET
                finished = batches.finished + new.finished, dead = batches.dead + new.dead,
                cancelled = batches.cancelled + new.cancelled, cost_nano_dollars = cost_nano_dollars + new.cost,
                started_at = least(batches.started_at, new.started_at),
                state = CASE
                    WHEN batches.finished + new.finished + batches.dead + new.dead + batches.cancelled + new.cancelled
                        = total THEN 'ended'
                    WHEN batches.state = 'ended' THEN 'open'
                    ELSE batches.state END,
                ended_at = CASE
                    WHEN batches.finished + new.finished + batches.dead + new.dead + batches.cancelled + new.cancelled
                        = total THEN coalesce(batches.ended_at, now()) END
            FROM unnest(\(ids), \(rows.map(\.change.finished)), \(rows.map(\.change.dead)), \
            \(rows.map(\.change.cancelled)), \(rows.map(\.change.cost)), \(rows.map(\.change.startedAt)))
                AS new (id, finished, dead, cancelled, cost, started_at)
            JOIN locked USING (id)
            WHERE batches.id = new.id
            """)
    }
}
