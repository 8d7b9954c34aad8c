import Foundation
import JSON
import Testing
import WireAPI

extension EndToEnd.OperatorAPI {
    /// Evaluators and judges as the console lists, tries, copies and deletes them.
    @Suite struct ItemTests {
        private func document(_ name: String) -> OperatorDocumentSubmission {
            OperatorDocumentSubmission(
                text: """
                    kind: evaluator
                    name: \(name)
                    intent: To measure politeness.
                    criteria: How polite is {{response}}?
                    """, dryRun: false, id: nil, expectedVersionID: nil, changeNote: "First.")
        }

        private func make(_ name: String, _ caller: OperatorCaller) async throws -> OperatorItem {
            try #require(try await caller.ask(.submit(.evaluator, document(name))).saved)
        }

        @Test func whatIsTriedIsCountedListedAndShown() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let caller = try await installation.administrator()
            let item = try await make("Politeness \(UUID())", caller)
            #expect(item.origin == .own && item.kind == .evaluator && item.version.number == 1)
            #expect(item.updatedBy.email == "admin@localhost" && item.projectName == "Default project")
            #expect(item.statistics.executions == 0 && item.statistics.dailyScores.count == 7)

            var trial = OperatorTrial()
            trial.request = "How are you?"
            trial.response = "Very well, thank you for asking."
            trial.tags = ["tried"]
            let tried = try await caller.ask(.trial(.evaluator, item.id, trial), within: .seconds(60))
            let score = try #require(tried.execution.score)
            #expect(tried.execution.itemID == item.id && tried.execution.tags == ["tried"])
            #expect(tried.response == trial.response && tried.justification?.isEmpty == false)
            #expect(tried.versionID == item.version.id && !tried.isContentHidden)
            #expect(try await caller.ask(.execution(tried.execution.id)).execution.id == tried.execution.id)

            let counted = try await eventualValue("the trial is counted") {
                let page = try await caller.ask(.items(.evaluator, OperatorItemFilter(named: item.name)))
                return page.results.first.flatMap { $0.statistics.executions == 1 ? $0 : nil }
            }.value
            #expect(counted.statistics.failures == 0 && counted.statistics.dailyScores.last == score)
            #expect(counted.statistics.meanScore == score)
            let history = try await caller.ask(.history(.evaluator, item.id, window: .day))
            let version = try #require(history.versions.first)
            #expect(history.versions.count == 1 && version.isCurrent && version.version == item.version)
            #expect(version.total.executions == 1 && version.total.meanScore == score)
            #expect(version.distribution.reduce(0, +) == 1 && version.points.count == 1)
            #expect(version.distribution[min(Int(score * 10), 9)] == 1 && history.stepSeconds == 3600)
        }

        @Test func aTrialThatGivesNoScoreIsShownAsWell() async throws {
            let installation = try await PrivateInstallation.faulty()
            let caller = try await installation.administrator()
            let submission = OperatorDocumentSubmission(
                text: """
                    name: Failing
                    intent: To fail.
                    criteria: Rate {{response}}
                    models: [status-500]
                    """, dryRun: false, id: nil, expectedVersionID: nil, changeNote: nil)
            let item = try #require(try await caller.ask(.submit(.evaluator, submission)).saved)
            var trial = OperatorTrial()
            trial.response = "An answer."
            let tried = try await caller.ask(.trial(.evaluator, item.id, trial), within: .seconds(90))
            #expect(tried.execution.score == nil && tried.execution.failure != nil)
            #expect(!"\(tried)".contains(FaultyProvider.key))
        }

        @Test func presetsAndOwnOnesAreToldApart() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let caller = try await installation.administrator()
            let item = try await make("Told apart \(UUID())", caller)
            let all = try await caller.ask(.items(.evaluator, OperatorItemFilter(), limit: 500)).results
            let firstPreset = try #require(all.firstIndex { $0.origin == .preset })
            #expect(all[..<firstPreset].contains { $0.id == item.id })
            #expect(all[firstPreset...].allSatisfy { $0.origin == .preset && $0.projectID == nil })
            #expect(all.count > 20 && Set(all.map(\.id)).count == all.count)
            var filter = OperatorItemFilter(named: "TOLD apart")
            filter.origin = .preset
            #expect(try await caller.ask(.items(.evaluator, filter)).results.isEmpty)

            var seen: [UUID] = []
            var cursor: String?
            repeat {
                let page = try await caller.ask(.items(.evaluator, cursor: cursor, limit: 7))
                seen += page.results.map(\.id)
                cursor = page.next
            } while cursor != nil
            #expect(seen == all.map(\.id), "pages join to the whole list")
            let wrong = try await caller.api.get("/internal/evaluators?origin=mine")
            expectProblem(wrong, 400, "invalid", field: "origin")
        }

        @Test func aJudgeIsShownWithItsEvaluators() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let caller = try await installation.administrator()
            let member = try await make("Member \(UUID())", caller)
            let submission = OperatorDocumentSubmission(
                text: """
                    kind: judge
                    name: Panel
                    intent: To judge politely.
                    evaluators:
                      - {id: \(member.id), version: 1}
                      - Truthfulness
                    """, dryRun: false, id: nil, expectedVersionID: nil, changeNote: "Why not.")
            let item = try #require(try await caller.ask(.submit(.judge, submission)).saved)
            let judge = try await caller.ask(.judge(item.id))
            #expect(judge.members.map(\.isPinned) == [true, false] && judge.item.evaluatorCount == 2)
            #expect(judge.members[0].version == member.version && judge.members[0].origin == .own)
            #expect(judge.members[1].origin == .preset && judge.members[1].name == "Truthfulness")
            #expect(judge.version.changeNote == "Why not." && judge.inputs.contains { $0.name == "response" })
            let evaluator = try await caller.ask(.evaluator(member.id))
            #expect(evaluator.judges == [OperatorItemReference(kind: .judge, id: item.id, name: "Panel")])
            #expect(evaluator.item.judgeCount == 1 && evaluator.criteria == "How polite is {{response}}?")
            #expect(evaluator.inputs == [OperatorInput(name: "response", shape: .text, isBuiltIn: true)])
            #expect(evaluator.objective.intent == "To measure politeness." && !evaluator.objective.isPinned)

            var trial = OperatorTrial()
            trial.request = "How are you?"
            trial.turns = [OperatorTrial.Turn(role: "assistant", content: "Very well.")]
            let tried = try await caller.ask(.trial(.judge, item.id, trial), within: .seconds(60))
            #expect(tried.evaluators.count == 2 && tried.execution.type == "judge" && tried.turns.count == 1)
        }

        @Test(arguments: OperatorItemKind.allCases)
        func whatIsDeletedCanBeBroughtBack(kind: OperatorItemKind) async throws {
            let installation = try await PrivateInstallation.demonstration()
            let caller = try await installation.administrator()
            let text = "name: Gone soon\nintent: To go.\n" + (kind == .evaluator ? "criteria: Rate {{response}}\n" : "")
            let made = try await caller.ask(
                .submit(
                    kind,
                    OperatorDocumentSubmission(
                        text: text, dryRun: false, id: nil, expectedVersionID: nil, changeNote: nil)))
            let item = try #require(made.saved)
            let copy = try await caller.ask(.duplicate(kind, item.id, OperatorDuplication(name: "Kept")))
            #expect(copy.name == "Kept" && copy.id != item.id)
            _ = try await caller.ask(.delete(kind, item.id))
            expectProblem(try await caller.send(.delete(kind, item.id)), 404, "not_found")
            var filter = OperatorItemFilter(named: "Gone soon")
            filter.isDeleted = true
            let deleted = try await caller.ask(.items(kind, filter)).results
            #expect(deleted.contains { $0.id == item.id && $0.deletedAt != nil })
            let restored = try await caller.ask(.restore(kind, item.id))
            #expect(restored.id == item.id && restored.deletedAt == nil)
            expectProblem(try await caller.send(.restore(kind, item.id)), 404, "not_found")
        }

        @Test func manyAreDeletedByAPlanAndBroughtBack() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let caller = try await installation.administrator()
            let items = [try await make("Planned A", caller), try await make("Planned B", caller)]
            let plan = try await caller.ask(
                .plan(OperatorPlanDraft(.deleteEvaluators, ids: items.map(\.id))))
            #expect(plan.count == 2 && plan.effect.contains("No judge uses them."))
            let viewer = try await installation.person("viewer")
            let refused = try await viewer.send(
                .plan(OperatorPlanDraft(.deleteEvaluators, ids: items.map(\.id))))
            expectProblem(refused, 403, "permission_denied")
            let done = try await caller.carryOut(plan)
            #expect(done.state == .finished && done.progress.done == 2 && done.progress.failed == 0)
            for item in items {
                expectProblem(try await caller.send(.evaluator(item.id)), 404, "not_found")
            }
            let undo = try #require(done.undo)
            #expect(try await caller.ask(.undoPlan(plan.id, token: undo.token)).state == .undone)
            for item in items { #expect(try await caller.ask(.evaluator(item.id)).item.deletedAt == nil) }
        }

        @Test func whatIsNotThereOrNotAllowedIsSaidClearly() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let caller = try await installation.administrator()
            let nothing = UUID()
            expectProblem(try await caller.send(.evaluator(nothing)), 404, "not_found")
            expectProblem(try await caller.send(.judge(nothing)), 404, "not_found")
            expectProblem(try await caller.send(.history(.judge, nothing, window: .week)), 404, "not_found")
            expectProblem(try await caller.send(.versions(.evaluator, nothing)), 404, "not_found")
            expectProblem(try await caller.send(.trial(.evaluator, nothing, OperatorTrial())), 400, "invalid")
            let item = try await make("Looked at \(UUID())", caller)
            var trial = OperatorTrial()
            trial.turns = [OperatorTrial.Turn(role: "narrator", content: "Once.")]
            expectProblem(
                try await caller.send(.trial(.evaluator, item.id, trial)), 400, "invalid", field: "turns[0].role")

            let viewer = try await installation.person("viewer")
            #expect(try await viewer.ask(.evaluator(item.id)).item.id == item.id)
            trial.turns = nil
            trial.response = "An answer."
            for refused in [
                try await viewer.send(.trial(.evaluator, item.id, trial)),
                try await viewer.send(.delete(.evaluator, item.id)),
                try await viewer.send(.duplicate(.evaluator, item.id, OperatorDuplication(name: "Mine"))),
                try await viewer.send(.restore(.evaluator, item.id)),
                try await viewer.send(.submit(.evaluator, document("Mine"))),
            ] { expectProblem(refused, 403, "permission_denied") }
            let operatorOnly = try await installation.person("operator")
            expectProblem(try await operatorOnly.send(.items(.evaluator)), 403, "permission_denied")
            expectProblem(
                try await installation.operatorAPI.get("/internal/evaluators"), 401, "not_authenticated")
        }
    }
}

extension OperatorItemFilter {
    /// Those whose name contains a text.
    init(named text: String) {
        self.init()
        query = text
    }
}
