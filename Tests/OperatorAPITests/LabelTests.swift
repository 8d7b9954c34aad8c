import APIClient
import FoundationEssentials
import Operations
import Records
import Scoring
import Stores
import Tenancy
import Testing
import WireAPI

/// Labelling by the internal API: what an annotator sees, gives and takes back.
@Suite struct LabelTests {
    /// A dataset with two items.
    private func dataset(_ viewer: Viewer) async throws -> OperatorDataset {
        try await viewer.ask(
            .makeDataset(
                OperatorDatasetDraft(
                    name: "Answers",
                    text: #"{"request":"q1","response":"a1"}"# + "\n" + #"{"request":"q2","response":"a2"}"#,
                    format: "jsonl")))
    }

    private func scale(_ viewer: Viewer) async throws -> OperatorScale {
        let scales = try await viewer.ask(.scales()).results
        return try #require(scales.first { $0.isGlobal && $0.kind == .continuous })
    }

    @Test func anAnnotatorIsGivenWhatIsLeftUntilNothingIs() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let dataset = try await dataset(tenant.viewer())
            let annotator = try await tenant.viewer(.annotator)
            let scale = try await scale(annotator)
            let labelling = OperatorRequest.labelling(dataset.id, on: scale.id, behind: nil, limit: 10)
            let begun = try await annotator.ask(labelling)
            #expect(begun.items.count == 2 && begun.total == 2 && begun.done == 0)
            let made = try await annotator.ask(
                .label(
                    OperatorLabelDraft(
                        itemID: begun.items[0].id, scaleID: scale.id, value: scale.maximum, rationale: "Right.")))
            #expect(
                made.value == scale.maximum && made.rationale == "Right." && made.author.id == annotator.user.id.uuid)
            let half = try await annotator.ask(labelling)
            #expect(half.items.map(\.id) == [begun.items[1].id] && half.done == 1)
            // Each has their own to do.
            let other = try await tenant.viewer(.annotator)
            #expect(try await other.ask(labelling).done == 0)
            let changed = try await annotator.ask(.changeLabel(made.id, OperatorLabelDraft(value: scale.minimum)))
            #expect(changed.id == made.id && changed.value == scale.minimum && changed.rationale == "Right.")
            _ = try await annotator.ask(.takeBackLabel(made.id))
            #expect(try await annotator.ask(labelling).done == 0)
        }
    }

    @Test func executionsAreLabelledAndTellTheirLabelsTheNewestFirst() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let evaluator = try await tenant.evaluator("Alpha")
            let execution = try await server.product.executions.execute(
                .id(evaluator.id, nil),
                ExecutionOrder(
                    input: EvaluationInput(request: "question", response: "answer"), labels: ExecutionLabels(),
                    projectID: nil),
                as: tenant.principal(), tenant.callContext
            ).executionLogID.uuid
            let annotator = try await tenant.viewer(.annotator)
            let scale = try await scale(annotator)
            #expect(try await annotator.ask(.labels(ofExecution: execution)).results.isEmpty)
            let first = try await annotator.ask(
                .label(
                    OperatorLabelDraft(
                        executionID: execution, scaleID: scale.id, value: scale.minimum, rationale: "Wrong.")))
            let second = try await annotator.ask(
                .label(OperatorLabelDraft(executionID: execution, scaleID: scale.id, value: scale.maximum)))
            #expect(first.status == "published" && first.author.id == annotator.user.id.uuid)
            let reader = try await tenant.viewer(.viewer)
            let found = try await reader.ask(.labels(ofExecution: execution)).results
            #expect(found.map(\.id) == [second.id, first.id] && found.last?.rationale == "Wrong.")
            #expect(
                try await reader.refusal(
                    .label(OperatorLabelDraft(executionID: execution, scaleID: scale.id, value: scale.maximum)))?
                    .status == 403)
            _ = try await annotator.ask(.takeBackLabel(second.id))
            #expect(try await reader.ask(.labels(ofExecution: execution)).results.map(\.id) == [first.id])
            // Another organisation's execution is none.
            let stranger = try await server.tenant().viewer()
            #expect(try await stranger.refusal(.labels(ofExecution: execution))?.status == 404)
            #expect(
                try await stranger.refusal(
                    .label(OperatorLabelDraft(executionID: execution, scaleID: scale.id, value: scale.maximum)))?
                    .status == 400)
        }
    }

    @Test func whatIsNoLabelIsRefusedWithItsField() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let scale = try await scale(viewer)
            let item = try await viewer.ask(
                .labelling(try await dataset(viewer).id, on: scale.id, behind: nil, limit: 1)
            ).items[0]
            let outside = try await viewer.refusal(
                .label(OperatorLabelDraft(itemID: item.id, scaleID: scale.id, value: scale.maximum + 1)))
            #expect(outside?.status == 400)
            let nothing = try await viewer.refusal(.label(OperatorLabelDraft(scaleID: scale.id, value: 0)))
            #expect(nothing?.status == 400)
            let unknown = try await viewer.refusal(
                .label(OperatorLabelDraft(itemID: UUID(), scaleID: scale.id, value: scale.maximum)))
            #expect(unknown?.status == 400)
            let both = try await viewer.refusal(
                .label(
                    OperatorLabelDraft(
                        itemID: item.id, executionID: UUID(), scaleID: scale.id, value: scale.maximum)))
            #expect(both?.status == 400 && both?.detail.contains("execution_id") == true)
        }
    }

    @Test func othersLabelsAndOthersOrganisationsAreOutOfReach() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let owner = try await tenant.viewer()
            let dataset = try await dataset(owner)
            let scale = try await scale(owner)
            let item = try await owner.ask(.labelling(dataset.id, on: scale.id, behind: nil, limit: 1)).items[0]
            let label = try await owner.ask(
                .label(OperatorLabelDraft(itemID: item.id, scaleID: scale.id, value: scale.maximum)))
            let reader = try await tenant.viewer(.viewer)
            #expect(
                try await reader.refusal(
                    .label(OperatorLabelDraft(itemID: item.id, scaleID: scale.id, value: scale.maximum)))?.status == 403
            )
            let stranger = try await server.tenant().viewer()
            #expect(try await stranger.refusal(.takeBackLabel(label.id))?.status == 404)
            #expect(
                try await stranger.refusal(.changeLabel(label.id, OperatorLabelDraft(value: 0)))?.status == 404)
            #expect(
                try await stranger.refusal(.labelling(dataset.id, on: scale.id, behind: nil, limit: 1))?.status == 404)
        }
    }
}
