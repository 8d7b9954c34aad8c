import Cryptography
import EventLoop
import FoundationEssentials
import Logging
import Postgres
import Schema
import Scoring
import Stores
import TestSupport
import Testing
import WireAPI

@testable import Operations

/// What the doctor says of the keys of providers while the proxy's own key is exchanged.
@Suite struct KeyUnsealingTests {
    @Test func keysOfTheFormerKeyAreToldFromThoseThatAreLost() async throws {
        let loops = LoopGroup(count: 1, name: "unsealing-test")
        let connection = try await PrivatePostgres.shared().freshDatabase()
        let database = PostgresClient(loops: loops, settings: PostgresSettings(connection: connection))
        let (old, new) = (try SealedBox.KeyPair.generate(), try SealedBox.KeyPair.generate())
        try await loops.next().run {
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            try await SchemaMigrator(client: database, logger: logger).migrate()
            try await InstallationStore(database: database).setProxyPublicKey(new.publicKey.bytes)
            @Sendable func add(_ name: String, sealedTo pair: SealedBox.KeyPair) async throws {
                let box = try SealedBox.seal(Array("sk-secret".utf8), to: pair.publicKey, purpose: Provider.keyPurpose)
                try await database.execute(
                    """
                    INSERT INTO providers (id, kind, name, base_url, sealed_key, created_at, updated_at)
                    VALUES (\(UUID()), 'openai', \(name), 'http://127.0.0.1:9', \(box), now(), now())
                    """)
            }
            @Sendable func state(knowingFormer: Bool = true) async throws -> OperatorDiagnosis.State? {
                let unsealing = KeyUnsealing(
                    database: database, privateKeyPEM: try new.privateKeyPEM(),
                    formerKeyPEM: knowingFormer ? try old.privateKeyPEM() : nil)
                return await unsealing.examination.findings().first?.state
            }
            try await add("new", sealedTo: new)
            #expect(try await state(knowingFormer: false) == .ok)
            try await add("old", sealedTo: old)
            #expect(try await state() == .warn)
            #expect(try await state(knowingFormer: false) == .fail)
            try await add("lost", sealedTo: try SealedBox.KeyPair.generate())
            #expect(try await state() == .fail)
        }
        await database.close()
    }
}
