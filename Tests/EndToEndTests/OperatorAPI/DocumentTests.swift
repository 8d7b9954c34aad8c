import Foundation
import JSON
import Testing
import WireAPI

extension EndToEnd.OperatorAPI {
    /// Evaluators and judges as documents of an editor.
    @Suite struct DocumentTests {
        private func submission(
            _ text: String, id: UUID? = nil, expecting version: UUID? = nil, dryRun: Bool = false
        ) -> OperatorDocumentSubmission {
            OperatorDocumentSubmission(
                text: text, dryRun: dryRun, id: id, expectedVersionID: version, changeNote: nil)
        }

        @Test func anEditIsSavedAsTheNextVersionAndAStaleOneIsRefused() async throws {
            let caller = try await PrivateInstallation.demonstration().administrator()
            let made = try await caller.ask(
                .submit(
                    .evaluator,
                    submission("name: Edited\nintent: To edit.\ncriteria: |\n  Rate {{response}}\n  well.\n")))
            let item = try #require(made.saved)
            let document = try await caller.ask(.document(.evaluator, item.id))
            #expect(document.version == item.version && document.text.contains("criteria: |\n  Rate {{response}}\n"))
            let text = document.text.replacingOccurrences(of: "well.", with: "badly.")
            let looked = try await caller.ask(
                .submit(.evaluator, submission(text, id: item.id, expecting: item.version.id, dryRun: true)))
            #expect(looked.changedFields == ["criteria"] && looked.saved == nil && looked.problems.isEmpty)
            let saved = try await caller.ask(
                .submit(.evaluator, submission(text, id: item.id, expecting: item.version.id)))
            let second = try #require(saved.saved)
            #expect(second.version.number == 2)

            let stale = try await caller.send(
                .submit(.evaluator, submission(document.text, id: item.id, expecting: item.version.id)))
            expectProblem(stale, 409, "conflict", field: "current_version_id")
            #expect(stale["current_number"]?.arrayValue == ["2"] && stale.string("detail").contains("admin@localhost"))
            #expect(stale["changed_by"]?.arrayValue == ["admin@localhost"])

            let versions = try await caller.ask(.versions(.evaluator, item.id)).results
            #expect(versions.map(\.number) == [2, 1] && versions.map(\.isCurrent) == [true, false])
            let old = try await caller.ask(.evaluator(item.id, version: item.version.id))
            #expect(old.criteria == "Rate {{response}}\nwell.\n" && !old.version.isCurrent)
            #expect(
                try await caller.ask(.document(.evaluator, item.id, version: item.version.id)).text.contains("well."))
            expectProblem(try await caller.send(.evaluator(item.id, version: UUID())), 404, "not_found")
        }

        @Test func problemsNameTheirLines() async throws {
            let caller = try await PrivateInstallation.demonstration().administrator()
            let receipt = try await caller.ask(
                .submit(.evaluator, submission("name: x\ncriteria: Rate\nmodels:\n  - nothing-like-it\n")))
            #expect(receipt.problems.map(\.line) == [1, 1, 4] && receipt.saved == nil)
            #expect(receipt.problems.map(\.field) == ["intent", "name", "models[0]"])
            let form = try await caller.ask(.newDocument(.judge))
            #expect(form.id == nil && form.text.hasPrefix("# A new judge."))
        }

        @Test func manyTravelInOneText() async throws {
            let caller = try await PrivateInstallation.demonstration().administrator()
            let marker = UUID().uuidString
            let text = """
                kind: evaluator
                name: Travelled \(marker)
                intent: To travel.
                criteria: Rate {{response}}
                ---
                kind: judge
                name: Panel \(marker)
                intent: To judge.
                evaluators: [Travelled \(marker)]
                """
            let plan = try await caller.ask(.importDocuments(OperatorImport(text: text, planToken: nil)))
            #expect(plan.entries.map(\.action) == [.create, .create] && plan.entries.map(\.line) == [1, 6])
            let done = try await caller.ask(.importDocuments(OperatorImport(text: text, planToken: plan.token)))
            #expect(done.isDone && done.entries.allSatisfy { $0.id != nil })
            let again = try await caller.send(.importDocuments(OperatorImport(text: text, planToken: plan.token)))
            expectProblem(again, 409, "conflict")
            let judge = try #require(done.entries.last?.id)
            let exported = try await caller.ask(
                .export(OperatorExport(evaluatorIDs: [], judgeIDs: [judge], includesEvaluatorsOfJudges: true)))
            #expect(exported.items.map(\.kind) == [.evaluator, .judge])
            let replanned = try await caller.ask(
                .importDocuments(OperatorImport(text: exported.text, planToken: nil)))
            #expect(replanned.entries.map(\.action) == [.unchanged, .unchanged] && replanned.token == nil)
        }
    }
}
