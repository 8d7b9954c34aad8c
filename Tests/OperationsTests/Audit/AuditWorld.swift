import EventLoop
import FoundationEssentials
import Logging
import Observability
import Operations
import Postgres
import ProductSupport
import Records
import Redis
import Schema
import Stores
import Tenancy
import TestSupport
import Testing

/// One database for all tests of the audit. Each uses an organisation of its own, and so a chain of its own.
struct AuditWorld: Sendable {
    let loops: LoopGroup
    let database: PostgresClient
    /// Where copies of seals are; none in the database of all.
    let redis: RedisClient?
    let identifiers = IdentifierSource { Date() }
    let key = AuditSealKey(credentialSecret: Array(repeating: 7, count: 32))
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static let shared = Task { try await AuditWorld() }

    private init() async throws {
        let loops = LoopGroup(count: 2, name: "audit-test")
        let connection = try await PrivatePostgres.shared().freshDatabase()
        let database = PostgresClient(loops: loops, settings: PostgresSettings(connection: connection))
        try await loops.next().run {
            _ = try await SchemaMigrator(client: database, logger: Self.logger).migrate()
        }
        (self.loops, self.database) = (loops, database)
        redis = nil
    }

    /// Runs a test on one of the loops, with an organisation whose chain has so many entries.
    static func run(
        entries count: Int = 0, _ body: @escaping @Sendable (AuditWorld, AuditChain) async throws -> Void
    ) async throws {
        let world = try await shared.value
        try await world.loops.next().run { try await world.run(entries: count, body) }
    }

    /// Over a database that no other test sees: for what goes over every chain.
    init(of product: ProductWorld) {
        (loops, database) = (product.loops, product.database)
        redis = product.redis
    }

    /// Runs a test with an organisation whose chain has so many entries; on a loop.
    func run(
        entries count: Int, _ body: @Sendable (AuditWorld, AuditChain) async throws -> Void
    ) async throws {
        let chain = AuditChain(of: identifiers.next())
        for index in 0..<count { try await store.add(entry(in: chain, about: "thing:\(index + 1)")) }
        try await body(self, chain)
    }

    var store: AuditStore { AuditStore(database: database) }
    var chains: AuditChainStore { AuditChainStore(database: database) }
    var verification: AuditVerification {
        AuditVerification(
            store: chains, acknowledgements: AuditAcknowledgementStore(database: database), redis: redis, key: key)
    }

    func entry(
        in chain: AuditChain, about subject: String, action: String = "thing.change",
        by name: String = "ada@example.com"
    ) -> AuditEntry {
        let (id, moment) = identifiers.nextDated(AuditEntry.self)
        let actor = AuditEntry.Actor(
            kind: .user, id: identifiers.uuid(), keyID: identifiers.next(), name: name, role: .engineer,
            address: "10.0.0.7", requestID: "request-1")
        return AuditEntry(
            id: id, organizationID: chain.organizationID, createdAt: moment, actor: actor, action: action,
            subject: subject, outcome: .done, before: nil, after: #"{"name": "Zoë | \"quoted\"", "count": 3.10}"#)
    }

    /// Seals a chain through its last entry.
    func seal(_ chain: AuditChain) async throws {
        let head = try #require(try await chains.head(of: chain))
        try await chains.add(key.seal(of: chain, at: head, on: Date()))
    }

    /// Does what somebody does who may do everything in the database: with the triggers switched off.
    func tamper(_ statements: [SQL]) async throws {
        try await database.transaction { connection in
            try await connection.execute("SET LOCAL session_replication_role = replica")
            for statement in statements { try await connection.execute(statement) }
        }
    }
}
