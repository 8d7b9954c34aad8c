internal import EventLoop
internal import Postgres

/// How far a server is in its log.
struct WALPosition {
    /// In bytes from the beginning of the log.
    let position: Int64
    /// The number that a primary and all that was copied from it have in common.
    let cluster: Int64
    let isInRecovery: Bool

    /// What a server that takes writes has written.
    static func ofPrimary(_ client: PostgresClient, until deadline: Deadline) async throws(PostgresError) -> Self {
        try await read(
            """
            SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint AS position, false AS is_in_recovery, \
            (SELECT system_identifier FROM pg_control_system()) AS cluster
            """, client, until: deadline)
    }

    /// What a replica has replayed.
    static func ofReplica(_ client: PostgresClient, until deadline: Deadline) async throws(PostgresError) -> Self {
        try await read(
            """
            SELECT coalesce((pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint, 0) AS position, \
            pg_is_in_recovery() AS is_in_recovery, (SELECT system_identifier FROM pg_control_system()) AS cluster
            """, client, until: deadline)
    }

    private static func read(
        _ statement: SQL, _ client: PostgresClient, until deadline: Deadline
    ) async throws(PostgresError) -> Self {
        guard let row = try await client.query(statement, until: deadline).first else {
            throw PostgresError(.decoding, "the server does not say where its log is")
        }
        return WALPosition(
            position: try row.decode("position"), cluster: try row.decode("cluster"),
            isInRecovery: try row.decode("is_in_recovery"))
    }
}
