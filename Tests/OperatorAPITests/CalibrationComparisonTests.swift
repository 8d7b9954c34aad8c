import APIClient
import FoundationEssentials
import Postgres
import Queueing
import Records
import Scoring
import Stores
import Tenancy
import Testing
import WireAPI

/// The runs of a comparison group beside one of them: by how much they agree better or worse, on what both have seen.
@Suite struct CalibrationComparisonTests {
    /// What people found of the examples, from the first to the last.
    private static let labels = [0, 0.25, 0.5, 0.75, 1, 0.5, 0.25, 1]

    /// Somebody of a new organisation, with a labelled dataset.
    private func scene(_ server: OperatorServer) async throws -> (tenant: Tenant, viewer: Viewer, dataset: UUID) {
        let tenant = try await server.tenant()
        let viewer = try await tenant.viewer()
        let lines = Self.labels.enumerated().map { #"{"response":"\#($0)","score":\#($1)}"# }
        let dataset = try await viewer.ask(
            .makeDataset(
                OperatorDatasetDraft(name: "Labelled", text: lines.joined(separator: "\n"), format: "jsonl")))
        return (tenant, viewer, dataset.id)
    }

    /// A run that has ended with those scores; `nil` where an example has none.
    private func run(
        _ scores: [Double?], in group: String, of dataset: UUID, _ tenant: Tenant, _ viewer: Viewer,
        scale: UUID? = nil
    ) async throws -> UUID {
        let evaluator = try await tenant.evaluator("Evaluator \(UUID().uuidString)")
        let run = try await viewer.ask(
            .calibrate(
                OperatorCalibrationDraft(
                    evaluator: "\(evaluator.id)", datasetID: dataset, scaleID: scale, comparisonGroup: group)))
        #expect(run.examples == scores.count)
        let known = scores.enumerated().compactMap { index, score in score.map { ("\(index)", $0) } }
        try await tenant.server.database.execute(
            """
            UPDATE calibration_items i SET evaluator_score = s.score
            FROM dataset_items d, (SELECT unnest(\(known.map(\.0))) AS response, unnest(\(known.map(\.1))) AS score) s
            WHERE d.id = i.dataset_item_id AND d.response = s.response AND i.run_id = \(run.id)
            """)
        // Its jobs have ended: what is counted of a batch is what there is.
        try await tenant.server.database.execute(
            """
            WITH ended AS (
                INSERT INTO jobs (id, organization_id, kind, queue, priority, batch_id, batch_index, state, run_at, \
            max_attempts, timeout_seconds, created_at, ended_at)
                SELECT gen_random_uuid(), organization_id, 'calibration_item', 'evaluations', 2, run_id, item_index, \
            'finished', now(), 5, 60, now(), now() FROM calibration_items WHERE run_id = \(run.id)
            )
            UPDATE batches SET state = 'ended', expanded = total, finished = total, started_at = now(), ended_at = now()
            WHERE id = \(run.id)
            """)
        try await tenant.server.database.execute(
            "UPDATE calibration_runs SET metrics = '{}', concluded_at = now() WHERE id = \(run.id)")
        return run.id
    }

    private func difference(
        _ name: String, of row: OperatorCalibrationComparison.Row?
    ) throws -> OperatorCalibrationComparison.Difference {
        try #require(row?.differences.first { $0.name == name })
    }

    @Test func runsAreComparedOnTheExamplesThatBothHaveScored() async throws {
        try await OperatorServer.run { server in
            let (tenant, viewer, dataset) = try await scene(server)
            let first = try await run(
                [0.2, 0.45, 0.7, 0.95, 0.8, 0.7, 0.45, nil], in: "tries", of: dataset, tenant, viewer)
            let second = try await run(
                [nil, 0.3, 0.5, 0.8, 1, 0.5, 0.2, 1], in: "tries", of: dataset, tenant, viewer)
            let comparison = try await viewer.ask(.calibrationComparison(of: "tries"))
            #expect(comparison.baseline == first && comparison.rows.map(\.run) == [second])
            let row = try #require(comparison.rows.first)
            #expect(row.common == 6 && row.onlyBaseline == 1 && row.onlyRun == 1)
            #expect(row.differences.map(\.name) == ["bias", "mae", "rmse", "pearson", "accuracy"])
            let error = try difference("mae", of: row)
            // Off by 0.2 each, and by 0.05, 0, 0.05, 0, 0 and 0.05.
            #expect(abs((error.baseline ?? 0) - 0.2) < 1e-12 && abs((error.value ?? 0) - 0.025) < 1e-12)
            #expect(abs((error.difference ?? 0) + 0.175) < 1e-12)
            #expect((error.lower ?? 1) < -0.175 && (error.upper ?? 1) < -0.1)
            // All six are better: of the 64 choices of signs two are as far out.
            #expect(error.test == "sign_flips" && error.probability == 2.0 / 64)
            #expect(error.adjustedProbability == error.probability, "one run is compared")
            // Both say yes where people do: there is nothing to tell them apart by.
            let accuracy = try difference("accuracy", of: row)
            #expect(accuracy.difference == 0 && accuracy.probability == nil && accuracy.test == "mcnemar")
            #expect(accuracy.probabilityReason == "The two do not differ.")
        }
    }

    @Test func anotherRunMayBeTheBaselineAndSeveralComparisonsAreAdjusted() async throws {
        try await OperatorServer.run { server in
            let (tenant, viewer, dataset) = try await scene(server)
            let good = Self.labels.map { Optional(min(1, $0 + 0.01)) }
            let runs = [
                try await run([0.9, 0.9, 0.1, 0.2, 0.1, 0.9, 0.8, 0.2], in: "three", of: dataset, tenant, viewer),
                try await run(good, in: "three", of: dataset, tenant, viewer),
                try await run(Self.labels.map { $0 * 0.9 }, in: "three", of: dataset, tenant, viewer),
            ]
            _ = try await run(good, in: "elsewhere", of: dataset, tenant, viewer)
            let comparison = try await viewer.ask(.calibrationComparison(of: "three", baseline: runs[1]))
            #expect(comparison.baseline == runs[1] && comparison.rows.map(\.run) == [runs[0], runs[2]])
            let errors = try comparison.rows.map { try difference("mae", of: $0) }
            #expect((errors[0].difference ?? 0) > 0.3)
            let raised = try #require(errors[0].adjustedProbability)
            #expect(raised == 2 * (try #require(errors[0].probability)), "the smaller of two is doubled")
        }
    }

    @Test func runsOnDifferentScalesAreNotCompared() async throws {
        try await OperatorServer.run { server in
            let (tenant, viewer, dataset) = try await scene(server)
            let standard = try #require(try await ScoreConfigStore(database: server.database).standard())
            let runs = [
                try await run(Self.labels.map { $0 * 0.9 }, in: "scales", of: dataset, tenant, viewer),
                try await run(
                    Self.labels.map { $0 * 0.8 }, in: "scales", of: dataset, tenant, viewer,
                    scale: standard.id.uuid),
                try await run(Self.labels.map { $0 * 0.7 }, in: "scales", of: dataset, tenant, viewer),
            ]
            let comparison = try await viewer.ask(.calibrationComparison(of: "scales"))
            #expect(comparison.baseline == runs[0] && comparison.rows.map(\.run) == [runs[1], runs[2]])
            let other = try #require(comparison.rows.first)
            #expect(other.differences.count == 5)
            for difference in other.differences {
                #expect(difference.baseline == nil && difference.value == nil && difference.difference == nil)
                #expect(difference.reason == "The two are by labels on different scales.")
                #expect(difference.lower == nil && difference.probability == nil)
            }
            let error = try difference("mae", of: comparison.rows.last)
            #expect(error.probability != nil && error.adjustedProbability == error.probability, "one is compared")
        }
    }

    @Test func theFirstCompletedRunIsTheBaselineHoweverManyFollow() async throws {
        try await OperatorServer.run { server in
            let (tenant, viewer, dataset) = try await scene(server)
            let evaluator = try await tenant.evaluator("Busy")
            func begin(_ count: Int) async throws {
                for _ in 0..<count {
                    _ = try await viewer.ask(
                        .calibrate(
                            OperatorCalibrationDraft(
                                evaluator: "\(evaluator.id)", datasetID: dataset, comparisonGroup: "many")))
                }
            }
            try await begin(1)
            let first = try await run(Self.labels.map { $0 * 0.9 }, in: "many", of: dataset, tenant, viewer)
            let second = try await run(Self.labels.map { $0 * 0.8 }, in: "many", of: dataset, tenant, viewer)
            try await begin(100)
            let comparison = try await viewer.ask(.calibrationComparison(of: "many"))
            #expect(comparison.baseline == first && comparison.rows.map(\.run) == [second])
        }
    }

    @Test func whatWasEditedBetweenTwoRunsIsNotTheSameExample() async throws {
        try await OperatorServer.run { server in
            let (tenant, viewer, dataset) = try await scene(server)
            _ = try await run(Self.labels.map { $0 * 0.9 }, in: "edited", of: dataset, tenant, viewer)
            let item = try #require(try await viewer.ask(.datasetItems(dataset, limit: 1)).results.first)
            let revised = try await DatasetStore(database: server.database).revise(
                DatasetItemID(uuid: item.id), of: DatasetID(uuid: dataset), to: DatasetItemContent(response: "new"),
                in: tenant.organization, identifiers: server.identifiers)
            #expect(revised != nil)
            _ = try await run(Self.labels.map { $0 * 0.8 }, in: "edited", of: dataset, tenant, viewer)
            let row = try await viewer.ask(.calibrationComparison(of: "edited")).rows.first
            // The edited one has no score in the second run.
            #expect(row?.common == 7 && row?.onlyBaseline == 1 && row?.onlyRun == 0)
        }
    }

    @Test func whatCannotBeComparedIsSaid() async throws {
        try await OperatorServer.run { server in
            let (tenant, viewer, dataset) = try await scene(server)
            let none = try await viewer.ask(.calibrationComparison(of: "nothing"))
            #expect(none.baseline == nil && none.rows.isEmpty)
            let left = try await run(
                [0.1, 0.2, nil, nil, nil, nil, nil, nil], in: "apart", of: dataset, tenant, viewer)
            _ = try await run([nil, nil, 0.3, 0.4, nil, nil, nil, nil], in: "apart", of: dataset, tenant, viewer)
            let row = try #require(try await viewer.ask(.calibrationComparison(of: "apart")).rows.first)
            #expect(row.common == 0 && row.onlyBaseline == 2 && row.onlyRun == 2)
            for difference in row.differences {
                #expect(difference.difference == nil && difference.reason != nil)
                #expect(difference.lower == nil && difference.rangeReason != nil)
                #expect(difference.probability == nil && difference.probabilityReason != nil)
            }
            // A run of another group, and somebody else's, are no baseline.
            let refused = try await viewer.refusal(.calibrationComparison(of: "nothing", baseline: left))
            #expect(refused?.status == 400)
            let stranger = try await server.tenant().viewer()
            #expect(try await stranger.ask(.calibrationComparison(of: "apart")).rows.isEmpty)
            #expect(
                try await stranger.refusal(.calibrationComparison(of: "apart", baseline: left))?.status == 400)
        }
    }
}
