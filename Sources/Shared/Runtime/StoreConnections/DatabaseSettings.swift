package import Postgres
package import Settings

/// How a daemon reaches PostgreSQL.
package struct DatabaseSettings: Sendable {
    package let url: Secret
    package let poolSize: Int
    package let statementTimeout: Duration
    /// The replicas that may be read.
    package let replicas: ReplicaList
    /// How old may be what is read from a replica.
    package let replicaLag: Duration

    package init(from scope: SettingsScope) throws(SettingsError) {
        url = try scope.connection(
            "url", example: "postgresql://scorable@db.example/scorable",
            help:
                "A libpq connection string or URI of the database. Several hosts may be named, and a host may have several "
                + "addresses: the one that takes writes is used, and looked for again whenever it is lost.")
        poolSize = try scope.int(
            "pool_size", default: 8, range: 1...200, help: "How many connections each event loop may have.")
        statementTimeout = try scope.duration(
            "statement_timeout", default: .seconds(30), range: .seconds(1) ... .seconds(3600),
            help: "How long a statement may run.")
        replicas = try scope.value(
            "replicas", ReplicaList.setting, default: ReplicaList([]),
            help: "Replicas of the database, each a URI or a connection string that begins with host=. What may be a "
                + "little old, and files that are written at leisure, are read from them; see scorable(7).")
        replicaLag = try scope.duration(
            "replica_lag", default: .seconds(5), range: .milliseconds(500) ... .seconds(3600),
            help: "How old may be what is read from a replica. One that is further behind is not read.")
    }

    /// The driver's settings.
    ///
    /// `program` is the name that the server shows for its connections.
    package func driver(program: String) -> PostgresSettings {
        var settings = PostgresSettings(connection: url.reveal())
        settings.poolSize = poolSize
        settings.statementTimeout = statementTimeout
        settings.applicationName = program
        return settings
    }

    /// The settings of the driver for a replica, of which less patience is asked: the primary can do its work.
    func driver(ofReplica connection: Secret, program: String) -> PostgresSettings {
        var settings = driver(program: program)
        settings.connection = connection.reveal()
        settings.purpose = .reading
        settings.acquireTimeout = .seconds(1)
        settings.connectTimeout = .seconds(2)
        return settings
    }
}
