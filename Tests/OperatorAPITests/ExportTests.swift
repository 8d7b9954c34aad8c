import APIClient
import Blobs
import Cryptography
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPTransfer
import Jobs
import JSON
import Logging
import Operations
import Postgres
import Queueing
import Records
import Replicas
import Scoring
import Stores
import Tenancy
import Testing
import WireAPI

@Suite struct ExportTests {
    private func filter(_ edit: (inout OperatorExecutionFilter) -> Void = { _ in }) -> OperatorExecutionFilter {
        var filter = OperatorExecutionFilter()
        edit(&filter)
        return filter
    }

    /// Writes an export, as a worker does.
    private func write(_ id: UUID, _ server: OperatorServer) async throws {
        let rows = try await server.database.query("SELECT job_id FROM exports WHERE id = \(id)")
        let job: JobID = try #require(try rows.first?.decode("job_id"))
        let claimed = try await server.product.queue.ledger.claim(
            [(id: job, lease: LeaseMark(epoch: 1, attempt: 1))], worker: "test")
        let work = WriteExport(
            database: server.database, reads: ReadReplicas(primary: server.database), blobs: server.blobs,
            announcements: ExportAnnouncements(
                database: server.database, notices: server.product.notices, events: server.events,
                logger: OperatorServer.logger), keptFor: .seconds(3600), logger: OperatorServer.logger)
        let effect = try await work.perform(LeasedJob(job: try #require(claimed.jobs.first), deadline: .never))
        if let apply = effect.apply { try await server.database.transaction { try await apply($0) } }
        await effect.afterCommit?()
    }

    /// The file of an export, with what the head of the answer says.
    private func fetch(
        _ id: UUID, _ viewer: Viewer, _ server: OperatorServer, range: String? = nil
    ) async throws -> InboundResponse {
        var headers: HTTPHeaders = ["authorization": "Bearer \(viewer.token)"]
        if let range { headers["range"] = range }
        return try await server.http.send(
            OutboundRequest(
                method: .get, url: "http://127.0.0.1:\(server.port)\(OperatorLogExport.filePath(of: id))",
                headers: headers), bodyLimit: 1 << 20)
    }

    @Test func anExportIsAskedForWrittenAndFetched() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.viewer)
            for number in 0..<5 {
                try await tenant.log("Item \(number)", labels: ExecutionLabels(tags: number < 3 ? ["few"] : []))
            }
            let wanted = filter { $0.tags = ["few"] }
            let made = try await viewer.ask(
                .startExport(OperatorLogExportDraft(matching: wanted, format: .jsonl)))
            #expect(made.state == .waiting && made.requestedBy?.email == viewer.user.email)
            #expect(made.filter == [.init(name: "tag", value: "few")])
            #expect(try await fetch(made.id, viewer, server).status == 409, "it is not finished")
            try await write(made.id, server)
            let done = try await viewer.ask(.export(made.id))
            #expect(done.state == .finished && done.rows == 3 && done.expiresAt != nil)
            let page = try await viewer.ask(.exports(limit: 10))
            #expect(page.results == [done] && page.next == nil)

            let reply = try await fetch(made.id, viewer, server)
            #expect(reply.status == 200 && Int64(reply.body.count) == done.bytes)
            #expect(reply.headers["content-length"] == "\(done.bytes)")
            #expect(reply.headers["content-disposition"] == "attachment; filename=\"\(done.fileName)\"")
            let digest = SHA256.hash(reply.body)
            #expect(reply.headers["repr-digest"] == "sha-256=:\(Base64.encode(digest)):")
            #expect(done.sha256 == Hexadecimal.encode(digest))
            #expect(reply.body.count { $0 == 0x0A } == 3)

            let rest = try await fetch(made.id, viewer, server, range: "bytes=10-")
            #expect(rest.status == 206 && rest.body == Array(reply.body[10...]))
            #expect(rest.headers["content-range"] == "bytes 10-\(done.bytes - 1)/\(done.bytes)")
            #expect(try await fetch(made.id, viewer, server, range: "bytes=99999999-").status == 416)
        }
    }

    @Test func aPlanSaysFirstHowMuchItIs() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.viewer)
            for _ in 0..<4 { try await tenant.log("Counted") }
            let plan = try await viewer.ask(
                .plan(
                    OperatorPlanDraft(
                        .exportExecutions, matching: filter { $0.names = ["counted"] },
                        arguments: .init(format: .csv))))
            #expect(plan.count == 4 && plan.confirmation.text == "4" && plan.effect.contains("CSV"))
            #expect(try await viewer.ask(.exports(limit: 10)).results.isEmpty, "nothing happens before it is agreed")
            let executed = try await viewer.carryOut(plan, confirm: "4")
            #expect(executed.state == .finished && executed.progress.done == 4)
            let export = try #require(try await viewer.ask(.exports(limit: 10)).results.first)
            #expect(export.format == .csv && export.expectedRows == 4)
            #expect(export.filter == [.init(name: "name", value: "counted")])
        }
    }

    @Test func whoSeesNoPromptsGetsNoFile() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            try await tenant.log()
            let (owner, operating) = (try await tenant.viewer(), try await tenant.viewer(.operator))
            let draft = OperatorLogExportDraft(matching: filter(), format: .jsonl)
            #expect(try await operating.refusal(.startExport(draft))?.status == 403)
            #expect(
                try await operating.refusal(.plan(OperatorPlanDraft(.exportExecutions, matching: filter())))?.status
                    == 403)
            let made = try await owner.ask(.startExport(draft))
            try await write(made.id, server)
            #expect(try await operating.ask(.export(made.id)).rows == 1, "they see how far it is")
            #expect(try await fetch(made.id, operating, server).status == 403)
            #expect(try await fetch(made.id, owner, server).status == 200)
            let stranger = try await server.tenant().viewer()
            #expect(try await stranger.refusal(.export(made.id))?.status == 404)
            #expect(try await fetch(made.id, stranger, server).status == 404)
            #expect(try await stranger.refusal(.deleteExport(made.id))?.status == 404)
        }
    }

    @Test func aFileThatIsUnderWayBreaksOffWhenTheSessionEnds() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.viewer)
            try await tenant.log()
            let made = try await viewer.ask(.startExport(OperatorLogExportDraft(matching: filter(), format: .jsonl)))
            try await write(made.id, server)
            // More than fits into what lies between the two while nobody reads.
            let size = 64 << 20
            let rows = try await server.database.query("SELECT blob_key FROM exports WHERE id = \(made.id)")
            let key = try #require(BlobKey(try rows.first?.decode("blob_key", as: String.self) ?? ""))
            var left = size
            _ = try await server.blobs.put(key) {
                guard left > 0 else { return nil }
                left -= 1 << 20
                return [UInt8](repeating: 0x61, count: 1 << 20)
            }
            let stream = try await server.http.open(
                OutboundRequest(
                    method: .get, url: "http://127.0.0.1:\(server.port)\(OperatorLogExport.filePath(of: made.id))",
                    headers: ["authorization": "Bearer \(viewer.token)"]))
            var received = try await stream.next()?.count ?? 0
            #expect(stream.status == 200 && received > 0)
            try await server.database.execute("DELETE FROM sessions WHERE id = \(viewer.session.id)")
            await server.product.changes.announce(.access)
            let error = await #expect(throws: TransferError.self) {
                while let piece = try await stream.next() { received += piece.count }
            }
            #expect(error?.kind == .truncated && received < size)
        }
    }

    @Test func itIsCancelledAndDeletedByWhoAskedForIt() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.viewer)
            let draft = OperatorLogExportDraft(matching: filter(), format: .jsonl)
            let made = try await viewer.ask(.startExport(draft))
            #expect(try await viewer.refusal(.deleteExport(made.id))?.status == 409, "it is under way")
            #expect(try await viewer.ask(.cancelExport(made.id)).state == .cancelled)
            #expect(try await viewer.refusal(.cancelExport(made.id))?.status == 409)
            _ = try await viewer.ask(.deleteExport(made.id))
            #expect(try await viewer.refusal(.export(made.id))?.status == 404)
        }
    }

    @Test func pagesPartitionTheList() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            var made: [UUID] = []
            for _ in 0..<5 {
                made.append(
                    try await viewer.ask(
                        .startExport(OperatorLogExportDraft(matching: filter(), format: .csv))
                    ).id)
            }
            var seen: [UUID] = []
            var cursor: String?
            repeat {
                let page = try await viewer.ask(.exports(cursor: cursor, limit: 2))
                seen += page.results.map(\.id)
                cursor = page.next
            } while cursor != nil
            #expect(seen == made.reversed())
        }
    }
}
