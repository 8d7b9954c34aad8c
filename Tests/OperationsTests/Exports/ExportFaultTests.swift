import Blobs
import FoundationEssentials
import Jobs
import Operations
import Postgres
import Queueing
import Records
import Scoring
import Stores
import Synchronization
import Tenancy
import Testing
import WireAPI

/// What exports come to when something goes wrong.
@Suite(.serialized) struct ExportFaultTests {
    @Test func aFullDiskIsToldAndLeavesNoFile() async throws {
        try await ExportWorld.run { world in
            try await world.log(10)
            let export = try await world.start()
            world.blobs.obstruct { _ in throw BlobError(.full, "store it", because: "no space left on device") }
            let failed = await #expect(throws: JobFailed.self) {
                try await world.work().perform(world.leased(export))
            }
            #expect(failed?.failure.errorClass == .unavailable, "it is tried again")
            #expect(try await world.exports.find(export.id, in: world.organization).state == .running)
            // When there was no room at the last attempt either.
            try await world.end(try #require(failed).effect)
            let ended = try await world.exports.find(export.id, in: world.organization)
            #expect(ended.state == .failed && ended.error?.contains("no room left") == true, "\(ended)")
            #expect(try await world.keys().isEmpty)
            let notices = try await world.rig.product.notices.newest(for: world.tenant.principal())
            #expect(notices.contains { $0.subject?.kind == .export && $0.severity == .warning })
        }
    }

    @Test func anExportThatIsCancelledWhileItIsWrittenLeavesNoFile() async throws {
        try await ExportWorld.run { world in
            try await world.log(10)
            let export = try await world.start()
            world.blobs.obstruct { _ in
                _ = try await world.exports.cancel(export.id, in: world.organization, by: world.actor())
            }
            // The worker is not told in time: it ends the job as if nothing had happened.
            try await world.end(try await world.work().perform(world.leased(export)))
            #expect(try await world.exports.find(export.id, in: world.organization).state == .cancelled)
            #expect(try await world.keys().isEmpty)
            await #expect(throws: ExportNotInState.self) { try await world.read(export) }
        }
    }

    @Test func ofTwoWorkersThatWriteTheSameOneFileStays() async throws {
        try await ExportWorld.run { world in
            try await world.log(10)
            let export = try await world.start()
            let late = try await world.work().perform(world.leased(export, attempt: 1))
            let current = try await world.work().perform(world.leased(export, attempt: 2))
            #expect(try await world.keys().count == 2)
            try await world.end(current)
            let file = try #require(
                try await world.exports.find(export.id, in: world.organization).file)
            // The first worker's lease is over: its effect is refused, and only what follows a commit may still run.
            await late.afterCommit?()
            #expect(try await world.keys() == [file.key] && file.key.hasSuffix("1-2.jsonl"))
            #expect(try await world.lines(export).count == 10)
        }
    }

    @Test func aSecondAttemptBeginsFromTheBeginning() async throws {
        try await ExportWorld.run { world in
            try await world.log(30)
            let export = try await world.start()
            world.blobs.obstruct { _ in throw CancellationError() }
            await #expect(throws: CancellationError.self) {
                try await world.work().perform(world.leased(export, attempt: 1))
            }
            world.blobs.obstruct(nil)
            try await world.end(try await world.work().perform(world.leased(export, attempt: 2)))
            let ended = try await world.exports.find(export.id, in: world.organization)
            #expect(ended.state == .finished && ended.progress.rows == 30)
            #expect(try await world.lines(ended).count == 30)
        }
    }

    @Test func whoLostTheirRightsGetsNoFile() async throws {
        try await ExportWorld.run { world in
            try await world.log(1)
            let export = try await world.start()
            try await world.rig.database.execute(
                "UPDATE users SET is_disabled = true, disabled_at = now() WHERE id = \(world.tenant.owner.id)")
            let failed = await #expect(throws: JobFailed.self) {
                try await world.work().perform(world.leased(export))
            }
            #expect(failed?.failure.errorClass == .refused)
            #expect(try await world.keys().isEmpty)
        }
    }

    @Test func filesGoWhenTheirTimeHasCome() async throws {
        try await ExportWorld.run { world in
            try await world.log(2)
            // Sooner than those of other tests, which a sweep reaches too.
            let export = try await world.write(try await world.start(), keptFor: .seconds(120))
            let expiry = try #require(export.file?.expiresAt)
            #expect(abs(expiry.timeIntervalSinceNow - 120) < 60)
            _ = try await world.sweep.sweep(at: expiry.addingTimeInterval(-60))
            #expect(try await world.keys().count == 1)
            _ = try await world.sweep.sweep(at: expiry.addingTimeInterval(1))
            let expired = try await world.exports.find(export.id, in: world.organization)
            #expect(expired.state == .expired && expired.progress.rows == 2)
            #expect(try await world.keys().isEmpty)
            await #expect(throws: ExportNotInState.self) { try await world.read(expired) }
            try await world.exports.delete(export.id, in: world.organization, by: world.actor())
            await #expect(throws: NotFound.self) { try await world.exports.find(export.id, in: world.organization) }
        }
    }

    @Test func filesThatNobodyOwnsGoAndOthersStay() async throws {
        try await ExportWorld.run { world in
            let (waiting, done) = (try await world.start(), try await world.write(try await world.start()))
            func put(_ words: String...) async throws -> String {
                let key = try #require(BlobKey(words.joined(separator: "/")))
                var isPut = false
                _ = try await world.blobs.put(key) {
                    defer { isPut = true }
                    return isPut ? nil : [1]
                }
                return key.description
            }
            let own = try #require(done.file?.key)
            let open = try await put("exports", waiting.id.description, "1-1.jsonl")
            _ = try await put("exports", done.id.description, "0-7.jsonl")
            _ = try await put("exports", UUID().uuidString.lowercased(), "1-1.jsonl")
            _ = try await put("exports", "nonsense")
            #expect(try await world.sweep.sweep(at: Date()) >= 3)
            #expect(try await Set(world.keys()) == [own, open])
        }
    }

    @Test func aJobThatEndedWithoutAWordEndsItsExport() async throws {
        try await ExportWorld.run { world in
            let (dead, cancelled) = (try await world.start(), try await world.start())
            for (export, state) in [(dead, "dead"), (cancelled, "cancelled")] {
                try await world.rig.database.execute(
                    """
                    UPDATE jobs SET state = \(state), ended_at = now(), error = 'its workers died of it'
                    WHERE id = \(export.jobID)
                    """)
            }
            let shown = try await world.exports.find(dead.id, in: world.organization)
            #expect(shown.state == .failed && shown.error == "its workers died of it", "before any sweep")
            #expect(try await world.exports.find(cancelled.id, in: world.organization).state == .cancelled)
            #expect(try await world.sweep.sweep(at: Date()) >= 2)
            let rows = try await world.rig.database.query(
                "SELECT state FROM exports WHERE organization_id = \(world.organization) ORDER BY id")
            #expect(try rows.map { try $0.decode(0, as: String.self) } == ["failed", "cancelled"])
        }
    }

    @Test func whatIsBeingWrittenIsSeenToMove() async throws {
        try await ExportWorld.run { world in
            try await world.log(150) { number in
                (ExecutionLabels(), EvaluationInput(request: String(repeating: "\(number) ", count: 20_000)))
            }
            let export = try await world.start()
            let seen = Mutex<[Int]>([])
            world.blobs.obstruct { _ in
                // Longer than the time between two notes.
                try await Task.sleep(for: .milliseconds(600))
                let now = try await world.exports.find(export.id, in: world.organization)
                seen.withLock { $0.append(now.progress.rows) }
            }
            try await world.write(export)
            let rows = seen.withLock(\.self)
            #expect(rows.contains { (1..<150).contains($0) } && rows == rows.sorted(), "\(rows)")
        }
    }
}
