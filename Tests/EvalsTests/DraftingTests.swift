import ChatModel
import Providers
import Scoring
import Tenancy
import Testing
import WireAPI

@testable import Evals

@Suite struct DraftingTests {
    private let marker = BlockMarker(7)

    private func call(
        stage: String? = nil, candidates: [JudgeDraftCall.Candidate], hasContexts: Bool = false
    ) -> JudgeDraftCall {
        JudgeDraftCall(
            terms: DraftingTerms(organization: OrganizationID(uuid: OrganizationFixture.one), project: nil),
            intent: "A support bot answers questions about refunds.", stage: stage, contexts: ["tone": "warm"],
            candidates: candidates, hasContexts: hasContexts)
    }

    private let politeness = JudgeDraftCall.Candidate(
        name: "Politeness", objective: "Is it polite?", inputs: ["response"])

    private func read(_ text: String, candidates count: Int = 1) throws -> JudgeDraftBody {
        try JudgeDraftBody(parsing: text, candidates: count)
    }

    private func message(_ text: String, candidates count: Int = 1) -> String? {
        do {
            _ = try read(text, candidates: count)
            return nil
        } catch {
            return (error as? AnswerError)?.message
        }
    }

    private func draft(chosen: String = "[1]", new: String = "[]", name: String = "A name") -> String {
        #"{"name": "\#(name)", "stages": [], "missing_context": [], "chosen": \#(chosen), "new": \#(new)}"#
    }

    @Test func questionQuotesEverythingTheCallerSaid() throws {
        let inquiry = JudgeDrafting(call: call(stage: "answering", candidates: [politeness]))
            .inquiry(marker: marker, effort: Effort(.fast))
        let blocks = QuotedBlock.read(from: inquiry.opening[1].content)
        #expect(blocks.map(\.name) == ["goal", "stage", "known.tone", "sources", "candidate.1"])
        #expect(!inquiry.opening[0].content.contains("refunds"))
    }

    @Test func chosenCandidatesAreReadInOrderAndOnce() throws {
        let draft = try read(draft(chosen: "[2, 1, 2]"), candidates: 2)
        #expect(draft.chosen == [1, 0])
    }

    @Test func aCandidateThatDoesNotExistIsNamed() {
        #expect(message(draft(chosen: "[2]")) == "chosen: there is no candidate 2")
        #expect(message(draft(chosen: "[0]")) == "chosen: there is no candidate 0")
    }

    @Test func aJudgeWithoutEvaluatorsIsNone() {
        #expect(message(draft(chosen: "[]")) == "neither a candidate was chosen nor a new evaluator written")
    }

    @Test func newEvaluatorsHaveToLookAtTheResponseAndAtNothingUnknown() {
        func new(_ criteria: String) -> String {
            #"[{"name": "Tone", "objective": "Is it warm?", "criteria": "\#(criteria)"}]"#
        }
        #expect(message(draft(new: new("Is {{response}} warm?"))) == nil)
        #expect(message(draft(new: new("Is it warm?"))) == "new: the criteria of Tone do not use {{response}}")
        #expect(
            message(draft(new: new("Is {{response}} as {{policy}} says?")))
                == "new: the criteria of Tone use {{policy}}, which is not known")
    }

    @Test func improvementNeedsAResponse() throws {
        let terms = DraftingTerms(organization: OrganizationID(uuid: OrganizationFixture.one), project: nil)
        let empty = ImprovementCall(
            terms: terms, input: EvaluationCall.Input(EvaluationInput(request: "q")), findings: [])
        #expect(throws: EvaluationFailure.self) {
            try ResponseImprovement(call: empty).inquiry(marker: marker, effort: Effort(.fast))
        }
    }

    @Test func theDemonstrationDesignsAJudgeFromWhatThereIs() throws {
        let call = call(candidates: [
            politeness,
            JudgeDraftCall.Candidate(name: "Refund policy", objective: "Are refunds right?", inputs: ["response"]),
        ])
        let inquiry = JudgeDrafting(call: call).inquiry(marker: marker, effort: Effort(.fast))
        let answer = DemoModel.answer(ChatRequest(model: "root", messages: inquiry.opening))
        let draft = try inquiry.read(answer)
        #expect(draft.chosen == [1])
        #expect(draft.name.hasPrefix("Demonstration"))
    }

    @Test func theDemonstrationMakesUpSamplesAndLeavesResponsesAsTheyAre() throws {
        let terms = DraftingTerms(organization: OrganizationID(uuid: OrganizationFixture.one), project: nil)
        let samples = SampleDrafting(
            call: SampleDraftCall(terms: terms, judge: "J", intent: "Refunds", stage: "", objectives: ["Is it right?"])
        ).inquiry(marker: marker, effort: Effort(.fast))
        let set = try samples.read(DemoModel.answer(ChatRequest(model: "root", messages: samples.opening)))
        #expect(Set(set.samples.map(\.quality)) == [.high, .low])
        let improvement = try ResponseImprovement(
            call: ImprovementCall(
                terms: terms, input: EvaluationCall.Input(EvaluationInput(request: "q", response: "r")), findings: [])
        ).inquiry(marker: marker, effort: Effort(.fast))
        let improved = try improvement.read(
            DemoModel.answer(ChatRequest(model: "root", messages: improvement.opening)))
        #expect(improved.response == "r")
    }
}
