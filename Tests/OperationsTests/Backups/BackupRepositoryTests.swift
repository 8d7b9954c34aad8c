import Blobs
import Cryptography
import EventLoop
import Foundation
import Operations
import Stores
import Testing

/// Where backups are kept: what is whole, what is archived, and what goes.
@Suite struct BackupRepositoryTests {
    /// A place in a temporary folder, and an object storage beside it.
    private struct World: Sendable {
        let folder: String
        let repository: BackupRepository
        let objects: LocalBlobs

        static func run(_ body: @escaping @Sendable (World) async throws -> Void) async throws {
            let folder = NSTemporaryDirectory() + "backups-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let threads = WorkerThreads(name: "backups", count: 2, queueLimit: 256)
            let pair = try SealedBox.KeyPair.generate()
            let blobs = LocalBlobs(directory: "\(folder)/kept", threads: threads)
            let world = World(
                folder: folder,
                repository: BackupRepository(blobs: blobs, log: blobs, recipients: [pair.publicKey], keys: [pair]),
                objects: LocalBlobs(directory: "\(folder)/objects", threads: threads))
            let loops = LoopGroup(count: 1, name: "backups")
            try await loops.loops[0].run { try await body(world) }
        }

        func put(_ key: String, _ text: String) async throws {
            var next: [UInt8]? = Array(text.utf8)
            _ = try await objects.put(#require(BlobKey(key))) {
                defer { next = nil }
                return next
            }
        }

        /// A backup whose log begins at a segment.
        func backup(_ id: String, from segment: String, since previous: BackupManifest? = nil) async throws
            -> BackupManifest
        {
            let kept = try await ObjectCopies(repository).keep(objects, as: id, copying: true, since: previous) { _ in }
            let part = BackupManifest.Part(bytes: 0, sha256: "")
            let manifest = BackupManifest(
                id: id, installation: nil, beganAt: Date(timeIntervalSince1970: 1_800_000_000),
                endedAt: Date(timeIntervalSince1970: 1_800_000_060), program: "test",
                position: BackupPosition(
                    now: Date(timeIntervalSince1970: 1_800_000_000), system: "1", segment: segment, serverVersion: 15,
                    schema: 36, database: "scorable", role: "scorable", isArchiving: true),
                consistentAt: Date(timeIntervalSince1970: 1_800_000_050), mark: nil, base: part, details: part,
                objects: kept, recipients: [])
            try await repository.publish(manifest)
            return manifest
        }
    }

    @Test func onlyWhatHasAManifestIsABackup() async throws {
        try await World.run { world in
            let manifest = try await world.backup("20270131T120000Z-0001", from: "000000010000000000000002")
            _ = try await world.repository.store(BackupRepository.part("base", of: "20270201T120000Z-0002")) { nil }
            #expect(try await world.repository.backups() == [manifest])
            #expect(try await world.repository.identifiers().count == 2, "what a killed run left can be found")
            try await world.repository.delete("20270201T120000Z-0002")
            #expect(try await world.repository.identifiers() == [manifest.id])
        }
    }

    @Test func oneThatCannotBeReadKeepsNobodyFromTheOthers() async throws {
        try await World.run { world in
            let manifest = try await world.backup("20270131T120000Z-0001", from: "000000010000000000000002")
            let other = "20270201T120000Z-0002"
            let folder = "\(world.folder)/kept/backups/\(other)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data("{".utf8).write(to: URL(filePath: "\(folder)/manifest.json"))
            let (backups, faults) = try await world.repository.backupsAndFaults()
            #expect(backups == [manifest])
            #expect(faults.keys.sorted() == [other])
            #expect(faults[other]?.contains("damaged") == true)
        }
    }

    @Test func aSegmentIsArchivedOnceAndNeverReplaced() async throws {
        try await World.run { world in
            let archive = LogArchive(world.repository)
            let name = "000000010000000000000003"
            #expect(try await archive.push(name, [1, 2, 3]))
            #expect(try await !archive.push(name, [1, 2, 3]), "the server tries again what was interrupted")
            let refusal = await #expect(throws: BackupFailure.self) { try await archive.push(name, [1, 2, 4]) }
            #expect(refusal?.description.contains("another \(name)") == true)
            await #expect(throws: BackupFailure.self) { try await archive.push("../etc/passwd", [1]) }
            let entry = try #require(try await archive.find(name))
            var found: [UInt8] = []
            try await archive.read(entry) { found += $0 }
            #expect(found == [1, 2, 3])
            #expect(try await archive.find("000000010000000000000004") == nil)
        }
    }

    @Test func aGapInTheLogIsNamedAndOldSegmentsGo() async throws {
        try await World.run { world in
            let archive = LogArchive(world.repository)
            for name in [
                "000000010000000000000002", "0000000100000000000000FE", "000000010000000100000000", "00000002.history",
                "000000010000000000000002.00000028.backup",
            ] { _ = try await archive.push(name, Array(name.utf8)) }
            let manifest = try await world.backup("20270131T120000Z-0001", from: "0000000100000000000000FE")
            #expect(try await archive.gaps(for: manifest) == ["0000000100000000000000FF"])
            _ = try await archive.push("0000000100000000000000FF", [1])
            #expect(try await archive.gaps(for: manifest).isEmpty)
            #expect(try await archive.prune(keeping: [manifest], isTrial: true) == 2)
            #expect(try await archive.prune(keeping: [manifest], isTrial: false) == 2)
            let names = try await archive.entries().map(\.name)
            #expect(!names.contains("000000010000000000000002") && names.contains("00000002.history"))
        }
    }

    @Test func objectsAreKeptOnceAndComeBackAsTheyWere() async throws {
        try await World.run { world in
            try await world.put("files/one", "same")
            try await world.put("exports/a/two", "same")
            try await world.put("files/three", "other")
            let first = try await world.backup("20270131T120000Z-0001", from: "000000010000000000000002")
            #expect(first.objects.count == 3)
            try await world.objects.delete(#require(BlobKey("files/three")))
            let second = try await world.backup(
                "20270201T120000Z-0002", from: "000000010000000000000009", since: first)
            let copies = ObjectCopies(world.repository)
            #expect(try await copies.prune(keeping: [first, second], isTrial: false) == 0)
            // The content of the one that is gone is wanted by the first backup alone.
            #expect(try await copies.prune(keeping: [second], isTrial: false) == 1)
            let target = LocalBlobs(
                directory: "\(world.folder)/restored", threads: WorkerThreads(name: "r", count: 1, queueLimit: 64))
            #expect(try await copies.restore(second, to: target) { _ in } == 2)
            #expect(try await copies.missing(of: second, in: target).isEmpty)
            let contents = try await target.open(#require(BlobKey("exports/a/two")), bytes: nil)
            #expect(try await contents.next() == Array("same".utf8))
            #expect(try await copies.missingCopies(of: first) == ["files/three"])
        }
    }
}
