import Foundation
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Calibration runs beyond what the published client has a call for.
    @Suite struct CalibrationTests {
        /// A dataset whose items are labelled from 0 to 1; its identifier.
        private func labelled(_ count: Int, _ api: APIClient) async throws -> String {
            let items = try await api.makeDataset(of: (0..<count).map { ["response": .string("Thank you \($0).")] })
            let added = try await api.get("\(items)?page_size=100").results
            for (index, item) in added.enumerated() {
                let label = try await api.post(
                    "/v1/annotations/",
                    ["dataset_item": .string(item.string("id")), "value": .number(Double(index) / Double(count - 1))])
                #expect(label.status == 201, "\(label.text)")
            }
            return String(items.split(separator: "/")[2])
        }

        private func ended(_ id: String, _ api: APIClient) async throws -> Reply {
            let path = "/v1/calibration-runs/\(id)/"
            try await eventually("the run ends", within: .seconds(60)) {
                ["completed", "failed"].contains(try await api.get(path).string("status"))
            }
            return try await api.get(path)
        }

        @Test func draftsAreComparedAndGivenToTheEvaluatorThatIsMadeOfThem() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let dataset = try await labelled(5, api)
            let group = "wordings-\(UUID())"
            for criteria in ["Is it polite? {{response}}", "Is it kind? {{response}}"] {
                let started = try await api.post(
                    "/v1/calibration-runs/",
                    [
                        "definition": ["scoring_criteria": .string(criteria), "model": "gpt-4o"],
                        "source": ["type": "dataset", "dataset_id": .string(dataset)],
                        "comparison_group": .string(group), "threshold": 0.7,
                    ])
                #expect(started.status == 201, "\(started.text)")
                let run = try await ended(started.string("id"), api)
                #expect(run.string("status") == "completed", "\(run.text)")
                #expect(run["definition"]?.string("scoring_criteria") == criteria)
                #expect(run["metrics"]?["threshold"]?.doubleValue == 0.7)
                #expect(run["evaluator_external_id"] == .null)
                #expect(run["n_completed"] == 5 && run["n_failed"] == 0)
            }
            #expect(try await api.get("/v1/calibration-runs/?comparison_group=\(group),other").results.count == 2)
            let compared = try await api.get("/v1/calibration-runs/comparison/?comparison_group=\(group)")
            let rows = compared["runs"]?.arrayValue ?? []
            #expect(compared.status == 200 && rows.count == 1, "\(compared.text)")
            #expect(compared["baseline"] != rows.first?["id"] && rows.first?["n_common"] == 5)
            let differences = rows.first?["differences"]?.arrayValue ?? []
            #expect(
                differences.map { $0.string("metric") } == ["bias", "mae", "rmse", "pearson", "accuracy"])
            for difference in differences {
                // What is not there says why.
                let missing = ["difference", "interval", "p_value"].filter { difference[$0] == .null }
                let said = (difference["undefined"]?.arrayValue ?? []).map { $0.string("part") }
                #expect(missing.allSatisfy(said.contains), "\(difference)")
            }
            expectProblem(
                try await api.get(
                    "/v1/calibration-runs/comparison/?comparison_group=\(group)&baseline=\(unknownID)"),
                400, "invalid", field: "baseline")
            let evaluator = try await api.makeEvaluator(named: "Made of drafts").string("id")
            let attached = try await api.post(
                "/v1/calibration-runs/attach/",
                ["evaluator_external_id": .string(evaluator), "comparison_groups": [.string(group)]])
            #expect(attached.status == 200 && attached["attached"] == 2, "\(attached.text)")
            let found = try await api.get("/v1/calibration-runs/?evaluator_external_id=\(evaluator)").results
            #expect(found.count == 2)
        }

        @Test func labelledExecutionsAreCalibratedToo() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let evaluator = try await api.makeEvaluator(named: "Labelled in production").string("id")
            for value in [0.0, 1.0] {
                let executed = try await api.post(
                    "/v1/evaluators/execute/\(evaluator)/", ["response": .string("Answer \(value)")])
                _ = try await api.post(
                    "/v1/annotations/",
                    ["execution_log": .string(executed.string("execution_log_id")), "value": .number(value)])
            }
            let started = try await api.post(
                "/v1/calibration-runs/",
                ["evaluator_external_id": .string(evaluator), "source": ["type": "logs"]])
            #expect(started.status == 201 && started["n_examples"] == 2, "\(started.text)")
            #expect(try await ended(started.string("id"), api).string("status") == "completed")
            let items = try await api.get("/v1/calibration-runs/\(started.string("id"))/items/").results
            #expect(items.map { $0.string("response") }.sorted() == ["Answer 0.0", "Answer 1.0"])
            // What calibrates is not what was labelled: a second run has the same two examples.
            let again = try await api.post(
                "/v1/calibration-runs/",
                ["evaluator_external_id": .string(evaluator), "source": ["type": "logs"]])
            #expect(again["n_examples"] == 2)
        }

        @Test func theOlderCallAnswersWhenAllIsDone() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let dataset = try await labelled(4, api)
            let answered = try await api.post(
                "/v1/evaluators/calibrate/",
                [
                    "name": "Old way", "test_dataset_id": .string(dataset), "prompt": "Is it polite? {{response}}",
                    "models": ["gpt-4o"], "objective": ["intent": "To measure"], "input_variables": [],
                    "is_evaluator": true, "dataset_range": ["start": 1, "end": 2],
                ], within: .seconds(60))
            #expect(answered.status == 200, "\(answered.text)")
            let rows = answered.json?.arrayValue ?? []
            #expect(rows.map { $0["row_number"]?.integerValue } == [1, 2])
            for row in rows {
                let result = row["result"]
                #expect(result?["expected_score"]?.doubleValue != nil && result?["score"]?.doubleValue != nil)
                let log = try await api.get("/v1/execution-logs/\(result?.string("execution_log_id") ?? "")/")
                #expect(log.string("execution_type") == "test")
            }
        }

        @Test func whatCannotBeCalibratedIsNamed() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let items = try await api.makeDataset(of: [["response": "Nobody labelled it."]])
            let source: JSONValue = ["type": "dataset", "dataset_id": .string(String(items.split(separator: "/")[2]))]
            let evaluator = try await api.makeEvaluator(named: "Not calibrated").string("id")
            func refused(_ body: JSONValue, _ field: String) async throws {
                expectProblem(try await api.post("/v1/calibration-runs/", body), 400, "invalid", field: field)
            }
            try await refused(["evaluator_external_id": .string(evaluator), "source": source], "source")
            try await refused(["source": source], "evaluator_external_id")
            try await refused(
                ["evaluator_external_id": .string(unknownID), "source": source], "evaluator_external_id")
            try await refused(
                [
                    "evaluator_external_id": .string(evaluator),
                    "source": ["type": "dataset", "dataset_id": .string(unknownID)],
                ], "source")
            try await refused(
                ["evaluator_external_id": .string(evaluator), "source": source, "score_config_id": .string(unknownID)],
                "score_config_id")
            try await refused(["evaluator_external_id": .string(evaluator), "source": ["type": "moon"]], "source")
            expectProblem(try await api.get("/v1/calibration-runs/\(unknownID)/"), 404, "not_found")
            expectProblem(try await api.get("/v1/calibration-runs/\(unknownID)/items/"), 404, "not_found")
        }
    }
}
