import EventLoop
import FoundationEssentials
import SystemCalls
import Testing

@testable import Blobs

/// Blobs in a directory of this machine.
@Suite struct LocalBlobsTests {
    /// Runs a test with a directory that is empty, and removes it.
    private func run(
        _ body: @escaping @Sendable (BlobStoreConformance, String) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.path() + "/blobs-\(UUID().uuidString)"
        let threads = WorkerThreads(name: "blobs", count: 2, queueLimit: 100)
        let loops = LoopGroup(count: 1, name: "blobs-test")
        defer {
            threads.shutdown()
            do {
                try FileManager.default.removeItem(atPath: directory)
            } catch {
                Issue.record(error)
            }
        }
        try await loops.next().run {
            try await body(
                BlobStoreConformance(store: LocalBlobs(directory: directory, threads: threads)), directory)
        }
    }

    @Test func whatIsPutIsRead() async throws { try await run { it, _ in try await it.whatIsPutIsRead() } }
    @Test func aPartIsRead() async throws { try await run { it, _ in try await it.aPartIsRead() } }
    @Test func aSecondPutReplacesTheFirst() async throws {
        try await run { it, _ in try await it.aSecondPutReplacesTheFirst() }
    }
    @Test func whatIsNotWholeDoesNotAppear() async throws {
        try await run { it, _ in try await it.whatIsNotWholeDoesNotAppear() }
    }
    @Test func aPutIsNotSeenBeforeItsEnd() async throws {
        try await run { it, _ in try await it.aPutIsNotSeenBeforeItsEnd() }
    }
    @Test func whatIsDeletedIsGone() async throws { try await run { it, _ in try await it.whatIsDeletedIsGone() } }
    @Test func listsAreInTheOrderOfKeysAndGoOn() async throws {
        try await run { it, _ in try await it.listsAreInTheOrderOfKeysAndGoOn() }
    }
    @Test func manyAtOnceDoNotMix() async throws { try await run { it, _ in try await it.manyAtOnceDoNotMix() } }

    @Test func aLargeBlobIsWhole() async throws { try await run { it, _ in try await it.aLargeBlobIsWhole() } }
    @Test func aLargeBlobThatBreaksOffLeavesNothing() async throws {
        try await run { it, _ in try await it.aLargeBlobThatBreaksOffLeavesNothing() }
    }

    @Test func nothingIsLeftOfWhatFailed() async throws {
        try await run { it, directory in
            try await it.whatIsNotWholeDoesNotAppear()
            #expect(try Folders.entries(of: "\(directory)/.incoming").isEmpty)
        }
    }

    @Test func whatAKilledWriterLeftIsRemovedAndWhatIsBeingWrittenIsNot() async throws {
        try await run { it, directory in
            try await it.put(BlobKey(words: "a"), [1])
            let (left, young) = ("\(directory)/.incoming/left", "\(directory)/.incoming/young")
            for path in [left, young] { try FileWriting.write("half", to: path, mode: 0o600) }
            let hourAgo = Date().addingTimeInterval(-3600)
            try FileManager.default.setAttributes([.modificationDate: hourAgo], ofItemAtPath: left)
            let busy = try NewFile("\(directory)/.incoming/busy", mode: 0o600)
            try FileManager.default.setAttributes(
                [.modificationDate: hourAgo], ofItemAtPath: "\(directory)/.incoming/busy")
            #expect(try await it.store.removeRemains() == 1)
            let names = Set(try Folders.entries(of: "\(directory)/.incoming").map(\.name))
            #expect(names == ["young", "busy"])
            try busy.finish(as: "\(directory)/named")
        }
    }

    /// Over a quota, or beyond the longest file, is as good as full.
    @Test(arguments: [28, 122, 27] as [Int32])
    func aFullDiskIsToldApart(code: Int32) {
        let error = BlobError(SystemError("write f", code: code), "store a/b", whenAbsent: .unavailable)
        #expect(error.kind == .full && error.description.contains("store a/b: the object storage has no room left"))
    }

    @Test func aDirectoryThatCannotBeMadeIsAnErrorAndNoTrap() async throws {
        try await run { it, directory in
            try await it.put(BlobKey(words: "file"), [1])
            let threads = WorkerThreads(name: "blobs", count: 1, queueLimit: 10)
            defer { threads.shutdown() }
            let broken = BlobStoreConformance(store: LocalBlobs(directory: "\(directory)/file", threads: threads))
            let error = await #expect(throws: BlobError.self) { try await broken.put(BlobKey(words: "a"), [1]) }
            #expect(error?.kind == .unavailable, "\(error as Any)")
            #expect(try await broken.store.size(of: BlobKey(words: "a")) == nil)
            #expect(try await it.read(BlobKey(words: "file")) == [1])
        }
    }
}

@Suite struct BlobKeyTests {
    @Test(arguments: ["a", "exports/0190d6a1-0000-7000-8000-000000000001/1-2.csv", "A_b/c.d-e"])
    func wordsBetweenSlashesAreKeys(text: String) { #expect(BlobKey(text)?.description == text) }

    @Test(arguments: [
        "", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/.hidden", ".incoming/x", "a b", "a\0b", "ä", "a\\b", "a/~",
        String(repeating: "a", count: 201), String(repeating: "a/", count: 300) + "a",
    ])
    func whatLeadsElsewhereIsNone(text: String) { #expect(BlobKey(text) == nil) }
}
