import EventLoop
import FoundationEssentials
import Operations
import Postgres
import Records
import Stores
import Tenancy
import Testing

/// A chain of entries holds against whoever writes to the database.
@Suite struct AuditChainTests {
    @Test func aChainIsWholeAndSwiftComputesWhatTheDatabaseComputes() async throws {
        try await AuditWorld.run(entries: 5) { world, chain in
            let before = try await world.verification.verify(chain)
            #expect(before.fault == nil)
            #expect(before.through.position == 5)
            #expect(before.seal == nil)
            try await world.seal(chain)
            let after = try await world.verification.verify(chain)
            #expect(after.fault == nil)
            #expect(after.seal?.place == after.through)
        }
    }

    @Test func anAlteredEntryIsNamed() async throws {
        try await AuditWorld.run(entries: 9) { world, chain in
            try await world.tamper([
                "UPDATE audit_entries SET actor_name = 'eve' WHERE chain = \(chain.id) AND position = 4"
            ])
            let fault = try #require(try await world.verification.verify(chain).fault)
            #expect(fault.kind == .altered)
            #expect(fault.position == 4)
            #expect(fault.entry?.subject == "thing:4")
        }
    }

    @Test(arguments: [
        "action = 'other'", "subject = 'other'", "outcome = 'failed'", "times = 2", "address = NULL",
        "actor_id = NULL", "actor_key_id = NULL", "actor_role = 'owner'", "actor_kind = 'machine'", "request_id = ''",
        "created_at = created_at + interval '1 microsecond'", "before = '{}'", "after = NULL",
        "after = after || '{\"count\": 3.1}'",
    ])
    func everyColumnCounts(_ change: String) async throws {
        try await AuditWorld.run(entries: 3) { world, chain in
            try await world.database.withConnection { connection in
                try await connection.run(
                    script: """
                        SET session_replication_role = replica;
                        UPDATE audit_entries SET \(change) WHERE chain = '\(chain.id)' AND position = 2;
                        SET session_replication_role = DEFAULT
                        """)
            }
            let fault = try #require(try await world.verification.verify(chain).fault)
            #expect(fault.kind == .altered)
            #expect(fault.position == 2)
        }
    }

    @Test func whatWasTakenOutIsMissing() async throws {
        try await AuditWorld.run(entries: 9) { world, chain in
            try await world.tamper([
                "DELETE FROM audit_entries WHERE chain = \(chain.id) AND position BETWEEN 3 AND 5"
            ])
            let fault = try #require(try await world.verification.verify(chain).fault)
            #expect(fault.kind == .missing(through: 5))
            #expect(fault.position == 3)
        }
    }

    @Test func whatWasCutOffBehindTheLastSealIsKnown() async throws {
        try await AuditWorld.run(entries: 9) { world, chain in
            try await world.seal(chain)
            // The head is set back too, so that without the seal nothing would show.
            try await world.tamper([
                "DELETE FROM audit_entries WHERE chain = \(chain.id) AND position > 6",
                """
                UPDATE audit_chains SET position = 6, hash =
                    (SELECT hash FROM audit_entries WHERE chain = \(chain.id) AND position = 6)
                WHERE chain = \(chain.id)
                """,
            ])
            let fault = try #require(try await world.verification.verify(chain).fault)
            #expect(fault.kind == .cutOff(through: 9))
            #expect(fault.position == 7)
        }
    }

    @Test func whatWasRemovedWithEveryNoteOfItIsKnownByAMarkKeptElsewhere() async throws {
        try await AuditWorld.run(entries: 9) { world, chain in
            try await world.seal(chain)
            let kept = try AuditMarks(reading: try await world.verification.marks(of: [chain]).text)
            #expect(kept.of(chain).map(\.place.position) == [9])
            #expect(try await world.verification.verify(chain, known: kept).fault == nil)
            try await world.tamper([
                "DELETE FROM audit_entries WHERE chain = \(chain.id) AND position > 6",
                "DELETE FROM audit_seals WHERE chain = \(chain.id)",
                "DELETE FROM audit_marks WHERE chain = \(chain.id)",
                "DELETE FROM audit_checks WHERE chain = \(chain.id)",
                """
                UPDATE audit_chains SET position = 6, hash =
                    (SELECT hash FROM audit_entries WHERE chain = \(chain.id) AND position = 6)
                WHERE chain = \(chain.id)
                """,
            ])
            #expect(try await world.verification.verify(chain).fault == nil, "the database alone says nothing")
            let fault = try #require(try await world.verification.verify(chain, known: kept).fault)
            #expect(fault.kind == .cutOff(through: 9))
            let others = AuditSealKey(credentialSecret: Array(repeating: 8, count: 32))
            let forged = others.seal(of: chain, at: kept.seals[0].place, on: Date())
            #expect(world.verification.firstForeign(of: AuditMarks([forged])) == forged)
            #expect(throws: AuditMarks.WrongLine.self) { try AuditMarks(reading: "not a mark") }
        }
    }

    @Test func whatWasCutOffBeforeItWasSealedShowsAtTheHead() async throws {
        try await AuditWorld.run(entries: 4) { world, chain in
            try await world.tamper(["DELETE FROM audit_entries WHERE chain = \(chain.id) AND position = 4"])
            let fault = try #require(try await world.verification.verify(chain).fault)
            #expect(fault.kind == .cutOff(through: 4))
        }
    }

    @Test func entriesThatChangedPlacesAreNamed() async throws {
        try await AuditWorld.run(entries: 6) { world, chain in
            try await world.tamper([
                "UPDATE audit_entries SET position = -3 WHERE chain = \(chain.id) AND position = 3",
                "UPDATE audit_entries SET position = 3 WHERE chain = \(chain.id) AND position = 4",
                "UPDATE audit_entries SET position = 4 WHERE chain = \(chain.id) AND position = -3",
            ])
            let fault = try #require(try await world.verification.verify(chain).fault)
            #expect(fault.kind == .reordered)
            #expect(fault.position == 3)
        }
    }

    @Test func anEntryThatWasPutBetweenIsNamed() async throws {
        try await AuditWorld.run(entries: 6) { world, chain in
            let forged = world.identifiers.uuid()
            try await world.tamper([
                "UPDATE audit_entries SET position = -position WHERE chain = \(chain.id) AND position >= 3",
                "UPDATE audit_entries SET position = 1 - position WHERE chain = \(chain.id) AND position < 0",
                """
                INSERT INTO audit_entries (id, organization_id, created_at, actor_kind, actor_name, action, subject,
                    outcome, times, position, hash)
                VALUES (\(forged), \(chain.organizationID), now(), 'user', 'eve', 'thing.change', 'thing:forged', 'done',
                    1, 3, decode(repeat('ab', 32), 'hex'))
                """,
            ])
            let fault = try #require(try await world.verification.verify(chain).fault)
            #expect(fault.kind == .inserted)
            #expect(fault.position == 3)
            #expect(fault.entry?.subject == "thing:forged")
        }
    }

    @Test func aChainThatWasComputedAnewDoesNotFitItsSeal() async throws {
        try await AuditWorld.run(entries: 3) { world, chain in
            try await world.seal(chain)
            for index in 4...8 { try await world.store.add(world.entry(in: chain, about: "thing:\(index)")) }
            try await world.seal(chain)
            try await world.database.transaction { connection in
                try await connection.execute("SET LOCAL session_replication_role = replica")
                try await connection.execute(
                    "UPDATE audit_entries SET actor_name = 'eve' WHERE chain = \(chain.id) AND position = 5")
                for position in 5...8 {
                    try await connection.execute(
                        """
                        UPDATE audit_entries SET hash = audit_hash(
                            (SELECT hash FROM audit_entries WHERE chain = \(chain.id) AND position = \(position - 1)),
                            chain, audit_entries)
                        WHERE chain = \(chain.id) AND position = \(position)
                        """)
                }
                try await connection.execute(
                    """
                    UPDATE audit_chains SET hash =
                        (SELECT hash FROM audit_entries WHERE chain = \(chain.id) AND position = 8)
                    WHERE chain = \(chain.id)
                    """)
            }
            let fault = try #require(try await world.verification.verify(chain).fault)
            #expect(fault.kind == .computedAnew(through: 8))
            #expect(fault.position == 4, "the entries before the seal of the third one are not touched")
        }
    }

    @Test func aSealOfAnotherKeyIsNoSeal() async throws {
        try await AuditWorld.run(entries: 2) { world, chain in
            let head = try #require(try await world.chains.head(of: chain))
            let other = AuditSealKey(credentialSecret: Array(repeating: 8, count: 32))
            try await world.chains.add(other.seal(of: chain, at: head, on: Date()))
            let fault = try #require(try await world.verification.verify(chain).fault)
            #expect(fault.kind == .sealIsWrong)
        }
    }

    @Test func nobodyChangesEntriesInPassing() async throws {
        try await AuditWorld.run(entries: 2) { world, chain in
            let attempts: [SQL] = [
                "UPDATE audit_entries SET action = 'x' WHERE chain = \(chain.id)",
                "DELETE FROM audit_entries WHERE chain = \(chain.id)", "TRUNCATE audit_entries",
                "DELETE FROM audit_seals", "TRUNCATE audit_seals",
            ]
            try await world.seal(chain)
            for attempt in attempts {
                await #expect(throws: PostgresError.self, "\(attempt.text)") {
                    try await world.database.execute(attempt)
                }
            }
            #expect(try await world.verification.verify(chain).through.position == 2)
        }
    }

    @Test func manyWritersOfOneOrganisationLeaveNoGap() async throws {
        try await AuditWorld.run { world, chain in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<50 {
                    let loop = world.loops.next()
                    group.addTask {
                        try await loop.run {
                            for index in 0..<10 {
                                try await world.database.transaction { connection in
                                    try await world.store.add(
                                        world.entry(in: chain, about: "thing:\(writer)-\(index)"), on: connection)
                                }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let verdict = try await world.verification.verify(chain)
            #expect(verdict.fault == nil)
            #expect(verdict.through.position == 500)
        }
    }

    @Test func anEntryThatIsSentTwiceIsThereOnce() async throws {
        try await AuditWorld.run { world, chain in
            let entry = world.entry(in: chain, about: "thing:1")
            try await world.store.add([entry, world.entry(in: chain, about: "thing:2")])
            try await world.store.add(entry)
            let verdict = try await world.verification.verify(chain)
            #expect(verdict.fault == nil)
            #expect(verdict.through.position == 2)
        }
    }

    @Test func verifyingGoesOnWhereSomebodyHasNotedAPlace() async throws {
        try await AuditWorld.run(entries: 5) { world, chain in
            let place = try #require(try await world.chains.place(at: 3, of: chain))
            try await world.tamper([
                "UPDATE audit_entries SET actor_name = 'eve' WHERE chain = \(chain.id) AND position = 2"
            ])
            #expect(try await world.verification.verify(chain, from: place).fault == nil)
            #expect(try await world.verification.verify(chain).fault?.position == 2)
        }
    }
}
