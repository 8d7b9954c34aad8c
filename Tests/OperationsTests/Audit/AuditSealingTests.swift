import EventLoop
import FoundationEssentials
import Observability
import Operations
import Postgres
import ProductSupport
import Records
import Stores
import Tenancy
import TestSupport
import Testing

/// What goes over the chains every minute.
@Suite struct AuditSealingTests {
    private static func sealing(_ product: ProductWorld, _ world: AuditWorld) -> AuditSealing {
        AuditSealing(
            store: world.chains, targets: AuditTargetStore(database: world.database), key: world.key,
            notices: Notices(
                store: NoticeStore(database: world.database), events: product.events, identifiers: world.identifiers),
            metrics: Metrics(), logger: AuditWorld.logger, now: { Date() })
    }

    /// Runs a test with a database and a Redis of its own.
    private static func alone(
        entries count: Int, _ body: @escaping @Sendable (ProductWorld, AuditWorld, AuditChain) async throws -> Void
    ) async throws {
        let product = try await ProductWorld(named: "audit-sealing")
        try await product.loops.next().run {
            let world = AuditWorld(of: product)
            try await world.run(entries: count) { world, chain in try await body(product, world, chain) }
        }
    }

    @Test func whatIsNewIsSealedAndWhatIsOldGoneOverAgain() async throws {
        try await Self.alone(entries: 3) { product, world, chain in
            let sealing = Self.sealing(product, world)
            try await sealing.round()
            #expect(try await world.chains.lastSeal(of: chain)?.place.position == 3)
            #expect(try await world.chains.check(of: chain)?.checkedWholeAt != nil)
            // What was sealed is altered: nothing is new, and it is still found.
            try await world.tamper([
                "UPDATE audit_entries SET actor_name = 'eve' WHERE chain = \(chain.id) AND position = 2"
            ])
            try await sealing.round()
            let fault = try #require(try await world.chains.check(of: chain)?.fault)
            #expect(fault.position == 2)
            #expect(fault.reason.contains("altered"))
            // And stays so, with nothing sealed over it.
            try await world.store.add(world.entry(in: chain, about: "thing:4"))
            try await sealing.round()
            #expect(try await world.chains.lastSeal(of: chain)?.place.position == 3)
            #expect(try await world.chains.check(of: chain)?.fault == fault)
        }
    }

    @Test func aSealThatIsTakenAwayIsMissedByWhoHasSeenIt() async throws {
        try await Self.alone(entries: 2) { product, world, chain in
            let sealing = Self.sealing(product, world)
            try await sealing.round()
            try await world.store.add(world.entry(in: chain, about: "thing:3"))
            try await sealing.round()
            // Everything behind the first seal, so that what is left fits together.
            try await world.tamper([
                "DELETE FROM audit_entries WHERE chain = \(chain.id) AND position > 2",
                "DELETE FROM audit_seals WHERE chain = \(chain.id) AND position > 2",
                """
                UPDATE audit_chains SET position = 2, hash =
                    (SELECT hash FROM audit_entries WHERE chain = \(chain.id) AND position = 2)
                WHERE chain = \(chain.id)
                """,
            ])
            #expect(try await world.verification.verify(chain).fault == nil)
            try await sealing.round()
            #expect(try await world.chains.check(of: chain)?.fault?.position == 3)
        }
    }
}
