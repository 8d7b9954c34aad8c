package import Blobs
package import Cryptography
internal import FoundationEssentials
internal import JSON
internal import Synchronization

/// Where backups and the archived write-ahead log are kept: a directory or an object storage.
///
/// `backups/ID/…` are the parts of a backup, its manifest last; `backup-objects/…` are copies of objects, each once;
/// `backup-wal/…` is the log, which in a directory the server's own user writes.
package struct BackupRepository: Sendable {
    let blobs: any BlobStore
    /// Where the log is.
    let log: any BlobStore
    /// To whom everything is sealed; to nobody when the administrator wants it so.
    package let recipients: [SealedBox.PublicKey]
    /// Who opens it.
    private let keys: [SealedBox.KeyPair]

    /// Whether there is a key that opens something.
    package var hasKeys: Bool { !keys.isEmpty }

    static let folder = "backups"
    private static let manifest = "manifest.json"
    /// How many are listed at once.
    static let page = 1000
    /// A manifest is a few kilobytes, the rest of what is read whole at most so many bytes.
    private static let largest = 64 << 20

    package init(
        blobs: any BlobStore, log: any BlobStore, recipients: [SealedBox.PublicKey], keys: [SealedBox.KeyPair]
    ) {
        self.blobs = blobs
        self.log = log
        self.recipients = recipients
        self.keys = keys
    }

    static func key(_ words: String...) throws(BackupFailure) -> BlobKey {
        guard let key = BlobKey(words.joined(separator: "/")) else {
            throw BackupFailure("\(words.joined(separator: "/")) is no name of a part of a backup.")
        }
        return key
    }

    /// The key of a part of a backup.
    package static func part(_ name: String, of backup: String) throws(BackupFailure) -> BlobKey {
        try key(folder, backup, name)
    }

    // MARK: Streams

    /// Stores what `next` brings, compressed and sealed to the recipients.
    package func store(
        _ key: BlobKey, in place: (any BlobStore)? = nil, isOpen: Bool = false, _ next: () async throws -> [UInt8]?
    ) async throws -> BlobReceipt {
        var writer = try BackupStreamWriter(to: isOpen ? [] : recipients, name: key.description)
        var isAtEnd = false
        return try await (place ?? blobs).put(key) {
            while !isAtEnd {
                guard let piece = try await next() else {
                    isAtEnd = true
                    return try writer.finish()
                }
                let bytes = try writer.add(piece)
                if !bytes.isEmpty { return bytes }
            }
            return nil
        }
    }

    /// Hands over what a stream holds, piece by piece.
    /// - Throws: `BackupFailure` when it is damaged, `BlobError` when it is missing.
    package func read(
        _ key: BlobKey, in place: (any BlobStore)? = nil, _ body: ([UInt8]) async throws -> Void
    ) async throws {
        let contents = try await (place ?? blobs).open(key, bytes: nil)
        var reader = reader(of: key)
        while let piece = try await contents.next() {
            let bytes = try reader.add(piece)
            if !bytes.isEmpty { try await body(bytes) }
        }
        try reader.finish()
    }

    /// What opens the stream at `key`.
    func reader(of key: BlobKey) -> BackupStreamReader { BackupStreamReader(keys: keys, name: key.description) }

    /// What a stream holds, for whoever asks for it.
    package func stream(_ key: BlobKey) async throws -> BackupContents {
        BackupContents(try await blobs.open(key, bytes: nil), reader(of: key))
    }

    /// What a short stream holds.
    package func read(_ key: BlobKey) async throws -> [UInt8] {
        var all: [UInt8] = []
        try await read(key) { piece in
            all += piece
            guard all.count <= Self.largest else { throw BackupFailure("\(key) is larger than it can be.") }
        }
        return all
    }

    // MARK: Backups

    /// Every whole backup, the oldest first. One that cannot be read keeps nobody from the others.
    package func backups() async throws -> [BackupManifest] { try await backupsAndFaults().backups }

    /// Every whole backup, the oldest first, and what is wrong with those that cannot be read, by identifier.
    package func backupsAndFaults() async throws -> (backups: [BackupManifest], faults: [String: String]) {
        var manifests: [BackupManifest] = []
        var faults: [String: String] = [:]
        for id in try await identifiers() {
            do {
                if let manifest = try await backup(id) { manifests.append(manifest) }
            } catch let fault as BackupFailure {
                faults[id] = fault.description
            }
        }
        return (manifests, faults)
    }

    /// A whole backup; `nil` when there is none of this identifier.
    package func backup(_ id: String) async throws -> BackupManifest? {
        let key = try Self.part(Self.manifest, of: id)
        let bytes: [UInt8]
        do {
            bytes = try await plain(key)
        } catch let error as BlobError where error.kind == .missing {
            return nil
        }
        let manifest: BackupManifest
        do {
            manifest = try JSONCodec.decode(BackupManifest.self, from: bytes)
        } catch {
            throw BackupFailure("\(key) is damaged: \(error). Use another backup.")
        }
        guard manifest.form == BackupManifest.currentForm else {
            throw BackupFailure("The backup \(id) was made by a newer release, \(manifest.program). Use that one.")
        }
        return manifest
    }

    /// What a backup says to whoever can open it.
    package func details(of manifest: BackupManifest) async throws -> BackupDetails {
        try JSONCodec.decode(BackupDetails.self, from: await read(Self.part("details", of: manifest.id)))
    }

    /// Makes the parts that are there a backup.
    package func publish(_ manifest: BackupManifest) async throws {
        var bytes: [UInt8]? = JSONCodec.encode(manifest)
        _ = try await blobs.put(Self.part(Self.manifest, of: manifest.id)) {
            defer { bytes = nil }
            return bytes
        }
    }

    /// Removes a backup; its manifest first, so that nobody takes the rest for one.
    package func delete(_ id: String) async throws {
        try await blobs.delete(Self.part(Self.manifest, of: id))
        for part in try await listing(BlobKey(words: Self.folder), blobs)
        where part.key.words.dropFirst().first ?? "" == id {
            try await blobs.delete(part.key)
        }
    }

    /// The identifiers of everything that is or was to be a backup, the oldest first.
    package func identifiers() async throws -> [String] {
        var found: [String] = []
        for part in try await listing(BlobKey(words: Self.folder), blobs) {
            let id = part.key.words.dropFirst().first.map(String.init) ?? ""
            if found.last != id { found.append(id) }
        }
        return found
    }

    // MARK: Reading

    /// The bytes of a short blob as they are stored.
    private func plain(_ key: BlobKey) async throws -> [UInt8] {
        let contents = try await blobs.open(key, bytes: nil)
        var all: [UInt8] = []
        while let piece = try await contents.next() {
            all += piece
            guard all.count <= 1 << 20 else { throw BackupFailure("\(key) is larger than a manifest can be.") }
        }
        return all
    }

    /// Whether a part is stored as it was written; says what is wrong with it.
    package func fault(of part: BackupManifest.Part, at key: BlobKey) async throws -> String? {
        let sum = SHA256Sum()
        var count: Int64 = 0
        do {
            let contents = try await blobs.open(key, bytes: nil)
            while let piece = try await contents.next() {
                sum.update(piece)
                count += Int64(piece.count)
            }
        } catch {
            guard error.kind == .missing else { throw error }
            return "\(key) is missing"
        }
        guard count == part.bytes else { return "\(key) has \(count) bytes instead of \(part.bytes)" }
        return Hexadecimal.encode(sum.finish()) == part.sha256 ? nil : "\(key) was altered"
    }

    /// Everything in a folder.
    func listing(_ folder: BlobKey, _ place: any BlobStore) async throws -> [BlobListing] {
        var all: [BlobListing] = []
        while true {
            let found = try await place.list(in: folder, behind: all.last?.key, limit: Self.page)
            all += found
            guard found.count == Self.page else { return all }
        }
    }
}

extension BackupManifest.Part {
    /// As it was stored.
    package init(_ receipt: BlobReceipt) {
        self.init(bytes: receipt.size, sha256: Hexadecimal.encode(receipt.sha256))
    }
}

/// A stream of a backup that is being read, a piece at a time, from one task at a time.
package final class BackupContents: Sendable {
    private let contents: BlobContents
    private let state: Mutex<(reader: BackupStreamReader, isAtEnd: Bool)>

    init(_ contents: BlobContents, _ reader: BackupStreamReader) {
        self.contents = contents
        state = Mutex((reader, false))
    }

    /// Whether everything was read, and is what was stored.
    package var isAtEnd: Bool { state.withLock(\.isAtEnd) }

    /// The next piece, `nil` at the end.
    /// - Throws: `BackupFailure` when it is damaged.
    package func next() async throws -> [UInt8]? {
        while let piece = try await contents.next() {
            let bytes = try state.withLock { try $0.reader.add(piece) }
            if !bytes.isEmpty { return bytes }
        }
        try state.withLock { state in
            try state.reader.finish()
            state.isAtEnd = true
        }
        return nil
    }
}
