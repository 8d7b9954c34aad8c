package import Blobs
package import FoundationEssentials
package import Postgres
internal import Records
internal import Stores
internal import Tenancy

/// What has to be done to exports again and again: files past their time go, what nobody owns goes, and what ended without
/// a word is said to have ended.
package struct SweepExports: Sendable {
    private let database: PostgresClient
    private let store: ExportStore
    private let blobs: any BlobStore
    private let announcements: ExportAnnouncements
    private let rounds: StorageRounds

    /// How many are done at once, and how often files are looked at in a round.
    private static let piece = 200
    private static let pieces = 20

    package init(database: PostgresClient, blobs: any BlobStore, announcements: ExportAnnouncements) {
        self.database = database
        store = ExportStore(database: database)
        self.blobs = blobs
        self.announcements = announcements
        rounds = StorageRounds(
            of: BlobKey(words: WriteExport.folder), in: blobs, piece: Self.piece, pieces: Self.pieces)
    }

    /// Does all of it at `moment`; how much there was to do.
    package func sweep(at moment: Date) async throws -> Int {
        var count = try await settleStranded()
        count += try await expire(at: moment)
        count += try await removeOrphans()
        count += try await blobs.removeRemains()
        return count
    }

    /// Exports whose jobs were cancelled or given up without the work having a say.
    private func settleStranded() async throws -> Int {
        let stranded = try await store.stranded(limit: Self.piece)
        for export in stranded {
            let reason = export.error ?? "its job is not there any more"
            try await database.transaction { connection in
                if export.state == .cancelled {
                    _ = try await ExportStore.cancel(export.id, in: export.organizationID, on: connection)
                } else if try await ExportStore.fail(
                    export.id, in: export.organizationID, because: reason, on: connection)
                {
                    try await ExportAnnouncements.announce(failed: export, because: reason, on: connection)
                }
            }
            await announcements.tell(of: export.id, in: export.organizationID)
        }
        return stranded.count
    }

    /// First the export says that there is no file any more, then the file goes: nobody is offered what is not there.
    private func expire(at moment: Date) async throws -> Int {
        var count = 0
        while true {
            let outdated = try await store.outdated(at: moment, limit: Self.piece)
            for export in outdated where try await store.expire(export) {
                if let key = (export.file?.key).flatMap(BlobKey.init) { try await blobs.delete(key) }
            }
            count += outdated.count
            guard outdated.count == Self.piece else { return count }
        }
    }

    /// Files of exports that are deleted, have ended otherwise, or have another file.
    private func removeOrphans() async throws -> Int {
        try await rounds.next { found in
            // Asked for after the files were seen: a file that came later is not looked at.
            let claims = try await store.claims(of: Array(Set(found.compactMap { Self.export(of: $0.key) })))
            let orphans = found.filter { blob in
                !claims.keys.contains(blob.key.description)
                    && !(Self.export(of: blob.key).map { claims.open.contains($0) } ?? false)
            }
            for orphan in orphans { try await blobs.delete(orphan.key) }
            return orphans.count
        }
    }

    /// The export whose file lies there; `nil` for what somebody else has put there.
    static func export(of key: BlobKey) -> ExportID? {
        key.words.count > 1 ? ExportID(String(key.words[1])) : nil
    }
}
