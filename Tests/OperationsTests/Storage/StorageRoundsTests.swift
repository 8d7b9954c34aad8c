import Blobs
import EventLoop
import Foundation
import Operations
import Testing

/// Going over what lies in the object storage, so much at a time.
@Suite struct StorageRoundsTests {
    @Test func aRoundGoesOnWhereTheLastOneEndedAndBeginsAnewBehindTheEnd() async throws {
        let folder = NSTemporaryDirectory() + "rounds-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let blobs = LocalBlobs(
            directory: folder, threads: WorkerThreads(name: "rounds", count: 1, queueLimit: 64))
        try await LoopGroup(count: 1, name: "rounds").loops[0].run {
            for name in ["a", "b", "c", "d", "e"] {
                _ = try await blobs.put(BlobKey(words: "files", name)) { nil }
            }
            let rounds = StorageRounds(of: BlobKey(words: "files"), in: blobs, piece: 2, pieces: 1)
            func round() async throws -> [String] {
                var seen: [String] = []
                let count = try await rounds.next { found in
                    seen += found.map { "\($0.key)" }
                    return found.count
                }
                #expect(count == seen.count)
                return seen
            }
            #expect(try await round() == ["files/a", "files/b"])
            await #expect(throws: CancellationError.self) {
                _ = try await rounds.next { _ in throw CancellationError() }
            }
            #expect(try await round() == ["files/c", "files/d"], "one that failed is done again")
            #expect(try await round() == ["files/e"])
            #expect(try await round() == ["files/a", "files/b"])
        }
    }
}
