import Access
import HTTPMessages
import IngestGate
import JSON
import Records
import Tenancy
import Testing

/// What happens to calls while a disk is nearly full.
@Suite(.serialized) struct IngestStopTests {
    /// Whoever needs one of these for a POST is about to store much.
    private static let storing: Set<Permission> = [
        .evaluatorExecute, .judgeExecute, .modelExecute, .traceCreate, .fileCreate, .datasetCreate, .datasetUpdate,
        .calibrationCreate,
    ]
    /// As is who posts to these.
    private static let others = ["/v1/batch-executions/", "/v1/judges/generate/"]

    private func whileFull(_ server: PublicServer, _ body: () async throws -> Void) async throws {
        let board = StorageBoard(redis: server.redis)
        func tell(_ level: StorageLevel) async throws {
            let disk = StorageBoard.Disk(name: "database", freeBytes: 1, totalBytes: 100, level: level)
            try await board.tell([disk], from: "worker")
            try await server.gate.look()
        }
        try await tell(.full)
        try await body()
        try await tell(.enough)
    }

    @Test func everyCallThatWouldStoreMuchIsRefusedAndTheRestGoesOn() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            func send(_ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil) async throws -> Answer {
                try await caller.send(method, path, body, replica: PublicServer.guarded)
            }
            let evaluator = try await caller.make("/v1/evaluators/", ProjectScene.evaluator(in: nil, named: "Short"))
            try await whileFull(server) {
                var count = 0
                for operation in server.operations where operation.method == .post {
                    guard let permission = operation.rule?.permission,
                        Self.storing.contains(permission) || Self.others.contains(operation.path)
                    else { continue }
                    let parts = operation.path.split(separator: "/", omittingEmptySubsequences: false)
                    let path = parts.map { $0.first == "{" ? evaluator : String($0) }.joined(separator: "/")
                    let answer = try await send(.post, path, [:])
                    let status = path.contains("/otel/v1/") ? 503 : 507
                    #expect(
                        answer.status == status && answer["code"] == "storage_full",
                        "\(operation.words): \(answer.status) \(answer.text)")
                    #expect(answer.headers["retry-after"] == "10", "\(operation.words)")
                    count += 1
                }
                #expect(count > 20)
                #expect(try await send(.get, "/v1/execution-logs/").status == 200)
                #expect(try await send(.post, "/v1/projects/", ["name": "By hand"]).status == 201)
                #expect(try await send(.delete, "/v1/evaluators/\(evaluator)/").status == 204)
            }
            let dataset = try await send(.post, "/v1/datasets/", ["name": "Again"])
            #expect(dataset.status == 201, "\(dataset.text)")
        }
    }

    @Test func toolsThatExecuteAreRefusedAndThoseThatLookGoOn() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let evaluator = try await caller.make("/v1/evaluators/", ProjectScene.evaluator(in: nil, named: "Short"))
            func call(_ tool: String) async throws -> Answer {
                try await caller.send(
                    .post, "/v1/mcp",
                    [
                        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
                        "params": [
                            "name": .string(tool),
                            "arguments": ["evaluator_id": .string(evaluator), "response": "Yes."],
                        ],
                    ], replica: PublicServer.guarded)
            }
            try await whileFull(server) {
                for tool in [
                    "run_evaluation", "run_evaluation_by_name", "run_coding_policy_adherence", "run_judge",
                    "generate_judge",
                ] {
                    let refused = try await call(tool)
                    #expect(refused.status == 507 && refused["code"] == "storage_full", "\(tool): \(refused.text)")
                }
                let looked = try await call("get_evaluator")
                #expect(looked.status == 200 && looked["result"]["isError"] == false, "\(looked.text)")
            }
            let run = try await call("run_evaluation")
            #expect(run.status == 200 && run["result"]["isError"] == false, "\(run.text)")
        }
    }
}
