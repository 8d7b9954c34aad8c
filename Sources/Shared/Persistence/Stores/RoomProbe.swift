package import Postgres

/// Finds out whether the database has room again, once it has refused to store something.
package struct RoomProbe: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Writes some megabytes of which nothing is left.
    /// - Throws: `PostgresError`, with the state `diskFull` while there is no room for them.
    package func write() async throws {
        try await database.transaction { connection in
            try await connection.execute("CREATE TEMPORARY TABLE room_probe (filling text) ON COMMIT DROP")
            // In pieces that are too short to be compressed.
            try await connection.execute(
                "INSERT INTO room_probe SELECT repeat('x', 1000) FROM generate_series(1, 4096)")
        }
    }
}
