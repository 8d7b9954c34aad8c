import Foundation
import JSON
import Testing
import WireAPI

extension EndToEnd {
    /// `scorable audit`, on an installation that runs.
    @Suite struct AuditCommandTests {
        private struct Verdicts: Decodable {
            let isWhole: Bool
            let chains: [Chain]

            struct Chain: Decodable {
                let wholeThrough: Int64
                let hash: String
            }
        }

        @Test func whatIsDoneIsListedExportedAndWhole() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let schedules = try await installation.scorable("queue", "schedules", "--json")
            let list = try JSONCodec.decode(OperatorScheduleList.self, from: Array(schedules.output.utf8))
            let schedule = try #require(list.results.first)
            for deed in ["pause", "resume"] {
                let done = try await installation.scorable("queue", "schedules", deed, schedule.name)
                #expect(done.code == 0, "\(done.output)")
            }
            let listed = try await installation.scorable(
                "audit", "list", "--installation", "--action", "schedule.", "--limit", "2", "--json")
            let page = try JSONCodec.decode(OperatorAuditPage.self, from: Array(listed.output.utf8))
            #expect(page.results.count == 2)
            let entry = try #require(page.results.last)
            #expect(entry.actorKind == "machine" && entry.isOfInstallation)
            let shown = try await installation.scorable("audit", "show", entry.id.uuidString)
            #expect(shown.code == 0 && shown.output.contains(entry.hash), "\(shown.output)")
            let exported = try await installation.scorable(
                "audit", "export", "--installation", "--format", "csv", "--action", "schedule.")
            #expect(exported.lines.first?.hasPrefix("id,created_at,chain,position,") == true)
            #expect(exported.output.contains(entry.id.uuidString.lowercased()))
            let verified = try await installation.scorable("audit", "verify", "--installation", "--json")
            #expect(verified.code == 0, "\(verified.output)")
            let verdicts = try JSONCodec.decode(Verdicts.self, from: Array(verified.output.utf8))
            #expect(verdicts.isWhole)
            let chain = try #require(verdicts.chains.first)
            #expect(chain.wholeThrough >= entry.position)
            let noted = try await installation.scorable(
                "audit", "verify", "--installation", "--quiet", "--from", "\(chain.wholeThrough):\(chain.hash)")
            #expect(noted.code == 0, "\(noted.output)")
            let other = try await installation.scorable(
                "audit", "verify", "--installation", "--quiet", "--from", "\(chain.wholeThrough):00")
            #expect(other.code == 1 && other.output.contains("another hash"), "\(other.output)")
            let wrong = try await installation.scorable("audit", "list", "--outcome", "good")
            #expect(wrong.code == 2 && wrong.output.contains("done, refused, failed"), "\(wrong.output)")
        }

        @Test func receiversAreKept() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let name = "siem-\(UUID().uuidString.prefix(8))"
            let added = try await installation.scorable(
                "audit", "forward", "add", name, "127.0.0.1:9", "--transport", "tcp", "--format", "json")
            #expect(added.code == 0, "\(added.output)")
            let paused = try await installation.scorable("audit", "forward", "pause", name)
            #expect(paused.code == 0 && paused.output.contains("entries for it wait"), "\(paused.output)")
            let list = try await installation.scorable("audit", "forward", "list")
            #expect(list.lines.contains { $0.contains(name) && $0.contains("paused") }, "\(list.output)")
            let removed = try await installation.scorable("audit", "forward", "remove", name, "--yes")
            #expect(removed.code == 0, "\(removed.output)")
        }
    }
}
