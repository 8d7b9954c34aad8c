internal import Blobs
internal import EventLoop
internal import FoundationEssentials
internal import Glibc
internal import Operations
internal import StoreConnections
internal import SystemCalls

/// Brings the objects of a backup to where the daemons look for them.
package struct RestoredObjects: Sendable {
    /// Where that is.
    package enum Place: Sendable, Hashable {
        /// A folder.
        case folder(String)
        /// The object storage of the settings.
        case objectStorage

        /// As a command line says it.
        package init(_ word: String, absolute: (String) -> String) {
            self = word == BackupSettings.objectStorage ? .objectStorage : .folder(absolute(word))
        }
    }

    let repository: BackupRepository
    let installation: Installation
    let loops: LoopGroup
    let tell: @Sendable (String) -> Void

    private static let threads = 2
    private static let queueLimit = 256

    /// Brings them; says what came of it.
    func bring(_ manifest: BackupManifest, to place: Place?) async throws -> String {
        guard manifest.objects.areCopied else {
            return """
                Its \(manifest.objects.count) objects are in the object storage, which is not part of the backup: scorable storage
                check says what is missing there. What was put there later is deleted in time, since this database does not
                know it: a second installation needs a blobs.prefix or a bucket of its own, with a copy of the objects.

                """
        }
        guard let place else {
            return "Its \(manifest.objects.count) objects were left: bring them with --objects.\n"
        }
        tell("Bringing objects")
        switch place {
        case .folder(let folder):
            let owner = Self.nearest(folder)
            let threads = WorkerThreads(name: "restored", count: Self.threads, queueLimit: Self.queueLimit)
            let count = try await bring(manifest, to: LocalBlobs(directory: folder, threads: threads))
            try await Self.give(folder, like: owner)
            return "\(count) objects were brought to \(folder).\n"
        case .objectStorage:
            let count = try await bring(manifest, to: BackupPlace(of: installation, on: loops).storage)
            return "\(count) objects were brought to the object storage.\n"
        }
    }

    private func bring(_ manifest: BackupManifest, to target: any BlobStore) async throws -> Int {
        // What came between this backup and the moment is in the next one. What came after the moment is swept away, since
        // the database does not know it.
        let next = try await repository.backups().first { $0.consistentAt > manifest.consistentAt }
        var count = 0
        for one in [manifest, next].compactMap(\.self) {
            count += try await ObjectCopies(repository).restore(one, to: target) { tell("Bringing objects: \($0)") }
        }
        return count
    }

    /// The folder itself, or what is there of those above it.
    private static func nearest(_ folder: String) -> String {
        FileContents.exists(folder) || folder == "/" ? folder : nearest(Folders.parent(of: folder))
    }

    /// Whoever restores is root, and the daemons are not: the objects are given to whom the place belongs.
    private static func give(_ folder: String, like owner: String) async throws {
        guard geteuid() == 0, FileContents.exists(folder) else { return }
        let facts = try FileFacts(of: owner)
        let code = try await ChildProcess.run(
            ChildProcess.Start(
                command: ["/bin/chown", "-hR", "\(facts.owner):\(facts.group)", "--", folder], environment: [:]))
        guard code == 0 else {
            throw LauncherFailure("\(folder) could not be given to the owner of \(owner). Use chown by hand.")
        }
    }
}
