import EventLoop
import FoundationEssentials
import Observability
import Postgres
import ProductSupport
import Records
import Stores
import Tenancy
import Testing

@testable import Operations

/// Whatever somebody sends, it is kept, and what one sends keeps nobody else's entries away.
@Suite struct AuditTextTests {
    private static func trail(_ world: AuditWorld, _ metrics: Metrics) -> AuditTrail {
        AuditTrail(
            database: world.database, loops: world.loops, identifiers: world.identifiers, metrics: metrics,
            logger: AuditWorld.logger)
    }

    @Test func anEntryThatTheDatabaseRefusesIsGivenUpAndTheOthersAreStored() async throws {
        try await AuditWorld.run { world, chain in
            let metrics = Metrics()
            let trail = Self.trail(world, metrics)
            // The first of a kind is stored at once, what repeats itself when the trail ends.
            for subject in ["thing:1", "thing:\0", "thing:2"] {
                for _ in 0..<2 {
                    let entry = AuditEntry(
                        id: AuditEntryID(uuid: UUID()), organizationID: chain.organizationID, createdAt: Date(),
                        actor: AuditEntry.Actor(
                            kind: .unknown, id: nil, name: "eve", role: nil, address: nil, requestID: nil),
                        action: "access.refused", subject: subject, outcome: .refused, before: nil, after: nil)
                    await trail.keepOnceAWhile(entry)
                }
            }
            await trail.close()
            let kept = try await world.chains.entries(of: chain, behind: 0, limit: 10)
            #expect(kept.map(\.entry.subject).sorted() == ["thing:1", "thing:1", "thing:2", "thing:2"])
            let told = String(decoding: metrics.exposition(), as: UTF8.self)
            #expect(told.contains("scorable_audit_lost_total 2"))
            #expect(told.contains("scorable_audit_late_entries 0"))
        }
    }

    @Test func textsAreCutOffByBytesAtTheEndOfAScalar() {
        #expect(AuditText.kept("plain", atMost: 10) == "plain")
        #expect(AuditText.kept("ééé", atMost: 5) == "éé")
        #expect(AuditText.kept("a\u{85}b\u{7F}", atMost: 100) == "a\u{FFFD}b\u{FFFD}")
        #expect(AuditText.kept(json: #"{"a":"\u0000 \\u0000"}"#) == #"{"a":"\ufffd \\u0000"}"#)
    }

    @Test(arguments: ["\u{301}", "\u{200D}", "\u{600}"])
    func aCellOfATableEndsWhereItEnds(_ mark: String) throws {
        let entry = AuditEntry(
            id: AuditEntryID(uuid: UUID()), organizationID: nil, createdAt: Date(),
            actor: AuditEntry.Actor(
                kind: .unknown, id: nil, name: "x\"\(mark),\(mark)\"y", role: nil, address: nil, requestID: nil),
            action: "=\(mark)1+1", subject: "thing:1", outcome: .done, before: nil, after: nil)
        var table = AuditTable(.csv)
        table.add(ChainedAuditEntry(entry, at: AuditPlace(position: 1, hash: [])))
        let bytes = table.take()
        #expect(bytes.firstRange(of: Array(",\"x\"\"\(mark),\(mark)\"\"y\",".utf8)) != nil)
        #expect(bytes.firstRange(of: Array(",'=\(mark)1+1,".utf8)) != nil)
    }

    /// What is done as parts of something does not hold the chain while the rest is done.
    @Test func theChainIsHeldOnlyAtTheEnd() async throws {
        try await AuditWorld.run(entries: 1) { world, chain in
            let audit = Audit(database: world.database, identifiers: world.identifiers, logger: AuditWorld.logger)
            let actor = AuditActor(
                unknown: "directory", in: chain.organizationID, from: nil, requestID: nil)
            try await audit.perform(Audit.Deed("group.update", on: "group:1"), by: actor, needs: nil) { connection in
                let inside = audit.within(connection)
                try await inside.perform(Audit.Deed("user.update", on: "user:1"), by: actor, needs: nil) { _ in
                    Audit.Change(())
                }
                await #expect(throws: NotFound.self) {
                    try await inside.perform(Audit.Deed("user.update", on: "user:2"), by: actor, needs: nil) {
                        _ -> Audit.Change<Void> in throw NotFound("User")
                    }
                }
                // Somebody else of the organisation.
                try await world.store.add(world.entry(in: chain, about: "thing:other"))
                return Audit.Change(())
            }
            let kept = try await world.chains.entries(of: chain, behind: 1, limit: 10).map(\.entry)
            #expect(kept.map(\.subject) == ["thing:other", "user:1", "user:2", "group:1"])
            #expect(kept.map(\.outcome) == [.done, .done, .failed, .done])
        }
    }

    @Test func anAddressIsFoundByItsNetworkAndAPersonByAPartOfTheName() async throws {
        try await AuditWorld.run(entries: 2) { world, chain in
            func found(_ filter: AuditFilter) async throws -> Int {
                try await world.store.newest(of: chain, matching: filter, limit: 10).count
            }
            // One that did not come from an address.
            let (id, moment) = world.identifiers.nextDated(AuditEntry.self)
            try await world.store.add(
                AuditEntry(
                    id: id, organizationID: chain.organizationID, createdAt: moment,
                    actor: AuditEntry.Actor(
                        kind: .machine, id: nil, name: "worker", role: nil, address: "unix:/run/x", requestID: nil),
                    action: "thing.change", subject: "thing:3", outcome: .done, before: nil, after: nil))
            #expect(try await found(AuditFilter(address: "10.0.0.0/24")) == 2)
            #expect(try await found(AuditFilter(address: "10.0.1.0/24")) == 0)
            #expect(try await found(AuditFilter(address: "10.0.0.7/32")) == 2)
            #expect(try await found(AuditFilter(address: "not/anetwork")) == 0)
            #expect(try await found(AuditFilter(actor: "EXAMPLE.com")) == 2)
            #expect(try await found(AuditFilter(actor: "work")) == 1)
        }
    }
}
