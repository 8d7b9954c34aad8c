package import Blobs
package import FoundationEssentials
package import Postgres
internal import Records
internal import Scoring
internal import Stores

/// Compares the object storage with the database, both ways: what lies there that no row names, and which rows name what is
/// not there.
package struct StorageCheck: Sendable {
    /// What was found.
    package struct Findings: Sendable, Hashable {
        /// How many objects were looked at.
        package var objects = 0
        /// How many objects the rows name.
        package var named = 0
        /// What no row names, the first hundred, and how many they are with all their bytes.
        package var orphans: [BlobListing] = []
        package var orphanCount = 0
        package var orphanBytes: Int64 = 0
        /// How many of those were deleted.
        package var deleted = 0
        /// What rows name and is not there, the first hundred, and how many.
        package var missing: [BlobKey] = []
        package var missingCount = 0

        package init() {}

        mutating func note(orphan: BlobListing) {
            if orphans.count < StorageCheck.listed { orphans.append(orphan) }
            orphanCount += 1
            orphanBytes += orphan.size
        }

        mutating func note(missing key: BlobKey) {
            if missing.count < StorageCheck.listed { missing.append(key) }
            missingCount += 1
        }
    }

    private let blobs: any BlobStore
    private let files: FileStore
    private let exports: ExportStore

    /// How much is said one by one.
    private static let listed = 100
    /// How many are looked at together.
    private static let piece = 500
    /// So long after it was written, something may belong to what is not noted yet.
    package static let safeAge: TimeInterval = 86_400
    /// How many orphans are deleted in one round.
    package static let mostDeleted = 10_000

    package init(database: PostgresClient, blobs: any BlobStore) {
        self.blobs = blobs
        files = FileStore(database: database)
        exports = ExportStore(database: database)
    }

    /// Looks at everything; deletes orphans that are older than a day only if asked to, and ten thousand at most.
    /// - Throws: `BlobError`, `PostgresError`.
    package func run(deleting: Bool, at moment: Date) async throws -> Findings {
        var findings = Findings()
        try await findOrphans(&findings, deleting: deleting, before: moment.addingTimeInterval(-Self.safeAge))
        try await findMissingFiles(&findings)
        try await findMissingExports(&findings)
        return findings
    }

    // MARK: Objects without a row

    private func findOrphans(_ findings: inout Findings, deleting: Bool, before latest: Date) async throws {
        for folder in [Files.folder, WriteExport.folder] {
            var place: BlobKey?
            while true {
                let listed = try await blobs.list(in: BlobKey(words: folder), behind: place, limit: Self.piece)
                findings.objects += listed.count
                let old = listed.filter { $0.modifiedAt < latest }
                for orphan in try await unnamed(old, in: folder) {
                    findings.note(orphan: orphan)
                    guard deleting, findings.deleted < Self.mostDeleted else { continue }
                    try await blobs.delete(orphan.key)
                    findings.deleted += 1
                }
                guard listed.count == Self.piece, let last = listed.last else { break }
                place = last.key
            }
        }
    }

    /// The rows are asked for after the objects were seen: what came later is not looked at.
    private func unnamed(_ listed: [BlobListing], in folder: String) async throws -> [BlobListing] {
        guard folder == WriteExport.folder else {
            let existing = try await files.existing(Array(Set(listed.compactMap { Files.file(at: $0.key) })))
            return listed.filter { Files.file(at: $0.key).map { !existing.contains($0) } ?? true }
        }
        let claims = try await exports.claims(of: Array(Set(listed.compactMap { SweepExports.export(of: $0.key) })))
        return listed.filter { listing in
            !claims.keys.contains(listing.key.description)
                && !(SweepExports.export(of: listing.key).map { claims.open.contains($0) } ?? false)
        }
    }

    // MARK: Rows without an object

    private func findMissingFiles(_ findings: inout Findings) async throws {
        var place: FileID?
        var before: BlobKey?
        while true {
            let rows = try await files.page(behind: place, limit: Self.piece)
            guard let last = rows.last else { return }
            let lastKey = Files.textKey(of: last.id)
            let present = try await keys(in: BlobKey(words: Files.folder), behind: before, through: lastKey)
            for row in rows {
                let named =
                    row.kind == .pdf ? [Files.key(of: row.id), Files.textKey(of: row.id)] : [Files.key(of: row.id)]
                findings.named += named.count
                for key in named where !present.contains(key) {
                    // Meanwhile it may have been forgotten, and its object with it.
                    guard try await files.existing([row.id]).contains(row.id) else { continue }
                    findings.note(missing: key)
                }
            }
            (place, before) = (last.id, lastKey)
            guard rows.count == Self.piece else { return }
        }
    }

    /// The keys behind a place up to another one.
    private func keys(in folder: BlobKey, behind start: BlobKey?, through end: BlobKey) async throws -> Set<BlobKey> {
        var found: Set<BlobKey> = []
        var place = start
        while true {
            let listed = try await blobs.list(in: folder, behind: place, limit: Self.piece)
            found.formUnion(listed.map(\.key))
            guard listed.count == Self.piece, let last = listed.last, last.key < end else { return found }
            place = last.key
        }
    }

    private func findMissingExports(_ findings: inout Findings) async throws {
        var place: ExportID?
        while true {
            let rows = try await exports.kept(behind: place, limit: Self.piece)
            for row in rows {
                guard let key = BlobKey(row.key) else { continue }
                findings.named += 1
                guard try await blobs.size(of: key) == nil else { continue }
                guard try await exports.claims(of: [row.id]).keys.contains(row.key) else { continue }
                findings.note(missing: key)
            }
            guard rows.count == Self.piece, let last = rows.last else { return }
            place = last.id
        }
    }
}
