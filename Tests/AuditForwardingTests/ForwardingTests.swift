import AuditForwarding
import ByteStreams
import Cryptography
import EventLoop
import FoundationEssentials
import Glibc
import Logging
import Observability
import Postgres
import Records
import Schema
import Stores
import Synchronization
import SystemCalls
import Tenancy
import TestSupport
import Testing

/// Every entry reaches its receiver, whatever happens in between.
@Suite(.serialized) struct ForwardingTests {
    private struct World: Sendable {
        let loops: LoopGroup
        let database: PostgresClient
        let identifiers = IdentifierSource { Date() }
        let keys: SealedBox.KeyPair
        static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

        init() async throws {
            let loops = LoopGroup(count: 2, name: "forwarding")
            let connection = try await PrivatePostgres.shared().freshDatabase()
            let database = PostgresClient(loops: loops, settings: PostgresSettings(connection: connection))
            try await loops.next().run {
                _ = try await SchemaMigrator(client: database, logger: Self.logger).migrate()
            }
            (self.loops, self.database) = (loops, database)
            keys = try SealedBox.KeyPair.generate()
        }

        func add(_ count: Int) async throws {
            let store = AuditStore(database: database)
            for index in 0..<count {
                let (id, moment) = identifiers.nextDated(AuditEntry.self)
                try await store.add(
                    AuditEntry(
                        id: id, organizationID: nil, createdAt: moment,
                        actor: AuditEntry.Actor(
                            kind: .machine, id: nil, name: "root", role: nil, address: nil, requestID: nil),
                        action: "thing.change", subject: "thing:\(index)", outcome: .done, before: nil, after: nil))
            }
        }

        func receive(
            at port: Int, over transport: AuditTarget.Transport, _ rsyslog: Rsyslog?,
            of organization: OrganizationID? = nil
        ) async throws -> AuditTargetID {
            let id = AuditTargetID(uuid: identifiers.uuid())
            let key = try rsyslog.map { rsyslog in
                try SealedBox.seal(
                    Array(rsyslog.client.privateKeyPEM.utf8), to: keys.publicKey, purpose: AuditTarget.keyPurpose,
                    context: Array(id.description.utf8))
            }
            let target = AuditTarget(
                id: id, organizationID: organization, name: "receiver-\(id)", host: "127.0.0.1", port: UInt16(port),
                transport: transport, format: transport == .tls ? .rfc5424 : .json,
                certificateAuthority: rsyslog?.authority.root.certificatePEM,
                clientCertificate: rsyslog?.client.certificatePEM, sealedClientKey: key, isEnabled: true,
                createdAt: Date())
            try await database.transaction { try await AuditTargetStore.add(target, fromStart: true, on: $0) }
            return id
        }

        /// Forwards while `body` runs.
        func forwarding(
            within reach: StreamReach = .anywhere, confirming: Duration = .seconds(15),
            patience: Duration = .seconds(60),
            _ body: @escaping @Sendable () async throws -> Void
        ) async throws {
            var pace = AuditForwarder.Pace()
            pace.confirming = confirming
            pace.patience = patience
            pace.watching = .milliseconds(50)
            let isOver = Atomic(false)
            let metrics = Metrics()
            let forwarder = AuditForwarder(
                AuditForwarder.Surroundings(
                    targets: AuditTargetStore(database: database), chains: AuditChainStore(database: database),
                    holder: identifiers.uuid(), host: "test", version: "1", names: NameResolver(name: "names"),
                    reach: reach, pace: pace, metrics: metrics, logger: Self.logger
                ) { [keys] box, target in
                    String(
                        decoding: try SealedBox.open(
                            box, with: keys, purpose: AuditTarget.keyPurpose, context: Array(target.description.utf8)),
                        as: UTF8.self)
                }, metrics: metrics)
            async let running: Void = forwarder.run { !isOver.load(ordering: .relaxed) }
            do {
                try await body()
            } catch {
                isOver.store(true, ordering: .relaxed)
                await running
                throw error
            }
            isOver.store(true, ordering: .relaxed)
            await running
        }

        func standing(of id: AuditTargetID) async throws -> AuditTargetStore.Standing {
            try #require(try await AuditTargetStore(database: database).find(id))
        }
    }

    private static func freePort() throws -> Int {
        let ports = (20_000..<30_000).shuffled()
        let port = try #require(try ports.first { try PortProbe.isFree($0) })
        return port
    }

    private static func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
        let deadline = Deadline.after(.seconds(60))
        while !deadline.hasPassed {
            if try await condition() { return true }
            try await Loop.current?.sleep(for: .milliseconds(100))
        }
        return false
    }

    @Test func rsyslogOverTLSGetsEveryEntryAcrossItsRestart() async throws {
        let world = try await World()
        try await world.loops.next().run {
            let rsyslog = try Rsyslog(port: try Self.freePort())
            let process = try rsyslog.start()
            defer { kill(process, SIGKILL) }
            try await world.add(300)
            let target = try await world.receive(at: rsyslog.port, over: .tls, rsyslog)
            try await world.forwarding {
                let first = try await Self.eventually { Set(try rsyslog.positions(of: Self.chain)).count == 300 }
                let reason = try await world.standing(of: target).failure ?? ""
                #expect(first, "\(reason) \(rsyslog.log)")
            }
            // It ends while entries are on their way, and stays away for a while.
            try await world.forwarding {
                async let adding: Void = world.add(400)
                try await Loop.current?.sleep(for: .milliseconds(200))
                kill(process, SIGTERM)
                try await adding
                let isNoticed = try await Self.eventually { try await world.standing(of: target).failure != nil }
                #expect(isNoticed)
                let hasEnded = try await Self.eventually { rsyslog.hasEnded }
                #expect(hasEnded, "it would not let another one begin")
                let again = try rsyslog.start()
                defer { kill(again, SIGKILL) }
                let everything = try await Self.eventually { Set(try rsyslog.positions(of: Self.chain)).count == 700 }
                let reason = try await world.standing(of: target).failure ?? ""
                #expect(everything, "\(reason) \(rsyslog.log)")
            }
            #expect(Set(try rsyslog.positions(of: Self.chain)) == Set(1...700))
        }
    }

    /// The installation's chain.
    private static let chain = "00000000-0000-0000-0000-000000000000"

    @Test func whatAReceiverSaysItHasReadIsNotSentAgain() async throws {
        let world = try await World()
        try await world.loops.next().run {
            let lines = Mutex(0)
            let received = Mutex<[UInt8]>([])
            let server = try ScriptedServer(on: try #require(Loop.current)) { connection in
                while let bytes = try await connection.bytes() {
                    received.withLock { $0 += bytes }
                    lines.withLock { count in count += bytes.count { $0 == 10 } }
                }
            }
            try await world.add(50)
            let target = try await world.receive(at: server.port, over: .tcp, nil)
            for _ in 0..<2 {
                try await world.forwarding {
                    let isThere = try await Self.eventually { lines.withLock { $0 } >= 50 }
                    #expect(isThere)
                }
            }
            #expect(lines.withLock { $0 } == 50, "the orderly end of the first stream said that all was read")
            #expect(try await world.standing(of: target).waiting == 0)
            await server.stop()
        }
    }

    @Test func oneOfSeveralSends() async throws {
        let world = try await World()
        try await world.loops.next().run {
            let store = AuditTargetStore(database: world.database)
            let target = try await world.receive(at: 9, over: .tcp, nil)
            let (one, other) = (UUID(), UUID())
            let held = try #require(try await store.hold(by: one).first { $0.target.id == target })
            #expect(try await store.hold(by: other).contains { $0.target.id == target } == false)
            try await world.add(3)
            #expect(try await store.advance(held.target, .installation, through: 2, by: other) == false)
            #expect(try await store.advance(held.target, .installation, through: 2, by: one))
            #expect(try await world.standing(of: target).waiting == 1)
            try await store.letGo(by: one)
            #expect(try await store.hold(by: other).contains { $0.target.id == target })
        }
    }

    @Test func aReceiverWithACertificateOfSomebodyElseGetsNothing() async throws {
        let world = try await World()
        try await world.loops.next().run {
            let (rsyslog, stranger) = (try Rsyslog(port: try Self.freePort()), try Rsyslog(port: try Self.freePort()))
            let process = try rsyslog.start()
            defer { kill(process, SIGKILL) }
            try await world.add(1)
            let target = try await world.receive(at: rsyslog.port, over: .tls, stranger)
            try await world.forwarding {
                let isRefused = try await Self.eventually {
                    try await world.standing(of: target).failure?.contains("certificate") == true
                }
                #expect(isRefused)
            }
            #expect(try rsyslog.positions(of: Self.chain).isEmpty)
        }
    }

    /// What a receiver has read, over all connections.
    private final class Received: Sendable {
        private let bytes = Mutex<[UInt8]>([])

        func add(_ more: [UInt8]) { bytes.withLock { $0 += more } }
        var lines: Int { bytes.withLock { $0.count { $0 == 10 } } }
    }

    @Test func whatAReceiverHasNotReadWhenItEndsIsSentAgain() async throws {
        let world = try await World()
        try await world.loops.next().run {
            let received = Received()
            let isHanging = Atomic(true)
            let server = try ScriptedServer(on: try #require(Loop.current)) { connection in
                // Its system takes everything, and it reads nothing until it ends.
                while isHanging.load(ordering: .relaxed) { try await Loop.current?.sleep(for: .milliseconds(20)) }
                while let bytes = try await connection.bytes() { received.add(bytes) }
            }
            try await world.add(50)
            let target = try await world.receive(at: server.port, over: .tcp, nil)
            try await world.forwarding(confirming: .milliseconds(100), patience: .seconds(1)) {
                let isNoticed = try await Self.eventually { try await world.standing(of: target).failure != nil }
                #expect(isNoticed, "a receiver that reads nothing is told of")
                #expect(try await world.standing(of: target).waiting == 50)
                isHanging.store(false, ordering: .relaxed)
                // That it does well again is noted right after that it has everything.
                let isOver = try await Self.eventually {
                    let standing = try await world.standing(of: target)
                    return standing.waiting == 0 && standing.failure == nil
                }
                #expect(isOver)
                #expect(received.lines >= 50)
            }
            await server.stop()
        }
    }

    @Test func aReceiverThatBreaksOffHasNotReadToTheEnd() async throws {
        let world = try await World()
        try await world.loops.next().run {
            let received = Received()
            let count = Atomic(0)
            let server = try ScriptedServer(on: try #require(Loop.current)) { connection in
                // The first one closes with something unread.
                guard count.wrappingAdd(1, ordering: .relaxed).oldValue > 0 else {
                    return try await Loop.current?.sleep(for: .milliseconds(600)) ?? ()
                }
                while let bytes = try await connection.bytes() { received.add(bytes) }
            }
            try await world.add(20)
            let target = try await world.receive(at: server.port, over: .tcp, nil)
            try await world.forwarding(confirming: .milliseconds(100)) {
                let isOver = try await Self.eventually { try await world.standing(of: target).waiting == 0 }
                #expect(isOver)
                #expect(received.lines == 20)
            }
            await server.stop()
        }
    }

    @Test func entriesArriveWithoutAnEndOfSendingAndNoneTwice() async throws {
        let world = try await World()
        try await world.loops.next().run {
            let received = Received()
            let server = try ScriptedServer(on: try #require(Loop.current)) { connection in
                while let bytes = try await connection.bytes() { received.add(bytes) }
            }
            let target = try await world.receive(at: server.port, over: .tcp, nil)
            try await world.forwarding(confirming: .milliseconds(100)) {
                for part in 1...3 {
                    try await world.add(20)
                    let isOver = try await Self.eventually { try await world.standing(of: target).waiting == 0 }
                    #expect(isOver)
                    #expect(received.lines == part * 20)
                }
            }
            await server.stop()
        }
    }

    @Test func aReceiverOfAnOrganisationIsNotReachedWhereItMayNotBe() async throws {
        let world = try await World()
        try await world.loops.next().run {
            let server = try ScriptedServer(on: try #require(Loop.current)) { connection in
                while try await connection.bytes() != nil {}
            }
            let organization = OrganizationID(uuid: world.identifiers.uuid())
            try await world.database.execute(
                "INSERT INTO organizations (id, name, created_at) VALUES (\(organization), 'Acme', now())")
            let target = try await world.receive(at: server.port, over: .tcp, nil, of: organization)
            let reach = StreamReach(permitsHost: { _, _ in true }) { address, _, _ in address.first != 127 }
            try await world.forwarding(within: reach) {
                let isRefused = try await Self.eventually {
                    try await world.standing(of: target).failure?.contains("may not be connected to") == true
                }
                #expect(isRefused)
            }
            #expect(server.connections == 0)
            await server.stop()
        }
    }

    @Test func howLongTheOldestHasWaitedIsKnown() async throws {
        let world = try await World()
        try await world.loops.next().run {
            let target = try await world.receive(at: 9, over: .tcp, nil)
            #expect(try await world.standing(of: target).waitingSeconds == nil)
            let (id, moment) = world.identifiers.nextDated(AuditEntry.self)
            try await AuditStore(database: world.database).add(
                AuditEntry(
                    id: id, organizationID: nil, createdAt: moment.addingTimeInterval(-100),
                    actor: AuditEntry.Actor(
                        kind: .machine, id: nil, name: "root", role: nil, address: nil, requestID: nil),
                    action: "thing.change", subject: "thing:1", outcome: .done, before: nil, after: nil))
            try await world.add(1)
            let seconds = try #require(try await world.standing(of: target).waitingSeconds)
            #expect((100...160).contains(seconds))
        }
    }
}
