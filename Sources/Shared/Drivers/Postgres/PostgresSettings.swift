/// How to reach the server, and the bounds of the pool.
package struct PostgresSettings: Sendable {
    /// What a session is to be good for.
    package enum Purpose: Sendable, Hashable {
        /// Of the servers named only one that takes writes will do, unless the connection string says otherwise.
        case writing
        /// Any server will do, also one that only follows another.
        case reading
    }

    /// A libpq connection string or URI; several hosts and `target_session_attrs` are understood.
    package var connection: String
    /// What its sessions are to be good for.
    package var purpose = Purpose.writing
    /// How many connections each loop may have, at least one.
    package var poolSize = 8
    /// How many callers a loop may have waiting for a connection.
    package var queueLimit = 1024
    /// How long establishing a connection to one host may take.
    package var connectTimeout: Duration = .seconds(5)
    /// How long a statement may run; the server enforces it. One that may take longer needs both `SET LOCAL
    /// statement_timeout` and a deadline of its own: without the latter the client gives up two seconds after this.
    package var statementTimeout: Duration = .seconds(30)
    /// How long a transaction may wait for its next statement; the server ends its session then. Whoever is frozen in the
    /// middle of one, with the locks that it holds, keeps others waiting for no longer.
    package var idleTransactionTimeout: Duration = .seconds(15)
    /// How long a caller waits for a connection.
    package var acquireTimeout: Duration = .seconds(5)
    /// A connection unused for so long is closed.
    package var idleLifetime: Duration = .seconds(300)
    /// A connection so old is replaced, so that a failed-over address or a bloated backend does not stay for ever.
    package var connectionLifetime: Duration = .seconds(3600)
    /// How many prepared statements a connection keeps.
    package var statementCacheSize = 256
    /// What `pg_stat_activity` shows, unless the connection string says otherwise.
    package var applicationName = "scorable"

    /// Settings for a connection string, with defaults for the rest.
    package init(connection: String) {
        self.connection = connection
    }

    /// The hosts that the connection string names, with their ports, for people; it holds no password.
    package var hosts: String {
        get throws(PostgresError) { try HostList(connection: connection).description }
    }

    /// How long the client waits for an answer: a little longer than the server may work on it.
    var answerTimeout: Duration { statementTimeout + .seconds(2) }
}
