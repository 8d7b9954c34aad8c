import Foundation
import JSON
import Testing
import WireAPI

extension EndToEnd {
    /// `scorable export`, and what exports come to when their worker dies.
    @Suite struct ExportCommandTests {
        /// So many logs as fill a file for some seconds, each with a tag.
        private func fill(_ count: Int, tag: String, in installation: PrivateInstallation) async throws {
            _ = try await installation.query(
                """
                INSERT INTO execution_logs (id, created_at, organization_id, project_id, type, executed_item_name,
                    owner_id, tags, score, request_id, request_preview, response_preview, request, response, contexts)
                SELECT gen_random_uuid(), now() - n * interval '1 millisecond', p.organization_id, p.id, 'evaluator',
                    'Filled', p.owner_id, ARRAY['\(tag)'], 0.5, '', '', '', repeat('word ', 100), 'answer ' || n, '{}'
                FROM generate_series(1, \(count)) AS n, (SELECT * FROM projects WHERE is_default
                    AND organization_id IN (SELECT id FROM organizations WHERE runs_installation)) AS p
                """)
        }

        private func state(_ id: String, in installation: PrivateInstallation) async throws -> String {
            try await installation.query("SELECT state FROM exports WHERE id = '\(id)'").first ?? ""
        }

        private func files(of id: String, in installation: PrivateInstallation) -> [String] {
            let folder = "\(installation.place.state)/blobs/exports/\(id)"
            return (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        }

        @Test func anExportIsBegunAwaitedAndWritten() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let tag = "export-\(UUID().uuidString)"
            try await fill(1200, tag: tag, in: installation)
            let path = "\(installation.place.state)/\(tag).jsonl"
            let outcome = try await installation.scorable(
                "export", "create", "--filter", "tag=\(tag)", "--output", path)
            #expect(outcome.code == 0 && outcome.output.contains("finished"), "\(outcome.output)")
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            let objects = try lines.map { try JSONCodec.decode(JSONValue.self, from: Array($0.utf8)) }
            #expect(Set(objects.map { $0.string("id") }).count == 1200)
            #expect(objects.allSatisfy { $0["tags"] == [.string(tag)] })

            let listed = try await installation.scorable("export", "list", "--json")
            let page = try JSONCodec.decode(OperatorLogExportPage.self, from: Array(listed.output.utf8))
            let export = try #require(page.results.first { $0.filter.contains { $0.value == tag } })
            #expect(export.state == .finished && export.rows == 1200 && export.requestedBy == nil)
            let id = export.id.uuidString.lowercased()
            let again = try await installation.scorable("export", "download", id)
            #expect(again.output.split(separator: "\n").count == 1200)
            let deleted = try await installation.scorable("export", "delete", id)
            #expect(deleted.code == 0 && files(of: id, in: installation).isEmpty, "\(deleted.output)")
            #expect(try await installation.scorable("export", "show", id).code == 1)
        }

        @Test func aTableGoesToStandardOutput() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let tag = "table-\(UUID().uuidString)"
            try await fill(3, tag: tag, in: installation)
            let outcome = try await ChildProgram.run(
                [
                    "/bin/sh", "-c",
                    "\(BuiltFiles.program("scorable")) export create --filter tag=\(tag) --format csv --output - "
                        + "--state \(installation.place.state) 2>/dev/null",
                ], environment: .clean, within: .seconds(60))
            #expect(outcome.code == 0 && outcome.output.hasPrefix("id,created_at,"), "\(outcome.output)")
            #expect(outcome.output.split(separator: "\r\n").count == 4)
        }

        @Test func whatIsNotUnderstoodIsToldInALine() async throws {
            let installation = try await PrivateInstallation.demonstration()
            for (words, part) in [
                (["export", "create", "--filter", "colour=red"], "A filter knows no colour."),
                (["export", "create", "--filter", "min_score=much"], "min_score must be a number."),
                (["export", "create", "--filter", "type=nonsense"], "type must be one of"),
                (["export", "show", "nonsense"], "is no identifier"),
                (["export", "show", unknownID], "There is no such export."),
            ] {
                let outcome = try await PrivateInstallation.scorable(words + ["--state", installation.place.state])
                #expect(outcome.code != 0 && outcome.output.contains(part), "\(words): \(outcome.output)")
            }
        }

        @Test func aKilledWorkersExportIsWrittenByItsSuccessor() async throws {
            let installation = try await PrivateInstallation.faulty()
            try await installation.untilReady()
            let tag = "killed-\(UUID().uuidString)"
            try await fill(40_000, tag: tag, in: installation)
            let begun = try await installation.scorable("export", "create", "--filter", "tag=\(tag)")
            let id = begun.output.filter { !$0.isNewline }
            #expect(begun.code == 0 && UUID(uuidString: id) != nil, "\(begun.output)")
            try await eventually("it is being written", every: .milliseconds(20)) {
                try await self.state(id, in: installation) != "waiting"
            }
            try #require(try installation.program("workerd")).kill()
            try await eventually("another worker writes it", within: .seconds(120)) {
                (try? await self.state(id, in: installation)) == "finished"
            }
            let path = "\(installation.place.state)/\(tag).jsonl"
            let outcome = try await installation.scorable("export", "download", id, "--output", path)
            #expect(outcome.code == 0, "\(outcome.output)")
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 40_000 && Set(lines).count == 40_000)
            #expect(files(of: id, in: installation).count == 1, "one file and no other's")
            try await installation.untilReady()
        }

        @Test func anExportIsCancelledWhileItIsWritten() async throws {
            let installation = try await PrivateInstallation.faulty()
            try await installation.untilReady()
            let tag = "cancelled-\(UUID().uuidString)"
            try await fill(60_000, tag: tag, in: installation)
            let begun = try await installation.scorable("export", "create", "--filter", "tag=\(tag)")
            let id = begun.output.filter { !$0.isNewline }
            try await eventually("it is being written", every: .milliseconds(20)) {
                try await self.state(id, in: installation) == "running"
            }
            let cancelled = try await installation.scorable("export", "cancel", id)
            #expect(cancelled.code == 0 && cancelled.output.contains("cancelled"), "\(cancelled.output)")
            try await eventually("its job ends", within: .seconds(30)) {
                try await installation.query(
                    "SELECT j.state FROM jobs j JOIN exports e ON e.job_id = j.id WHERE e.id = '\(id)'"
                ) == ["cancelled"]
            }
            #expect(try await state(id, in: installation) == "cancelled")
            #expect(files(of: id, in: installation).isEmpty)
        }
    }
}
