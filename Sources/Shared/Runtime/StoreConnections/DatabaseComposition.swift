package import DaemonRuntime
internal import EventLoop
internal import Observability
package import Postgres
package import Replicas
internal import Schema

/// The database was made by a newer release, which this one must not write to, or not brought up to this one yet.
package struct SchemaMismatch: Error, CustomStringConvertible {
    package let description: String

    init(_ status: SchemaStatus) {
        description =
            switch status {
            case .current: "the schema is current"
            case .behind(let missing): "\(missing.count) migrations are not applied yet; run scorable migrate"
            case .newer(let version, _):
                "the schema is at version \(version), from which what this release needs was removed; upgrade it"
            }
    }
}

extension Composition {
    /// The daemon's database, checked for readiness together with its schema and closed last.
    ///
    /// A daemon that finds a schema with which it cannot work does not start: it would do harm.
    package mutating func database(_ settings: DatabaseSettings, program: String) -> PostgresClient {
        let client = PostgresClient(loops: loops, settings: settings.driver(program: program))
        let migrator = SchemaMigrator(client: client, logger: logger)
        add(
            Service(
                "database",
                start: {
                    do {
                        let status = try await migrator.check()
                        if case .newer(_, isCompatible: false) = status { throw SchemaMismatch(status) }
                    } catch is PostgresError {
                        // It is not there yet; readiness tells of that, and of the schema once it is.
                    }
                }, stop: { _ in await client.close() }))
        check("database") {
            let status = try await migrator.check()
            guard status.isUsable else { throw SchemaMismatch(status) }
        }
        return client
    }

    /// What the daemon reads that need not burden the primary, whose client is `primary`.
    package mutating func replicas(
        of primary: PostgresClient, _ settings: DatabaseSettings, program: String
    ) throws -> ReadReplicas {
        guard !settings.replicas.connections.isEmpty else { return ReadReplicas(primary: primary) }
        let clients = try settings.replicas.connections.map { connection in
            let driver = settings.driver(ofReplica: connection, program: program)
            return (name: try driver.hosts, client: PostgresClient(loops: loops, settings: driver))
        }
        let counts = metrics.counters(
            "scorable_replica_reads_total",
            "Reads that a replica could serve, by where they went: to a replica, or to the primary because replicas lagged, "
                + "were unreachable, or failed.", by: "outcome", of: ReadOutcome.self)
        let reads = ReadReplicas(
            primary: primary, replicas: clients, lag: settings.replicaLag, logger: logger,
            count: { counts[$0].increment() })
        metrics.gauges(
            "scorable_replica_lag_bytes", "What a replica has not replayed of the primary's log; absent while unknown.",
            listing: {
                reads.standings.compactMap { standing in
                    standing.lagInBytes.map { LabelledValue(["replica": standing.name], Double($0)) }
                }
            })
        metrics.gauges(
            "scorable_replica_used", "1 while reads that may be somewhat old go to a replica, else 0.",
            listing: { reads.standings.map { LabelledValue(["replica": $0.name], $0.isUsed ? 1 : 0) } })
        add(Service("database replicas", stop: { _ in await reads.close() }))
        work("database replicas") { drain in try await drain.cancelling { try await reads.follow() } }
        return reads
    }
}
