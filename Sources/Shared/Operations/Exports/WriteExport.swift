package import Blobs
internal import FoundationEssentials
internal import JSON
package import Jobs
package import Logging
package import Postgres
package import Queueing
internal import Records
package import Replicas
internal import Stores
internal import Synchronization
internal import Tenancy

/// Writes the file of an export, as its job.
///
/// Each attempt writes a file of its own from the beginning, which appears when it is whole; the end of the job says which
/// of them counts. So neither a worker that is killed nor one that was taken for dead spoils what another writes.
package struct WriteExport: JobWork {
    /// Of the jobs that write an export.
    package static let kind = JobKind("export_writing")
    /// Where the files are in the object storage, each in a folder of its export.
    static let folder = "exports"

    /// What the job says.
    struct Order: Codable {
        let exportID: UUID
    }

    private let store: ExportStore
    private let reads: ReadReplicas
    private let users: UserStore
    private let blobs: any BlobStore
    private let announcements: ExportAnnouncements
    /// How long a file is kept.
    private let lifetime: Duration
    private let logger: Logger

    package init(
        database: PostgresClient, reads: ReadReplicas, blobs: any BlobStore, announcements: ExportAnnouncements,
        keptFor lifetime: Duration, logger: Logger
    ) {
        store = ExportStore(database: database)
        self.reads = reads
        users = UserStore(database: database)
        self.blobs = blobs
        self.announcements = announcements
        self.lifetime = lifetime
        self.logger = logger
    }

    package var kind: JobKind { Self.kind }

    package func perform(_ job: LeasedJob) async throws -> JobEffect {
        guard let organization = job.job.organizationID else {
            throw JobFailure(.invalid, "the job belongs to no organisation")
        }
        let id = ExportID(uuid: try job.order(Order.self).exportID)
        // Cancelled, deleted, or written already.
        guard let export = try await store.begin(id, in: organization) else { return .none }
        do {
            return try await write(export, job.job.lease)
        } catch let error as CancellationError {
            throw error
        } catch {
            let failure = Self.failure(error)
            throw JobFailed(failure, effect: givingUp(export, because: failure.message))
        }
    }

    private func write(_ export: Export, _ lease: LeaseMark) async throws -> JobEffect {
        try await requireRights(of: export)
        let key = BlobKey(
            words: Self.folder, export.id.description,
            "\(lease.epoch)-\(lease.attempt).\(export.format.rawValue)")
        var text = try ExportText(export, reads: reads)
        var notes = ProgressNotes(of: export, store: store)
        let receipt = try await blobs.put(key) {
            try Task.checkCancellation()
            guard let piece = try await text.next() else { return nil }
            try await notes.note(text.progress)
            return piece
        }
        let (progress, lifetime) = (text.progress, lifetime)
        return JobEffect(afterCommit: { await settle(export, written: key) }) { connection in
            guard
                try await ExportStore.finish(
                    export, progress, key: key.description, sha256: receipt.sha256, keptFor: lifetime, on: connection)
            else { return }
            try await ExportAnnouncements.announce(finished: export, progress, on: connection)
        }
    }

    /// Whoever has asked may have lost their rights meanwhile.
    private func requireRights(of export: Export) async throws {
        guard let person = export.requestedBy else { return }
        guard let user = try await users.find(person.id, in: export.organizationID), !user.isDisabled,
            user.role.grants(.executionLogRead)
        else { throw JobFailure(.refused, "who asked for the export may not read execution logs any more") }
    }

    private func givingUp(_ export: Export, because reason: String) -> JobEffect {
        JobEffect(afterCommit: { await announcements.tell(of: export.id, in: export.organizationID) }) { connection in
            guard
                try await ExportStore.fail(
                    export.id, in: export.organizationID, because: reason, on: connection)
            else { return }
            try await ExportAnnouncements.announce(failed: export, because: reason, on: connection)
        }
    }

    /// Tells of the end, and removes what earlier attempts may have left, or what nobody wants any more.
    private func settle(_ export: Export, written key: BlobKey) async {
        await announcements.tell(of: export.id, in: export.organizationID)
        do {
            let kept = try await store.find(export.id, in: export.organizationID)?.file?.key
            let folder = BlobKey(words: Self.folder, export.id.description)
            for blob in try await blobs.list(in: folder, behind: nil, limit: 100)
            where blob.key.description != kept {
                try await blobs.delete(blob.key)
            }
        } catch {
            // The sweep finds it.
            logger.debug(
                "files of an export are left to the sweep",
                metadata: ["export": "\(export.id)", "reason": "\(error)"])
        }
    }

    private static func failure(_ error: any Error) -> JobFailure {
        switch error {
        case let failure as JobFailure: failure
        case let error as BlobError: JobFailure(.unavailable, error.description)
        case is PostgresError: JobFailure(.unavailable, "the logs could not be read from the database")
        default: JobFailure(.internal, "\(error)")
        }
    }
}

/// Says now and then how far an export is.
private struct ProgressNotes {
    private let export: Export
    private let store: ExportStore
    private var notedAt = ContinuousClock.now

    private static let interval = Duration.seconds(1)

    init(of export: Export, store: ExportStore) {
        self.export = export
        self.store = store
    }

    mutating func note(_ progress: ExportProgress) async throws {
        guard notedAt.duration(to: .now) >= Self.interval else { return }
        try await store.note(progress, of: export.id, in: export.organizationID)
        notedAt = .now
    }
}
