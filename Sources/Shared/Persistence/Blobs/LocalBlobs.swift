internal import Cryptography
package import EventLoop
internal import FoundationEssentials
internal import Glibc
internal import Synchronization
internal import SystemCalls

/// Blobs as files in a directory, which may be shared by several machines.
///
/// A blob is written beside the others, under a name of chance, and renamed when it is whole and on the disk.
package struct LocalBlobs: BlobStore {
    private let directory: String
    /// Files block, on a busy disk for long.
    private let threads: WorkerThreads

    /// How much is read at once.
    private static let piece = 256 * 1024
    /// What is written now; keys cannot begin so.
    private static let incoming = ".incoming"
    /// So old is what is taken for left behind: between its making and its lock a file is no older than that.
    private static let leastAge = 60.0

    /// Blobs in the directory at an absolute path, which is made when it is needed. The threads are the caller's.
    package init(directory: String, threads: WorkerThreads) {
        self.directory = directory
        self.threads = threads
    }

    package func put(_ key: BlobKey, _ next: () async throws -> [UInt8]?) async throws -> BlobReceipt {
        let attempt = "store \(key)"
        let (directory, path) = (directory, path(of: key))
        let file = try await blocking(attempt) { () throws(SystemError) in
            let incoming = "\(directory)/\(Self.incoming)"
            try Folders.makeAll(incoming, mode: 0o700)
            return try NewFile("\(incoming)/\(UUID().uuidString)", mode: 0o600)
        }
        let sum = SHA256Sum()
        var size: Int64 = 0
        do {
            while let piece = try await next() {
                size += Int64(piece.count)
                try await blocking(attempt) { () throws(SystemError) in
                    try file.append(piece)
                    sum.update(piece)
                }
            }
            try Task.checkCancellation()
            try await blocking(attempt) { () throws(SystemError) in try Self.finish(file, as: path) }
        } catch {
            await discard(file)
            throw error
        }
        return BlobReceipt(size: size, sha256: sum.finish())
    }

    package func open(_ key: BlobKey, bytes: Range<Int64>?) async throws(BlobError) -> BlobContents {
        let path = path(of: key)
        let file = try await blocking("open \(key)", whenAbsent: .missing) { () throws(SystemError) in
            try StoredFile(path)
        }
        let wanted = (bytes ?? 0..<file.size).clamped(to: 0..<file.size)
        let place = Mutex(wanted.lowerBound)
        return BlobContents(size: file.size, bytes: wanted) { () async throws(BlobError) -> [UInt8]? in
            let offset = place.withLock(\.self)
            let count = min(Int64(Self.piece), wanted.upperBound - offset)
            guard count > 0 else { return nil }
            let piece = try await blocking("read \(key)") { () throws(SystemError) in
                try file.read(at: offset, count: Int(count))
            }
            guard !piece.isEmpty else {
                throw BlobError(.unavailable, "read \(key)", because: "it ends before its end")
            }
            place.withLock { $0 = offset + Int64(piece.count) }
            return piece
        }
    }

    package func size(of key: BlobKey) async throws(BlobError) -> Int64? {
        let path = path(of: key)
        do {
            return try await blocking("look at \(key)", whenAbsent: .missing) { () throws(SystemError) in
                try StoredFile(path).size
            }
        } catch {
            guard error.kind == .missing else { throw error }
            return nil
        }
    }

    package func delete(_ key: BlobKey) async throws(BlobError) {
        let (directory, path) = (directory, path(of: key))
        try await blocking("delete \(key)") { () throws(SystemError) in
            guard try Folders.removeFile(path) else { return }
            var folder = Folders.parent(of: path)
            // Somebody may put something there at this moment: only what is empty goes.
            while folder != directory, Folders.removeEmpty(folder) { folder = Folders.parent(of: folder) }
            try Folders.store(folder)
        }
    }

    package func list(
        in folder: BlobKey, behind place: BlobKey?, limit: Int
    ) async throws(BlobError) -> [BlobListing] {
        let directory = directory
        return try await blocking("list \(folder)") { () throws(SystemError) in
            var walk = FolderWalk(behind: place, limit: limit)
            try walk.visit("\(directory)/\(folder)", as: "\(folder)")
            return walk.found
        }
    }

    package func removeRemains() async throws(BlobError) -> Int {
        let incoming = "\(directory)/\(Self.incoming)"
        let latest = Date().timeIntervalSince1970 - Self.leastAge
        return try await blocking("look for remains") { () throws(SystemError) in
            var count = 0
            do throws(SystemError) {
                for entry in try Folders.entries(of: incoming) where entry.modifiedAt < latest {
                    let path = "\(incoming)/\(entry.name)"
                    if NewFile.isAbandoned(path), try Folders.removeFile(path) { count += 1 }
                }
            } catch {
                // Nothing was ever put.
                guard error.code == ENOENT else { throw error }
            }
            return count
        }
    }

    /// Another's deletion may take the folder away as soon as it is made, since it is empty.
    private static func finish(_ file: NewFile, as path: String) throws(SystemError) {
        for _ in 0..<5 {
            try Folders.makeAll(Folders.parent(of: path), mode: 0o700)
            do throws(SystemError) {
                return try file.finish(as: path)
            } catch {
                guard error.code == ENOENT else { throw error }
            }
        }
        throw SystemError("rename to \(path)", code: ENOENT)
    }

    /// Removing a long file takes a while.
    private func discard(_ file: NewFile) async {
        do {
            try await threads.run { file.discard() }
        } catch {
            file.discard()
        }
    }

    private func path(of key: BlobKey) -> String { "\(directory)/\(key)" }

    /// Does what blocks on one of the threads; `kind` is what it means that a file or folder is not there.
    private func blocking<R: Sendable>(
        _ attempt: String, whenAbsent kind: BlobError.Kind = .unavailable,
        _ body: @escaping @Sendable () throws(SystemError) -> R
    ) async throws(BlobError) -> R {
        do {
            return try await threads.run(body)
        } catch let error as SystemError {
            throw BlobError(error, attempt, whenAbsent: kind)
        } catch {
            throw BlobError(.busy, attempt, because: "\(error)")
        }
    }
}

/// Goes through folders in the order of keys.
private struct FolderWalk {
    private let place: BlobKey?
    private let limit: Int
    private(set) var found: [BlobListing] = []

    init(behind place: BlobKey?, limit: Int) {
        self.place = place
        self.limit = limit
    }

    mutating func visit(_ path: String, as key: String) throws(SystemError) {
        let entries: [Folders.Entry]
        do throws(SystemError) {
            entries = try Folders.entries(of: path)
        } catch {
            guard error.code == ENOENT || error.code == ENOTDIR else { throw error }
            return
        }
        // A folder stands where its keys do, which go on with a slash.
        let ordered = entries.map { (key: "\(key)/\($0.name)\($0.isFolder ? "/" : "")", entry: $0) }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (key, entry) in ordered {
            guard found.count < limit else { return }
            if entry.isFolder {
                if mayHoldWanted(key) { try visit("\(path)/\(entry.name)", as: String(key.dropLast())) }
            } else if let key = BlobKey(key), place.map({ $0 < key }) ?? true {
                found.append(
                    BlobListing(
                        key: key, size: entry.size, modifiedAt: Date(timeIntervalSince1970: entry.modifiedAt)))
            }
        }
    }

    /// Whether keys with this beginning can lie behind the place.
    private func mayHoldWanted(_ beginning: String) -> Bool {
        guard let place = place?.description else { return true }
        return place.hasPrefix(beginning) || place.utf8.lexicographicallyPrecedes(beginning.utf8)
    }
}

extension BlobError {
    /// What the operating system says of an attempt.
    init(_ error: SystemError, _ attempt: String, whenAbsent absence: Kind) {
        let kind: Kind =
            switch error.code {
            case ENOENT, ENOTDIR, EISDIR: absence
            case ENOSPC, EDQUOT, EFBIG: .full
            default: .unavailable
            }
        self.init(kind, attempt, because: error.description)
    }
}
