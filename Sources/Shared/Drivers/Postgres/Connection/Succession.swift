internal import EventLoop
internal import Synchronization

/// Which primary came last, as far as the connections of a client have seen: whenever a replica is promoted, a new timeline of
/// the log begins. A former primary that comes back takes writes, and nobody who goes by the new one would ever see them.
final class Succession: Sendable {
    /// Where a server is in the history of its database cluster.
    struct Place: Sendable, Hashable {
        /// The number that a primary and all that was copied from it have in common.
        let cluster: Int64
        let timeline: Int
    }

    private let newest = Mutex<Place?>(nil)

    /// Notes where a server is that takes writes; the newer timeline when it was succeeded by another one.
    func successor(of place: Place) -> Int? {
        newest.withLock { newest in
            guard let known = newest, known.cluster == place.cluster, known.timeline > place.timeline else {
                newest = place
                return nil
            }
            return known.timeline
        }
    }
}

extension WireConnection {
    /// Where the server is; `nil` when it follows another one, or does not say.
    func place(until deadline: Deadline) async throws(PostgresError) -> Succession.Place? {
        let result: ResultHandle
        do {
            result = try await run(
                script: """
                    SELECT (pg_control_system()).system_identifier AS cluster, CASE WHEN NOT pg_is_in_recovery() THEN
                        ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int8 END AS timeline
                    """, until: deadline)
        } catch {
            // What only speaks PostgreSQL's protocol may know none of this.
            guard case .server = error.kind else { throw error }
            return nil
        }
        guard let row = PostgresRows(result).first, let timeline = try row.decode("timeline", as: Int?.self) else {
            return nil
        }
        return Succession.Place(cluster: try row.decode("cluster"), timeline: timeline)
    }
}
