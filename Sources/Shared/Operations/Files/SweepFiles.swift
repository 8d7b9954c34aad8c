package import Blobs
package import FoundationEssentials
internal import Scoring
package import Stores

/// What has to be done to uploaded files again and again: those that nobody uses go when their time is over, and so does what
/// belongs to no file.
package struct SweepFiles: Sendable {
    private let store: FileStore
    private let blobs: any BlobStore
    private let daysKept: Int

    /// How many are done at once.
    private static let piece = 500
    /// So long after it was written, something in the storage may belong to a file that is not noted yet.
    private static let grace: TimeInterval = 3600
    private static let day: TimeInterval = 86_400

    /// `daysKept` is for how many days a file is kept that nobody uses: 0 for ever.
    package init(store: FileStore, blobs: any BlobStore, daysKept: Int) {
        self.store = store
        self.blobs = blobs
        self.daysKept = daysKept
    }

    /// Does all of it at `moment`; how much there was to do.
    package func sweep(at moment: Date) async throws -> Int {
        try await forgetUnused(at: moment) + removeOrphans(at: moment)
    }

    /// First nobody is offered a file any more, then what is in it goes: what is left of it then, the orphans' sweep finds.
    private func forgetUnused(at moment: Date) async throws -> Int {
        guard daysKept > 0 else { return 0 }
        let latest = moment.addingTimeInterval(-Double(daysKept) * Self.day)
        var count = 0
        while true {
            let forgotten = try await store.forget(unusedSince: latest, limit: Self.piece)
            for id in forgotten {
                try await blobs.delete(Files.key(of: id))
                try await blobs.delete(Files.textKey(of: id))
            }
            count += forgotten.count
            guard forgotten.count == Self.piece else { return count }
        }
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
