package import Blobs
internal import Cryptography
internal import FoundationEssentials
internal import JSON

/// The objects of the installation in its backups: a list of all of them in each, and of each content one copy for all.
package struct ObjectCopies: Sendable {
    private let repository: BackupRepository

    static let folder = "backup-objects"
    private static let list = "objects"
    /// What the installation keeps in its object storage.
    private static let folders = [Files.folder, WriteExport.folder]

    package init(_ repository: BackupRepository) { self.repository = repository }

    /// Keeps the list of what is in `source`, and, when `copying`, what is not kept already. What has the size and the time
    /// that it had in `previous` is not read again. `progress` is told how many are done.
    package func keep(
        _ source: any BlobStore, as id: String, copying: Bool, since previous: BackupManifest?,
        progress: (Int) -> Void
    ) async throws -> BackupManifest.Objects {
        var known: [String: BackedUpObject] = [:]
        if copying, let previous, previous.objects.areCopied {
            for object in try await objects(of: previous) { known[object.key] = object }
        }
        var stored = Set<String>()
        for copy in try await repository.listing(BlobKey(words: Self.folder), repository.blobs) {
            stored.insert(String(copy.key.words.last ?? ""))
        }
        var lines: [UInt8] = []
        var (count, bytes) = (0, Int64(0))
        for folder in Self.folders {
            for blob in try await repository.listing(BlobKey(words: folder), source) {
                var sum: String?
                if copying {
                    let before = known["\(blob.key)"]
                    if let before, before.size == blob.size,
                        abs(before.modifiedAt.timeIntervalSince(blob.modifiedAt)) < 0.001,
                        let digest = before.sha256, stored.contains(digest)
                    {
                        sum = digest
                    } else {
                        // One that was deleted meanwhile is none of this backup's.
                        guard let digest = try await copy(blob.key, from: source, unless: stored) else { continue }
                        stored.insert(digest)
                        sum = digest
                    }
                }
                let object = BackedUpObject(
                    key: "\(blob.key)", size: blob.size, modifiedAt: blob.modifiedAt, sha256: sum)
                lines += JSONCodec.encode(object) + [UInt8(ascii: "\n")]
                count += 1
                bytes += blob.size
                if count.isMultiple(of: 100) { progress(count) }
            }
        }
        var next: [UInt8]? = lines
        // Open to all: what is to be removed, and what is to be read again, is found without a recovery key.
        let receipt = try await repository.store(
            BackupRepository.part(Self.list, of: id), isOpen: true
        ) {
            defer { next = nil }
            return next
        }
        return BackupManifest.Objects(
            list: BackupManifest.Part(receipt), count: count, bytes: bytes, areCopied: copying)
    }

    /// The list of a backup.
    package func objects(of manifest: BackupManifest) async throws -> [BackedUpObject] {
        let text = try await repository.read(BackupRepository.part(Self.list, of: manifest.id))
        return try text.split(separator: UInt8(ascii: "\n")).map {
            try JSONCodec.decode(BackedUpObject.self, from: Array($0))
        }
    }

    /// Brings the objects of a backup to `target`; those that are there in the same size stay as they are.
    /// - Returns: how many were brought.
    package func restore(_ manifest: BackupManifest, to target: any BlobStore, progress: (Int) -> Void) async throws
        -> Int
    {
        var count = 0
        for object in try await objects(of: manifest) {
            guard let digest = object.sha256, let key = BlobKey(object.key) else { continue }
            guard try await target.size(of: key) != object.size else { continue }
            let receipt = try await fetch(digest, as: key, to: target)
            guard Hexadecimal.encode(receipt.sha256) == digest else {
                try await target.delete(key)
                throw BackupFailure("The copy of \(key) is damaged: its checksum is another one.")
            }
            count += 1
            if count.isMultiple(of: 100) { progress(count) }
        }
        return count
    }

    /// The objects of a backup that are not in `target`, or have another size.
    package func missing(of manifest: BackupManifest, in target: any BlobStore) async throws -> [String] {
        var missing: [String] = []
        for object in try await objects(of: manifest) {
            guard let key = BlobKey(object.key) else { continue }
            if try await target.size(of: key) != object.size { missing.append(object.key) }
        }
        return missing
    }

    /// Copies that the lists of a backup name and that are gone.
    package func missingCopies(of manifest: BackupManifest) async throws -> [String] {
        var missing: [String] = []
        for object in try await objects(of: manifest) {
            guard let digest = object.sha256 else { continue }
            if try await repository.blobs.size(of: Self.place(of: digest)) == nil { missing.append(object.key) }
        }
        return missing
    }

    /// Reads some of the copies, drawn by chance, to their end and compares their digests; how many.
    /// - Throws: `BackupFailure` for one that is damaged.
    package func probe(_ manifest: BackupManifest, atMost limit: Int) async throws -> Int {
        let chosen = try await objects(of: manifest).filter { $0.sha256 != nil }.shuffled().prefix(limit)
        for object in chosen {
            let sum = SHA256Sum()
            try await repository.read(Self.place(of: object.sha256 ?? "")) { sum.update($0) }
            guard Hexadecimal.encode(sum.finish()) == object.sha256 else {
                throw BackupFailure("The copy of \(object.key) is damaged: its checksum is another one.")
            }
        }
        return chosen.count
    }

    /// Removes copies that none of these backups names; how many they were.
    package func prune(keeping manifests: [BackupManifest], isTrial: Bool) async throws -> Int {
        var wanted = Set<String>()
        for manifest in manifests where manifest.objects.areCopied {
            for object in try await objects(of: manifest) { if let digest = object.sha256 { wanted.insert(digest) } }
        }
        var count = 0
        for copy in try await repository.listing(BlobKey(words: Self.folder), repository.blobs)
        where !wanted.contains(String(copy.key.words.last ?? "")) {
            if !isTrial { try await repository.blobs.delete(copy.key) }
            count += 1
        }
        return count
    }

    private static func place(of digest: String) throws(BackupFailure) -> BlobKey {
        // Two levels, so that no folder has too many.
        try BackupRepository.key(folder, String(digest.prefix(2)), digest)
    }

    private func copy(_ key: BlobKey, from source: any BlobStore, unless stored: Set<String>) async throws -> String? {
        do {
            let sum = SHA256Sum()
            let contents = try await source.open(key, bytes: nil)
            while let piece = try await contents.next() { sum.update(piece) }
            let digest = Hexadecimal.encode(sum.finish())
            guard !stored.contains(digest) else { return digest }
            let again = try await source.open(key, bytes: nil)
            _ = try await repository.store(Self.place(of: digest)) { try await again.next() }
            return digest
        } catch let error as BlobError where error.kind == .missing {
            return nil
        }
    }

    private func fetch(_ digest: String, as key: BlobKey, to target: any BlobStore) async throws -> BlobReceipt {
        // Pulled by the target, so a piece at a time is opened here.
        let place = try Self.place(of: digest)
        let contents = try await repository.blobs.open(place, bytes: nil)
        var reader = repository.reader(of: place)
        var isAtEnd = false
        return try await target.put(key) {
            while !isAtEnd {
                guard let piece = try await contents.next() else {
                    isAtEnd = true
                    try reader.finish()
                    return nil
                }
                let bytes = try reader.add(piece)
                if !bytes.isEmpty { return bytes }
            }
            return nil
        }
    }
}
