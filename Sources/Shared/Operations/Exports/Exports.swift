package import Blobs
internal import Cryptography
internal import FoundationEssentials
package import Jobs
internal import Logging
package import Postgres
internal import Queueing
package import Records
internal import Stores
package import Tenancy

/// Files of execution logs that are written in the background and fetched for a while.
///
/// Whoever may read the logs may ask for them and fetch them. Stopping and deleting what others have asked for is for those
/// who steer background work.
package struct Exports: Sendable {
    let database: PostgresClient
    let store: ExportStore
    let blobs: any BlobStore
    let queue: JobQueue
    let audit: Audit
    let identifiers: IdentifierSource

    package init(
        database: PostgresClient, blobs: any BlobStore, queue: JobQueue, audit: Audit, identifiers: IdentifierSource
    ) {
        self.database = database
        store = ExportStore(database: database)
        self.blobs = blobs
        self.queue = queue
        self.audit = audit
        self.identifiers = identifiers
    }

    // MARK: Looking

    /// One page of the organisation's exports.
    package func list(in organization: OrganizationID, _ page: PageRequest) async throws -> Slice<Export> {
        try await store.list(in: organization, page: page)
    }

    /// The export.
    /// - Throws: `NotFound`.
    package func find(_ id: ExportID, in organization: OrganizationID) async throws -> Export {
        guard let export = try await store.find(id, in: organization) else { throw NotFound("Export") }
        return export
    }

    /// Opens the file of an export, or those bytes of it; who did is kept.
    /// - Throws: `NotFound`; `PermissionDenied`; `ExportNotInState`; `BlobError`.
    package func open(
        _ id: ExportID, in organization: OrganizationID, bytes: Range<Int64>? = nil, by actor: AuditActor
    ) async throws -> (export: Export, contents: BlobContents) {
        let export = try await find(id, in: organization)
        let contents = try await audit.perform(
            Audit.Deed("export.download", on: "export:\(id)"), by: actor, needs: .executionLogRead
        ) { _ in
            guard let file = export.file, let key = BlobKey(file.key) else {
                throw ExportNotInState(export.isNotThere)
            }
            let contents = try await blobs.open(key, bytes: bytes)
            return Audit.Change(contents, after: ["bytes": contents.bytes.count])
        }
        return (export, contents)
    }

    // MARK: Ending

    /// Stops an export that waits or is written. What is written of it already goes.
    /// - Throws: `NotFound`; `PermissionDenied`; `ExportNotInState`.
    package func cancel(
        _ id: ExportID, in organization: OrganizationID, by actor: AuditActor
    ) async throws -> Export {
        let export = try await find(id, in: organization)
        let steered = try await audit.perform(
            Audit.Deed("export.cancel", on: "export:\(id)"), by: actor, needs: actor.permissionToEnd(export)
        ) { connection in
            guard try await ExportStore.cancel(id, in: organization, on: connection) else {
                throw ExportNotInState("The export has ended: there is nothing to cancel.")
            }
            let steered = try await JobLedger.change(.cancel, JobFilter(ids: [export.jobID]), on: connection)
            return Audit.Change(steered, before: ["state": export.state.rawValue])
        }
        await queue.tell(steered)
        return try await find(id, in: organization)
    }

    /// Deletes an export that has ended, with its file.
    /// - Throws: `NotFound`; `PermissionDenied`; `ExportNotInState`; `BlobError`, then it is there still.
    package func delete(_ id: ExportID, in organization: OrganizationID, by actor: AuditActor) async throws {
        let export = try await find(id, in: organization)
        try await audit.perform(
            Audit.Deed("export.delete", on: "export:\(id)"), by: actor, needs: actor.permissionToEnd(export)
        ) { connection in
            guard export.state.isFinal else {
                throw ExportNotInState("The export is under way. Cancel it first.")
            }
            try await ExportStore.delete(id, in: organization, on: connection)
            if let key = (export.file?.key).flatMap(BlobKey.init) { try await blobs.delete(key) }
            return Audit.Change((), before: ["state": export.state.rawValue, "rows": "\(export.progress.rows)"])
        }
    }
}

extension AuditActor {
    /// What they need to be allowed to stop or delete an export.
    fileprivate func permissionToEnd(_ export: Export) -> Permission {
        guard let principal, principal.user.id == export.requestedBy?.id, !principal.may(.queueUpdate) else {
            return .queueUpdate
        }
        return .executionLogRead
    }
}

extension Export {
    /// Why there is no file, in a sentence.
    fileprivate var isNotThere: String {
        switch state {
        case .waiting, .running: "The export is not finished yet."
        case .failed: "The export has failed: there is no file."
        case .cancelled: "The export was cancelled: there is no file."
        case .expired, .finished: "The file of this export has expired. Export anew."
        }
    }
}

extension ExportFile {
    /// The checksum as people compare it.
    package var hexadecimalSHA256: String { Hexadecimal.encode(sha256) }
}
