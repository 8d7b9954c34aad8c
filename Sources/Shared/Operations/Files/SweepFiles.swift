package import Blobs
package import FoundationEssentials
internal import Scoring
package import Stores

/// What has to be done to uploaded files again and again: what belongs to no file goes.
package struct SweepFiles: Sendable {
    private let store: FileStore
    private let blobs: any BlobStore
    private let rounds: StorageRounds

    /// How many are looked at together, and how often in a round. All of them are looked at by `StorageCheck`.
    private static let piece = 500
    private static let pieces = 20
    /// So long after it was written, something in the storage may belong to a file that is not noted yet.
    private static let grace: TimeInterval = 3600

    package init(store: FileStore, blobs: any BlobStore) {
        self.store = store
        self.blobs = blobs
        rounds = StorageRounds(
            of: BlobKey(words: Files.folder), in: blobs, piece: Self.piece, pieces: Self.pieces)
    }

    /// Does all of it at `moment`; how much there was to do.
    package func sweep(at moment: Date) async throws -> Int {
        try await removeOrphans(at: moment)
    }

    /// What uploads that broke off, and organisations that are gone, left behind.
    private func removeOrphans(at moment: Date) async throws -> Int {
        try await rounds.next { found in
            let old = found.filter { $0.modifiedAt < moment.addingTimeInterval(-Self.grace) }
            let existing = try await store.existing(Array(Set(old.compactMap { Files.file(at: $0.key) })))
            let orphans = old.filter { Files.file(at: $0.key).map { !existing.contains($0) } ?? true }
            for orphan in orphans { try await blobs.delete(orphan.key) }
            return orphans.count
        }
    }
}
