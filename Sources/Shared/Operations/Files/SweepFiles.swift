package import Blobs
package import FoundationEssentials
internal import Scoring
package import Stores

/// What has to be done to uploaded files again and again: what belongs to no file goes.
package struct SweepFiles: Sendable {
    private let store: FileStore
    private let blobs: any BlobStore

    /// How many are done at once.
    private static let piece = 500
    /// So long after it was written, something in the storage may belong to a file that is not noted yet.
    private static let grace: TimeInterval = 3600

    package init(store: FileStore, blobs: any BlobStore) {
        self.store = store
        self.blobs = blobs
    }

    /// Does all of it at `moment`; how much there was to do.
    package func sweep(at moment: Date) async throws -> Int {
        try await removeOrphans(at: moment)
    }

    /// What uploads that broke off, and organisations that are gone, left behind.
    private func removeOrphans(at moment: Date) async throws -> Int {
        var count = 0
        var place: BlobKey?
        while true {
            let found = try await blobs.list(in: BlobKey(words: Files.folder), behind: place, limit: Self.piece)
            let old = found.filter { $0.modifiedAt < moment.addingTimeInterval(-Self.grace) }
            let existing = try await store.existing(Array(Set(old.compactMap { Files.file(at: $0.key) })))
            for blob in old where Files.file(at: blob.key).map({ !existing.contains($0) }) ?? true {
                try await blobs.delete(blob.key)
                count += 1
            }
            guard found.count == Self.piece, let last = found.last else { return count }
            place = last.key
        }
    }
}
