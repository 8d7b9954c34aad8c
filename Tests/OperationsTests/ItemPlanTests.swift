import EventLoop
import FoundationEssentials
import HTTPMessages
import Logging
import Scoring
import Tenancy
import Testing
import WireAPI

@testable import Operations

@Suite struct ItemPlanTests {
    private func content(
        _ draft: OperatorPlanDraft, _ tenant: Tenant
    ) async throws -> (action: PlannedAction, content: PlanContent) {
        let action = try #require(
            ItemPlans(items: tenant.rig.product.items).actions.first { $0.action == draft.action })
        return (action, try await action.prepare(draft, tenant.principal()))
    }

    @Test func aPlanSaysWhichJudgesGoOnWithout() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let (a, b) = (try await tenant.evaluator("A one"), try await tenant.evaluator("B two"))
            let foreign = try await rig.tenant().evaluator("Foreign one")
            let preset = try #require(PresetCatalogue.evaluators.first)
            _ = try await tenant.judge("Panel", [a.id, b.id].map { EvaluatorReference(id: $0, pinned: nil) })
            let ids = [b.id, a.id, b.id, preset.id, foreign.id].map(\.uuid)
            let plan = try await content(OperatorPlanDraft(.deleteEvaluators, ids: ids), tenant).content
            #expect(plan.things == .named([b.id.uuid, a.id.uuid]) && plan.confirmation.text == "2")
            #expect(plan.effect.contains("2 evaluators will be deleted"))
            #expect(plan.effect.contains("1 judge will go on without them: “Panel”."))
            #expect(plan.effect.contains("2 that cannot be deleted or are gone are left out."))
            let single = try await content(OperatorPlanDraft(.deleteEvaluators, ids: [a.id.uuid]), tenant).content
            #expect(single.confirmation == OperatorPlan.Confirmation(kind: .name, text: "A one"))
            let error = await #expect(throws: PlanProblem.self) {
                try await content(OperatorPlanDraft(.deleteJudges, matching: OperatorExecutionFilter()), tenant)
            }
            #expect(error?.kind == .draft(field: "ids"))
        }
    }

    @Test func whatIsDeletedByAPlanComesBackByUndoing() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let judge = try await tenant.judge("Panel", [])
            let action = try await content(
                OperatorPlanDraft(.deleteJudges, ids: [judge.id.uuid]), tenant
            ).action
            let context = CallContext(
                requestID: "r", deadline: .never, propagation: [:], logger: Logger(label: "test"))
            let batch = PlanBatch(
                ids: [judge.id.uuid], arguments: OperatorPlanDraft.Arguments(), caller: PlanCaller(tenant.principal()),
                context: context)
            #expect(try await action.perform(batch) == [.done(undo: "judge")])
            #expect(try await action.perform(batch) == [.failed("It is not there any more.")])
            await #expect(throws: NotFound.self) {
                try await rig.product.judges.find(judge.id, for: tenant.principal())
            }
            let undo = try #require(action.undo)
            let traces = [PlanTrace(id: judge.id.uuid, undo: "judge")]
            #expect(try await undo(traces, PlanCaller(tenant.principal())) == [.done(undo: nil)])
            #expect(try await rig.product.judges.find(judge.id, for: tenant.principal()).name == "Panel")
        }
    }
}
