package import Blobs
internal import Cryptography

/// The archived write-ahead log of PostgreSQL, a segment of 16 MB at a time.
///
/// A segment is kept under its name and the beginning of its digest, so that archiving it again, which the server does when
/// it was interrupted, is told from archiving another one of the same name without opening it.
package struct LogArchive: Sendable {
    private let repository: BackupRepository

    static let folder = "backup-wal"
    private static let digits = 32

    package init(_ repository: BackupRepository) { self.repository = repository }

    /// A file of the log that is archived.
    package struct Entry: Sendable, Hashable {
        /// As PostgreSQL calls it.
        package let name: String
        package let key: BlobKey
        /// As it is stored, in bytes.
        package let size: Int64

        /// The number of a segment, of any timeline, as digits in its order; `nil` for what is no segment.
        package var position: Substring? { LogArchive.position(of: name) }
    }

    /// What of a segment's name says where it is in the log: all but the timeline.
    package static func position(of segment: String) -> Substring? {
        guard segment.utf8.count >= 24, !segment.hasSuffix(".history") else { return nil }
        return segment.prefix(24).dropFirst(8)
    }

    /// Whether `name` may be a file of the log.
    package static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let first = parts.first?.utf8.count
        return (first == 24 || first == 8) && parts.count <= 3
            && name.utf8.allSatisfy { "0123456789ABCDEF.historybackuppartial".utf8.contains($0) }
    }

    /// Keeps a file of the log, which is there when this returns also after a power cut.
    /// - Returns: whether it was not there already.
    /// - Throws: `BackupFailure` when another one of this name is there.
    package func push(_ name: String, _ contents: [UInt8]) async throws -> Bool {
        guard Self.isName(name) else { throw BackupFailure("\(name) is no name of a file of the write-ahead log.") }
        let digest = String(Hexadecimal.encode(SHA256.hash(contents)).prefix(Self.digits))
        if let there = try await find(name) {
            guard there.key.description.hasSuffix("-\(digest)") else {
                throw BackupFailure(
                    "The archive has another \(name). Two servers archive to the same place, or one was restored "
                        + "twice: give this server a place of its own in backup.to, then take a backup.")
            }
            return false
        }
        var next: [UInt8]? = contents
        _ = try await repository.store(
            BackupRepository.key(Self.folder, "\(name)-\(digest)"), in: repository.log
        ) {
            defer { next = nil }
            return next
        }
        return true
    }

    /// A file of the log; `nil` when it is not archived.
    package func find(_ name: String) async throws -> Entry? {
        let place = try BackupRepository.key(Self.folder, name)
        let found = try await repository.log.list(in: BlobKey(words: Self.folder), behind: place, limit: 1)
        return found.first.flatMap(Self.entry).flatMap { $0.name == name ? $0 : nil }
    }

    /// Hands over what a file of the log holds.
    package func read(_ entry: Entry, _ body: ([UInt8]) async throws -> Void) async throws {
        try await repository.read(entry.key, in: repository.log, body)
    }

    /// Every file that is archived, in the order of names.
    package func entries() async throws -> [Entry] {
        try await repository.listing(BlobKey(words: Self.folder), repository.log).compactMap(Self.entry)
    }

    /// What is said in the archive about its timelines; a sealed one has to be opened for that.
    package func timelines() async throws -> LogTimelines {
        var histories: [UInt32: String] = [:]
        for entry in try await entries() where entry.name.hasSuffix(".history") {
            guard let timeline = UInt32(entry.name.prefix(8), radix: 16) else { continue }
            var text: [UInt8] = []
            try await read(entry) { text += $0 }
            histories[timeline] = String(decoding: text, as: UTF8.self)
        }
        return LogTimelines(histories: histories)
    }

    /// What a restore of a backup may ask for.
    package func entries(for manifest: BackupManifest) async throws -> [Entry] {
        let first = Self.position(of: manifest.firstSegment) ?? ""
        return try await entries().filter { $0.position.map { $0 >= first } ?? true }
    }

    /// Segments that are missing between a backup's first one and the last one of its timeline.
    package func gaps(for manifest: BackupManifest) async throws -> [String] {
        let timeline = manifest.firstSegment.prefix(8)
        let numbers = try await entries(for: manifest)
            .filter { $0.name.utf8.count == 24 && $0.name.hasPrefix(timeline) }.compactMap { Self.number(of: $0.name) }
        guard let first = Self.number(of: manifest.firstSegment), let last = numbers.max(), last >= first else {
            return [manifest.firstSegment]
        }
        let there = Set(numbers)
        return (first...last).filter { !there.contains($0) }.prefix(10).map { number in
            "\(timeline)\(Self.word(number >> 8))\(Self.word(number & 255))"
        }
    }

    /// Removes segments that no restore of these backups needs; how many they were.
    package func prune(keeping manifests: [BackupManifest], isTrial: Bool) async throws -> Int {
        guard let oldest = manifests.compactMap({ Self.position(of: $0.firstSegment) }).min() else { return 0 }
        var count = 0
        for entry in try await entries() {
            guard let position = entry.position, position < oldest else { continue }
            if !isTrial { try await repository.log.delete(entry.key) }
            count += 1
        }
        if !isTrial { _ = try await repository.log.removeRemains() }
        return count
    }

    /// 256 segments of 16 MB make one of the numbers between.
    static func number(of segment: String) -> UInt64? {
        guard let position = position(of: segment), let high = UInt64(position.prefix(8), radix: 16),
            let low = UInt64(position.suffix(8), radix: 16)
        else { return nil }
        return high << 8 | low
    }

    private static func word(_ number: UInt64) -> String {
        let digits = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }

    private static func entry(_ listing: BlobListing) -> Entry? {
        guard let last = listing.key.words.last, let dash = last.lastIndex(of: "-") else { return nil }
        return Entry(name: String(last[..<dash]), key: listing.key, size: listing.size)
    }
}
