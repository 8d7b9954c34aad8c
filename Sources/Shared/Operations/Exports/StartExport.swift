internal import FoundationEssentials
internal import JSON
internal import Jobs
internal import Queueing
package import Records
internal import Stores
package import Tenancy
internal import WireAPI

extension Exports {
    /// How many exports of an organisation are under way at the same time.
    private static let mostOpen = 10
    /// How long one attempt may take, and how often it is tried: ten million logs take about an hour.
    private static let timeout = Duration.seconds(6 * 3600)
    private static let attempts = 5

    /// Accepts an export: when this returns, it will be written, whatever fails meanwhile.
    /// - Throws: `PermissionDenied`; `OperatorInvalidParameter` for a filter that asks for what is not; `TooManyExports`.
    package func start(
        _ draft: ExportDraft, in organization: OrganizationID, by actor: AuditActor, traceParent: String?
    ) async throws -> Export {
        let (id, moment) = identifiers.nextDated(Export.self)
        let filter = StoredExportFilter(draft.filter)
        // What cannot be searched is refused now, and not by the worker.
        let search = try filter.search
        let job = NewJob(
            id: identifiers.next(), kind: WriteExport.kind, queue: .background, organizationID: organization,
            projectID: search.projectID, payload: JSONCodec.encode(WriteExport.Order(exportID: id.uuid)),
            runAt: moment, maxAttempts: Self.attempts, timeout: Self.timeout, traceParent: traceParent)
        let export = Export(
            id: id, organizationID: organization, projectID: search.projectID,
            requestedBy: actor.principal?.user, filter: JSONCodec.encode(filter), format: draft.format,
            state: .waiting, jobID: job.id, expectedRows: draft.expectedRows, progress: ExportProgress(), file: nil,
            error: nil, createdAt: moment, startedAt: nil, endedAt: nil)
        let tickets = try await audit.perform(
            Audit.Deed("export.create", on: "export:\(id)"), by: actor, needs: .executionLogRead
        ) { connection in
            guard try await ExportStore.countOpen(in: organization, on: connection) < Self.mostOpen else {
                throw TooManyExports(limit: Self.mostOpen)
            }
            try await ExportStore.add(export, on: connection)
            let tickets = try await queue.add([job], on: connection)
            return Audit.Change(tickets, after: try OperatorLogExport(export))
        }
        await queue.dispatch(tickets)
        return export
    }
}
