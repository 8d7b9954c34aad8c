import Foundation
import JSON
import Testing
import WireAPI

extension EndToEnd.OperatorAPI {
    /// The dashboard, executions and plans as the console asks real daemons for them.
    @Suite struct DashboardTests {
        private func tried(_ caller: OperatorCaller, tags: [String] = []) async throws -> OperatorExecutionDetail {
            let document = OperatorDocumentSubmission(
                text: """
                    kind: evaluator
                    name: Dashboard \(UUID())
                    intent: To measure politeness.
                    criteria: How polite is {{response}}?
                    """, dryRun: false, id: nil, expectedVersionID: nil, changeNote: nil)
            let item = try #require(try await caller.ask(.submit(.evaluator, document)).saved)
            var trial = OperatorTrial()
            trial.response = "Very well, thank you for asking."
            trial.tags = tags
            return try await caller.ask(.trial(.evaluator, item.id, trial), within: .seconds(60))
        }

        @Test func everyDaemonIsSeenAndEveryExecutionCounted() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let caller = try await installation.administrator()
            let board = try await eventualValue("every part is up") {
                let board = try await caller.ask(.dashboard(.day))
                return board.daemons.allSatisfy { $0.state == .up } ? board : nil
            }.value
            #expect(
                board.daemons.map(\.name) == ["apid", "evald", "llmproxyd", "workerd", "postgresql", "redis"])
            let programs = board.daemons.prefix(4)
            #expect(programs.allSatisfy { $0.version != nil && $0.uptimeSeconds != nil })
            #expect(programs.allSatisfy { ($0.memoryBytes ?? 0) > 1_000_000 })
            let queues = try #require(board.queues).map(\.name)
            #expect(Set(queues).isSuperset(of: ["apid.records", "evald.evaluations"]))

            _ = try await tried(caller)
            let counted = try await eventualValue("the execution is counted") {
                let later = try await caller.ask(.dashboard(.day))
                return later.totals.ok > board.totals.ok ? later : nil
            }.value
            #expect(counted.freshness.missing == nil && counted.totals.latency != nil)
            // The worker sums up what has settled.
            _ = try await eventualValue("the worker has summed up", within: .seconds(120)) {
                try await caller.ask(.dashboard(.hour)).freshness.summedThrough.flatMap {
                    Date().timeIntervalSince($0) < 120 ? $0 : nil
                }
            }
        }

        @Test func anExecutionSaysWhereItsTimeWentInEveryDaemon() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let caller = try await installation.administrator()
            let detail = try await tried(caller)
            let hops = Dictionary(uniqueKeysWithValues: detail.hops.map { ($0.name, $0.milliseconds) })
            let total = try #require(hops[OperatorHop.total.rawValue])
            #expect(total > 0 && detail.hops.allSatisfy { $0.milliseconds >= 0 })
            #expect(abs(detail.hops.dropFirst().map(\.milliseconds).reduce(0, +) - total) < 0.01)
            #expect(hops[OperatorHop.provider.rawValue] != nil, "\(detail.hops)")
        }

        @Test func executionsAreTaggedAndMadeAgainByPlans() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let caller = try await installation.administrator()
            let tag = "plan-\(UUID())"
            let first = try await tried(caller, tags: [tag]).execution.id
            var filter = OperatorExecutionFilter()
            filter.tags = [tag]
            let again = try await caller.ask(.plan(OperatorPlanDraft(.runAgain, matching: filter)))
            #expect(again.count == 1 && again.samples.map(\.id) == [first])
            let made = try await caller.carryOut(again)
            #expect(made.state == .finished && made.progress.done == 1)
            // The new one has the tags of the old one.
            let both = try await caller.ask(.executions(filter, cursor: nil, limit: 10)).results
            #expect(both.count == 2 && both.contains { $0.id == first })

            let untag = try await caller.ask(
                .plan(
                    OperatorPlanDraft(
                        .untag, ids: both.map(\.id), arguments: OperatorPlanDraft.Arguments(tags: [tag]))))
            #expect(untag.confirmation.text == "2")
            let done = try await caller.carryOut(untag)
            #expect(try await caller.ask(.executions(filter, cursor: nil, limit: 10)).results.isEmpty)
            _ = try await caller.ask(.undoPlan(untag.id, token: try #require(done.undo).token))
            #expect(try await caller.ask(.executions(filter, cursor: nil, limit: 10)).results.count == 2)
        }
    }
}
