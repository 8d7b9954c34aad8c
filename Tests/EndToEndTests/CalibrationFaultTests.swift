import Foundation
import JSON
import Testing

extension EndToEnd {
    /// What an accepted calibration run comes to when its worker dies.
    @Suite struct CalibrationFaultTests {
        private static let examples = 60

        @Test func aRunGoesOnWithTheNextWorkerAndEveryExampleCountsOnce() async throws {
            let installation = try await PrivateInstallation.faulty()
            try await installation.untilReady()
            let api = installation.api
            let evaluator = try await FaultyEvaluators.on(["slow"], in: installation)
            let items = try await api.makeDataset(
                of: (0..<Self.examples).map { ["response": .string("Answer \($0).")] })
            for item in try await api.get("\(items)?page_size=100").results {
                let label = try await api.post(
                    "/v1/annotations/", ["dataset_item": .string(item.string("id")), "value": 0.5])
                #expect(label.status == 201, "\(label.text)")
            }
            let started = try await api.post(
                "/v1/calibration-runs/",
                [
                    "evaluator_external_id": .string(evaluator),
                    "source": ["type": "dataset", "dataset_id": .string(String(items.split(separator: "/")[2]))],
                ])
            #expect(started.status == 201, "\(started.text)")
            let id = started.string("id")
            try await eventually("examples run") {
                try await installation.query(
                    "SELECT count(*) > 0 FROM jobs WHERE kind = 'calibration_item' AND state = 'running';") == ["t"]
            }
            try #require(try installation.program("workerd")).kill()

            try await eventually("the run ends", within: .seconds(120)) {
                try await api.get("/v1/calibration-runs/\(id)/").string("status") == "completed"
            }
            let run = try await api.get("/v1/calibration-runs/\(id)/")
            #expect(run["metrics"]?["n"]?.integerValue == Int64(Self.examples), "\(run.text)")
            #expect(run["n_completed"]?.integerValue == Int64(Self.examples) && run["n_failed"] == 0)
            let logs = try await installation.query(
                "SELECT count(*) FROM execution_logs WHERE batch_id = '\(id)' AND type = 'test';")
            #expect(logs == ["\(Self.examples)"])
            try await installation.untilReady()
        }
    }
}
