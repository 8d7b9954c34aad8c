package import DaemonRuntime
internal import EventLoop
package import Postgres
internal import Schema
package import Settings

/// How a daemon reaches PostgreSQL.
package struct DatabaseSettings: Sendable {
    package let url: Secret
    package let poolSize: Int
    package let statementTimeout: Duration

    package init(from scope: SettingsScope) throws(SettingsError) {
        url = try scope.connection(
            "url", example: "postgresql://scorable@db.example/scorable",
            help: "A libpq connection string or URI of the database; several hosts may be named.")
        poolSize = try scope.int(
            "pool_size", default: 8, range: 1...200, help: "How many connections each event loop may have.")
        statementTimeout = try scope.duration(
            "statement_timeout", default: .seconds(30), range: .seconds(1) ... .seconds(3600),
            help: "How long a statement may run.")
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
}

/// The database was made by a newer release, which this one must not write to, or not brought up to this one yet.
package struct SchemaMismatch: Error, CustomStringConvertible {
    package let description: String
}

extension Composition {
    /// The daemon's database, checked for readiness together with its schema and closed last.
    package mutating func database(_ settings: DatabaseSettings, program: String) -> PostgresClient {
        let client = PostgresClient(loops: loops, settings: settings.driver(program: program))
        let migrator = SchemaMigrator(client: client, logger: logger)
        add(Service("database", stop: { _ in await client.close() }))
        check("database") {
            switch try await migrator.check() {
            case .current: return
            case .behind(let missing):
                throw SchemaMismatch(
                    description: "\(missing.count) migrations are not applied yet; run scorable migrate")
            case .newer(let version):
                throw SchemaMismatch(
                    description: "the schema is at version \(version), which is newer than this release; upgrade it")
            }
        }
        return client
    }
}
