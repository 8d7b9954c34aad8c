import EventLoop
import FoundationEssentials
import Observability
import Operations
import Postgres
import ProductSupport
import Records
import Redis
import Stores
import Tenancy
import TestSupport
import Testing

/// What goes over the chains every minute.
@Suite struct AuditSealingTests {
    private static func sealing(
        _ product: ProductWorld, _ world: AuditWorld, now: @escaping @Sendable () -> Date = { Date() }
    ) -> AuditSealing {
        AuditSealing(
            store: world.chains, acknowledgements: AuditAcknowledgementStore(database: world.database),
            redis: product.redis, targets: AuditTargetStore(database: world.database), key: world.key,
            notices: Notices(
                store: NoticeStore(database: world.database), events: product.events, identifiers: world.identifiers),
            metrics: Metrics(), logger: AuditWorld.logger, now: now)
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
            #expect(try await world.verification.verify(chain).fault?.kind == .cutOff(through: 3))
            try await sealing.round()
            #expect(try await world.chains.check(of: chain)?.fault?.position == 3)
        }
    }

    @Test func severalServersAtOnceFindNothingWrong() async throws {
        try await Self.alone(entries: 1) { product, world, chain in
            let sealings = (0..<4).map { _ in Self.sealing(product, world) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for index in 0..<60 { try await world.store.add(world.entry(in: chain, about: "other:\(index)")) }
                }
                for sealing in sealings {
                    group.addTask { for _ in 0..<15 { try await sealing.round() } }
                }
                try await group.waitForAll()
            }
            try await sealings[0].round()
            #expect(try await world.chains.check(of: chain)?.fault == nil)
            #expect(try await world.verification.verify(chain).seal?.place.position == 61)
        }
    }

    @Test func aRoundThatBeganEarlierDoesNotForgetAFault() async throws {
        try await Self.alone(entries: 1) { _, world, chain in
            var check = AuditCheck(place: AuditChain.start, checkedAt: Date())
            check.fault = AuditCheck.Fault(position: 1, reason: "It was altered.", foundAt: Date())
            try await world.chains.keep(check, of: chain)
            try await world.chains.keep(AuditCheck(place: AuditChain.start, checkedAt: Date()), of: chain)
            #expect(try await world.chains.check(of: chain)?.fault?.reason == "It was altered.")
        }
    }

    /// Everything that the database has of the seals from a position on, and what was written meanwhile computed anew.
    private static func rewrite(_ chain: AuditChain, from first: Int64, through last: Int64, _ world: AuditWorld)
        async throws
    {
        try await world.tamper(
            [
                "UPDATE audit_entries SET actor_name = 'eve' WHERE chain = \(chain.id) AND position = \(first)",
                "DELETE FROM audit_seals WHERE chain = \(chain.id) AND position >= \(first)",
                "DELETE FROM audit_marks WHERE chain = \(chain.id)",
                "DELETE FROM audit_checks WHERE chain = \(chain.id)",
            ]
                + (first...last).map { position in
                    """
                    UPDATE audit_entries SET hash = audit_hash(
                        (SELECT hash FROM audit_entries WHERE chain = \(chain.id) AND position = \(position - 1)),
                        chain, audit_entries)
                    WHERE chain = \(chain.id) AND position = \(position)
                    """
                } + [
                    """
                    UPDATE audit_chains SET hash =
                        (SELECT hash FROM audit_entries WHERE chain = \(chain.id) AND position = \(last))
                    WHERE chain = \(chain.id)
                    """
                ])
    }

    @Test func aChainWrittenAnewWithoutItsSealsDoesNotFitTheCopyInRedis() async throws {
        try await Self.alone(entries: 2) { product, world, chain in
            try await Self.sealing(product, world).round()
            for index in 3...5 { try await world.store.add(world.entry(in: chain, about: "thing:\(index)")) }
            try await Self.sealing(product, world).round()
            try await Self.rewrite(chain, from: 4, through: 5, world)
            #expect(try await world.verification.verify(chain).fault?.kind == .computedAnew(through: 5))
            // A server that was just started has seen nothing of it.
            try await Self.sealing(product, world).round()
            #expect(try await world.chains.check(of: chain)?.fault != nil)
            #expect(try await world.chains.lastSeal(of: chain)?.place.position == 2)
        }
    }

    @Test func aChainOfWhichNothingIsLeftIsNamed() async throws {
        try await Self.alone(entries: 3) { product, world, chain in
            try await Self.sealing(product, world).round()
            try await world.tamper(
                ["audit_entries", "audit_chains", "audit_seals", "audit_marks", "audit_checks"].map {
                    "DELETE FROM \(identifier: $0) WHERE chain = \(chain.id)"
                })
            #expect(try await world.verification.chains().contains(chain))
            #expect(try await world.verification.verify(chain).fault?.kind == .cutOff(through: 3))
        }
    }

    @Test func oldEntriesWithoutSealAreNotProvenAndASealIsAddedOnlyWhenThatIsAcknowledged() async throws {
        try await Self.alone(entries: 2) { product, world, chain in
            try await Self.sealing(product, world).round()
            for index in 3...5 { try await world.store.add(world.entry(in: chain, about: "thing:\(index)")) }
            try await Self.sealing(product, world).round()
            try await Self.rewrite(chain, from: 4, through: 5, world)
            _ = try await product.redis.command(["DEL", "scorable:audit:seals"])
            let verdict = try await world.verification.verify(chain)
            #expect(verdict.fault(at: Date()) == nil)
            let later = Date().addingTimeInterval(3600)
            #expect(verdict.fault(at: later)?.kind == .unsealed(through: 5))
            try await Self.sealing(product, world, now: { later }).round()
            #expect(try await world.chains.check(of: chain)?.fault?.reason.contains("not sealed") == true)
            #expect(try await world.chains.lastSeal(of: chain)?.place.position == 2)
            let made = try await Self.acknowledge(chain, product, world)
            #expect(made.place.position == 5)
            try await world.store.add(world.entry(in: chain, about: "thing:6"))
            try await Self.sealing(product, world, now: { later }).round()
            #expect(try await world.chains.check(of: chain)?.fault == nil)
            #expect(try await world.chains.lastSeal(of: chain)?.place.position == 6)
        }
    }

    private static func acknowledge(
        _ chain: AuditChain, _ product: ProductWorld, _ world: AuditWorld
    ) async throws -> AuditAcknowledgement {
        let acknowledging = AuditAcknowledging(
            verification: world.verification, store: world.chains, redis: product.redis, key: world.key,
            audit: Audit(database: world.database, identifiers: world.identifiers, logger: AuditWorld.logger),
            now: { Date() })
        return try await acknowledging.acknowledge(
            chain, because: "Restored from a backup.", by: AuditActor(machineUser: "root", requestID: "r"))
    }

    @Test func whoHasLookedIntoAFaultLetsTheChainGoOnAndThatIsInTheAudit() async throws {
        try await Self.alone(entries: 4) { product, world, chain in
            let sealing = Self.sealing(product, world)
            try await sealing.round()
            await #expect(throws: AuditAcknowledging.NothingToAcknowledge.self) {
                try await Self.acknowledge(chain, product, world)
            }
            // An older state of the database: the last two entries are not in it.
            try await world.tamper([
                "DELETE FROM audit_entries WHERE chain = \(chain.id) AND position > 2",
                """
                UPDATE audit_chains SET position = 2, hash =
                    (SELECT hash FROM audit_entries WHERE chain = \(chain.id) AND position = 2)
                WHERE chain = \(chain.id)
                """,
            ])
            try await sealing.round()
            #expect(try await world.chains.check(of: chain)?.fault != nil)
            let made = try await Self.acknowledge(chain, product, world)
            #expect(made.place.position == 4, "no position is used again")
            let kept = try await world.store.newest(
                of: .installation, matching: AuditFilter(action: "audit.acknowledge"), limit: 10)
            #expect(kept.first?.entry.subject == "audit_chain:\(chain.id.uuidString.lowercased())")
            #expect(kept.first?.entry.after?.contains("Restored from a backup.") == true)
            #expect(kept.first?.entry.before?.contains("cut off") == true)
            try await world.store.add(world.entry(in: chain, about: "thing:5"))
            for _ in 0..<2 { try await sealing.round() }
            let verdict = try await world.verification.verify(chain)
            #expect(verdict.fault == nil)
            #expect(verdict.recorded == nil)
            #expect(verdict.seal?.place.position == 5)
            #expect(verdict.acknowledgement?.reason == "Restored from a backup.")
            // What comes after it counts as ever.
            try await world.tamper([
                "UPDATE audit_entries SET actor_name = 'eve' WHERE chain = \(chain.id) AND position = 5"
            ])
            #expect(try await world.verification.verify(chain).fault?.kind == .altered)
        }
    }

    @Test func anAcknowledgementThatIsNotSignedExcusesNothing() async throws {
        try await Self.alone(entries: 3) { product, world, chain in
            try await Self.sealing(product, world).round()
            try await world.tamper([
                "UPDATE audit_entries SET actor_name = 'eve' WHERE chain = \(chain.id) AND position = 2",
                """
                INSERT INTO audit_acknowledgements
                SELECT chain, position, hash, now(), 'nothing', decode('00', 'hex') FROM audit_chains
                WHERE chain = \(chain.id)
                """,
            ])
            #expect(try await world.verification.verify(chain).fault?.kind == .altered)
        }
    }
}
