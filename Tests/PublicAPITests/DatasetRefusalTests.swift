import HTTPMessages
import JSON
import Testing

/// What no dataset has.
@Suite struct DatasetRefusalTests {
    @Test func aTagThatIsNoIdentifierIsRefused() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let word = try await caller.send(.post, "/v1/datasets/", ["name": "Tagged", "tags": ["golden"]])
            #expect(word.status == 400 && word["tags[0]"] != .null, "\(word.text)")
            let tag: JSONValue = "0193A500-0000-7000-8000-00000000000A"
            let made = try await caller.send(.post, "/v1/datasets/", ["name": "Tagged", "tags": [tag]])
            #expect(made.status == 201 && made["tags"] == ["0193a500-0000-7000-8000-00000000000a"], "\(made.text)")
        }
    }

    @Test(arguments: [(0, Int64.max), (.max, .max), (1, Int64(Int32.max) + 1), (-1, 2), (3, 2)] as [(Int64, Int64)])
    func aRangeThatCannotBeIsRefused(start: Int64, end: Int64) async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let dataset = try await caller.make("/v1/datasets/", ["name": "Few"])
            let evaluator = try await caller.get("/v1/evaluators/?name=Clarity").results[0]["id"]?.stringValue ?? ""
            let range: JSONValue = ["start": .integer(start), "end": .integer(end)]
            let batch = try await caller.send(
                .post, "/v1/batch-executions/",
                ["evaluator_ids": [.string(evaluator)], "dataset_id": .string(dataset), "range": range])
            #expect(batch.status == 400 && batch["range"] != .null, "\(batch.text)")
            let calibration = try await caller.send(
                .post, "/v1/evaluators/calibrate/\(evaluator)/",
                ["test_dataset_id": .string(dataset), "dataset_range": range])
            #expect(calibration.status == 400 && calibration["dataset_range"] != .null, "\(calibration.text)")
        }
    }
}
