import Cryptography
import FoundationEssentials
import JSON
import Operations
import Postgres
import Records
import Scoring
import Tenancy
import Testing
import WireAPI

@Suite(.serialized) struct ExportTests {
    @Test func anExportHasEachMatchingLogOnceTheOldestFirst() async throws {
        try await ExportWorld.run { world in
            let logs = try await world.log(700) { number in
                (
                    ExecutionLabels(tags: number.isMultiple(of: 2) ? ["even"] : []),
                    EvaluationInput(request: "question \(number)", response: "answer \(number)")
                )
            }
            let export = try await world.start { $0.tags = ["even"] }
            #expect(export.state == .waiting && export.progress.rows == 0)
            try await world.log(3) { _ in (ExecutionLabels(tags: ["even"]), EvaluationInput(request: "late")) }
            let written = try await world.write(export)
            let lines = try await world.lines(written)
            let wanted = logs.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element.id.description)
            #expect(lines.map { $0["id"]?.stringValue } == wanted)
            #expect(lines[1]["request"]?.stringValue == "question 2" && lines[1]["score"] == 0.5)
            let bytes = try await world.read(written)
            #expect(written.state == .finished && written.progress.rows == 350)
            #expect(written.progress.bytes == Int64(bytes.count))
            #expect(written.file?.sha256 == SHA256.hash(bytes))
        }
    }

    @Test func eachLineIsTheLogAsThePublicInterfaceShowsIt() async throws {
        try await ExportWorld.run { world in
            let (id, date) = world.rig.identifiers.nextDated(ExecutionLog.self)
            let judge = ExecutionLog(
                id: id, organizationID: world.organization, projectID: world.tenant.project.id, type: .judge,
                item: ExecutedItem(id: UUID(), versionID: nil, name: "Panel"), ownerID: world.tenant.owner.id,
                input: EvaluationInput(request: "q", response: "a", contexts: ["c"], variables: ["k": "v"]),
                labels: ExecutionLabels(tags: ["t"], sessionID: "s"), outcome: ExecutionOutcome(score: try Score(0.7)),
                requestID: "r", createdAt: date)
            let parts = try (0..<3).map { number in
                let (part, moment) = world.rig.identifiers.nextDated(ExecutionLog.self)
                return ExecutionLog(
                    id: part, organizationID: world.organization, projectID: world.tenant.project.id,
                    type: .evaluator, item: ExecutedItem(id: UUID(), versionID: nil, name: "Part \(number)"),
                    ownerID: world.tenant.owner.id, parentID: id, input: EvaluationInput(request: "q"),
                    labels: ExecutionLabels(), outcome: ExecutionOutcome(score: try Score(0.1)), requestID: "r",
                    createdAt: moment)
            }
            try await world.store([judge] + parts)
            let written = try await world.write(try await world.start())
            let line = try #require(try await world.lines(written).first)
            let details = try await world.rig.product.logs.find(id, for: world.tenant.principal())
            let shown = try JSONCodec.decode(
                JSONValue.self, from: JSONCodec.encode(try ExecutionLogBody(details)))
            #expect(line == shown)
            #expect(line["evaluator_results"]?.arrayValue?.count == 3)
            #expect(written.progress.rows == 1, "parts of judges are left out, as in the list")
        }
    }

    @Test func aTableIsReadByOthersAndRunsNothing() async throws {
        try await ExportWorld.run { world in
            try await world.log(2) { number in
                (
                    ExecutionLabels(tags: ["a", "b"], sessionID: "=cmd()"),
                    EvaluationInput(
                        request: number == 0 ? "=HYPERLINK(\"http://evil\")" : "two\nlines, \"quoted\"",
                        response: String(repeating: "x", count: 40_000))
                )
            }
            let written = try await world.write(try await world.start(.csv))
            let text = String(decoding: try await world.read(written), as: UTF8.self)
            let table = Self.cells(of: text)
            #expect(text.hasSuffix("\r\n") && table.count == 3)
            #expect(Set(table.map(\.count)).count == 1, "each line has each column")
            let column = Dictionary(uniqueKeysWithValues: table[0].enumerated().map { ($1, $0) })
            func cell(_ line: Int, _ name: String) throws -> String { table[line][try #require(column[name])] }
            #expect(try cell(1, "request") == "'=HYPERLINK(\"http://evil\")")
            #expect(try cell(1, "session_id") == "'=cmd()" && cell(1, "tags") == "a,b")
            #expect(try cell(2, "request") == "two\nlines, \"quoted\"")
            #expect(try cell(2, "response").count == 40_000 && cell(2, "response_truncated") == "false")
            #expect(try cell(2, "score") == "0.5")
        }
    }

    /// Cells as RFC 4180 has them.
    private static func cells(of text: String) -> [[String]] {
        var lines: [[String]] = [[""]]
        var isQuoted = false
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            let line = lines.count - 1
            let cell = lines[line].count - 1
            switch scalar {
            case "\"" where isQuoted && rest.first == "\"":
                rest.removeFirst()
                lines[line][cell].unicodeScalars.append("\"")
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: lines[line].append("")
            case "\r" where !isQuoted: continue
            case "\n" where !isQuoted: lines.append([""])
            default: lines[line][cell].unicodeScalars.append(scalar)
            }
        }
        return lines.dropLast()
    }

    @Test func whoMayNotReadLogsExportsNothingAndIsKeptInTheAudit() async throws {
        try await ExportWorld.run { world in
            for role in [Role.operator, .auditor] {
                await #expect(throws: PermissionDenied.self) {
                    try await world.exports.start(
                        ExportDraft(OperatorExecutionFilter(), format: .jsonl), in: world.organization,
                        by: world.actor(role), traceParent: nil)
                }
            }
            let export = try await world.write(try await world.start())
            await #expect(throws: PermissionDenied.self) {
                try await world.exports.open(export.id, in: world.organization, by: world.actor(.operator))
            }
            _ = try await world.read(export)
            let rows = try await world.rig.database.query(
                """
                SELECT action || ' ' || outcome AS deed FROM audit_entries
                WHERE organization_id = \(world.organization) ORDER BY id
                """)
            #expect(
                try rows.map { try $0.decode("deed", as: String.self) } == [
                    "export.create refused", "export.create refused", "export.create done",
                    "export.download refused", "export.download done",
                ])
        }
    }

    @Test func whatOthersAskedForIsEndedByOperatorsOnly() async throws {
        try await ExportWorld.run { world in
            let export = try await world.start()
            let stranger = User(
                id: world.rig.identifiers.next(), organizationID: world.organization,
                email: "v-\(UUID())@example.com", fullName: "V", role: .viewer, createdAt: Date())
            let viewer = Principal(
                organizationID: world.organization, user: stranger.reference, credential: .absent, role: .viewer,
                scopes: .everything, defaultProjectID: world.tenant.project.id)
            await #expect(throws: PermissionDenied.self) {
                try await world.exports.cancel(
                    export.id, in: world.organization, by: AuditActor(viewer, from: nil, requestID: nil))
            }
            let cancelled = try await world.exports.cancel(
                export.id, in: world.organization, by: world.actor(.operator))
            #expect(cancelled.state == .cancelled)
        }
    }

    @Test func anotherOrganisationsExportIsNotThere() async throws {
        try await ExportWorld.run { world in
            let export = try await world.write(try await world.start())
            let other = try await world.rig.tenant()
            let actor = AuditActor(other.principal(), from: nil, requestID: nil)
            await #expect(throws: NotFound.self) {
                try await world.exports.find(export.id, in: other.organization)
            }
            await #expect(throws: NotFound.self) {
                try await world.exports.open(export.id, in: other.organization, by: actor)
            }
            await #expect(throws: NotFound.self) {
                try await world.exports.delete(export.id, in: other.organization, by: actor)
            }
            #expect(try await world.exports.list(in: other.organization, PageRequest(limit: 10)).items.isEmpty)
        }
    }

    @Test func onlySoManyAreUnderWayAtATime() async throws {
        try await ExportWorld.run { world in
            var last: Export?
            for _ in 0..<10 { last = try await world.start() }
            await #expect(throws: TooManyExports.self) { try await world.start() }
            _ = try await world.exports.cancel(
                try #require(last).id, in: world.organization, by: world.actor())
            _ = try await world.start()
        }
    }

    @Test func aFilterThatAsksForWhatIsNotIsRefusedAtOnce() async throws {
        try await ExportWorld.run { world in
            let error = await #expect(throws: OperatorInvalidParameter.self) {
                try await world.start { $0.types = ["nonsense"] }
            }
            #expect(error?.name == "type")
            let listed = try await world.exports.list(in: world.organization, PageRequest(limit: 10))
            #expect(listed.items.isEmpty)
        }
    }
}
