import FoundationEssentials
import Operations
import Queueing
import Records
import Scoring
import Stores
import Tenancy
import Testing
import WireAPI

/// Datasets, as operators fill them and have evaluators and judges executed on them.
@Suite struct DatasetTests {
    private func dataset(_ viewer: Viewer, items: Int) async throws -> OperatorDataset {
        let dataset = try await viewer.ask(.makeDataset(OperatorDatasetDraft(name: "Questions")))
        for number in 0..<items {
            _ = try await viewer.ask(
                .addDatasetItem(
                    OperatorDatasetItemDraft(
                        request: "How? \(number)", response: "So.", expectedOutput: "Like this."), to: dataset.id))
        }
        return try await viewer.ask(.dataset(dataset.id))
    }

    @Test func anItemThatIsTypedIsTheLastOne() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.engineer)
            let dataset = try await dataset(viewer, items: 2)
            #expect(dataset.itemCount == 2 && dataset.labelledCount == 0)
            let items = try await viewer.ask(.datasetItems(dataset.id, limit: 10)).results
            #expect(items.map(\.number) == [1, 2] && items.map(\.request) == ["How? 0", "How? 1"])
            #expect(items[1].expectedOutput == "Like this.")
            let empty = OperatorDatasetItemDraft(request: "", response: "", expectedOutput: "x")
            #expect(try await viewer.refusal(.addDatasetItem(empty, to: dataset.id))?.status == 400)
            let reader = try await tenant.viewer(.viewer)
            let item = OperatorDatasetItemDraft(request: "a", response: "b", expectedOutput: "")
            #expect(try await reader.refusal(.addDatasetItem(item, to: dataset.id))?.status == 403)
            let stranger = try await server.tenant().viewer(.engineer)
            #expect(try await stranger.refusal(.addDatasetItem(item, to: dataset.id))?.status == 404)
        }
    }

    @Test func evaluatorsAndJudgesAreExecutedOnItsItems() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (brevity, tone) = (try await tenant.evaluator("Brevity"), try await tenant.evaluator("Tone"))
            let judge = try await tenant.judge("Answers", [brevity, tone])
            let viewer = try await tenant.viewer()
            let dataset = try await dataset(viewer, items: 3)
            let both = try await viewer.ask(
                .startBatch(
                    over: dataset.id,
                    OperatorBatchDraft(evaluators: ["Brevity", "\(tone.id)"], tags: ["nightly"])))
            #expect(both.total == 3 && both.name == "Brevity, Tone")
            let batch = try await viewer.ask(.batch(both.id))
            #expect(batch.total == 3 && batch.tags == ["nightly"] && batch.kind == Batches.kind.rawValue)
            let one = try await viewer.ask(
                .startBatch(over: dataset.id, OperatorBatchDraft(judge: "Answers", first: 2, last: 2, tags: [])))
            #expect(one.total == 1 && one.name == judge.name)
        }
    }

    @Test func whatCannotBeExecutedIsToldByItsField() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let brevity = try await tenant.evaluator("Brevity")
            let viewer = try await tenant.viewer()
            let dataset = try await dataset(viewer, items: 1)
            func refusal(_ draft: OperatorBatchDraft, _ id: UUID? = nil) async throws -> Refusal? {
                try await viewer.refusal(.startBatch(over: id ?? dataset.id, draft))
            }
            let unknown = try await refusal(OperatorBatchDraft(evaluators: ["Brevity", "Nobody"], tags: []))
            #expect(unknown?.status == 400 && unknown?.detail.contains("evaluators: “Nobody”") == true)
            #expect(try await refusal(OperatorBatchDraft(judge: "Nobody", tags: []))?.status == 400)
            #expect(try await refusal(OperatorBatchDraft(tags: []))?.status == 400)
            #expect(try await refusal(OperatorBatchDraft(evaluators: ["Brevity"], judge: "x", tags: []))?.status == 400)
            let twice = try await refusal(OperatorBatchDraft(evaluators: ["Brevity", "\(brevity.id)"], tags: []))
            #expect(twice?.status == 400 && twice?.detail.contains("each evaluator once") == true)
            for tag in ["", String(repeating: "x", count: 1001)] {
                let tagged = try await refusal(OperatorBatchDraft(evaluators: ["Brevity"], tags: [tag]))
                #expect(tagged?.status == 400 && tagged?.detail.contains("tags") == true)
            }
            let backwards = OperatorBatchDraft(evaluators: ["Brevity"], first: 3, last: 2, tags: [])
            #expect(try await refusal(backwards)?.status == 400)
            #expect(try await refusal(OperatorBatchDraft(evaluators: ["Brevity"], first: 2, tags: []))?.status == 400)
            #expect(try await refusal(OperatorBatchDraft(evaluators: ["Brevity"], tags: []), UUID())?.status == 400)
            let reader = try await tenant.viewer(.viewer)
            let draft = OperatorBatchDraft(evaluators: ["Brevity"], tags: [])
            #expect(try await reader.refusal(.startBatch(over: dataset.id, draft))?.status == 403)
        }
    }

    @Test func theExecutionsOfABatchAreListed() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let batch: BatchID = server.identifiers.next()
            let (id, moment) = server.identifiers.nextDated(ExecutionLog.self)
            let log = ExecutionLog(
                id: id, organizationID: tenant.organization, projectID: tenant.project.id, type: .evaluator,
                item: ExecutedItem(id: nil, versionID: nil, name: "Brevity"), ownerID: tenant.owner.id, batchID: batch,
                input: EvaluationInput(response: "So."), labels: ExecutionLabels(), outcome: ExecutionOutcome(),
                requestID: "req-1", createdAt: moment)
            try await tenant.log("Apart")
            try await ExecutionLogWriter(database: server.database, loops: server.loops).write([log])
            var filter = OperatorExecutionFilter()
            filter.batchID = batch.uuid
            let rows = try await viewer.ask(.executions(filter, order: .newest, cursor: nil, limit: 10)).results
            #expect(rows.map(\.name) == ["Brevity"])
            // As it arrives live, it says whose it is.
            #expect(filter.matches(OperatorExecutionRow(log)))
        }
    }
}
