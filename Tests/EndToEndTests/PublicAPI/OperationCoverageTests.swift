import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Every operation of the published API has a route, under every spelling of its path that clients use.
    @Suite struct OperationCoverageTests {
        /// The operations of the published client, the methods of each path before it.
        static let published = operations(
            """
            GET POST /v1/annotations/
            DELETE GET PATCH PUT /v1/annotations/{id}/
            POST /v1/batch-executions/
            GET POST /v1/calibration-runs/
            POST /v1/calibration-runs/attach/
            GET /v1/calibration-runs/{id}/
            GET /v1/calibration-runs/{id}/items/
            GET POST /v1/datasets/
            GET POST /v1/datasets/{dataset_id}/items/
            POST /v1/datasets/{dataset_id}/items/bulk/
            DELETE GET PATCH PUT /v1/datasets/{dataset_id}/items/{item_id}/
            DELETE GET PATCH /v1/datasets/{id}/
            GET POST /v1/evaluators/
            POST /v1/evaluators/calibrate/
            POST /v1/evaluators/duplicate/{id}/
            POST /v1/evaluators/execute/by-name/
            POST /v1/evaluators/execute/{id}/
            GET /v1/evaluators/export/{id}/
            POST /v1/evaluators/import-yaml/
            GET /v1/evaluators/versions/{id}/
            DELETE GET PATCH PUT /v1/evaluators/{id}/
            GET /v1/execution-logs/
            GET /v1/execution-logs/session-ids/
            POST /v1/execution-logs/set-tags/
            GET /v1/execution-logs/user-ids/
            GET /v1/execution-logs/{log_id}/
            POST /v1/files/
            GET POST /v1/judges/
            GET /v1/judges/batch-executions/
            GET /v1/judges/batch-executions/{id}/
            POST /v1/judges/claim/
            POST /v1/judges/execute/by-name/
            POST /v1/judges/generate/
            POST /v1/judges/openai/chat/completions
            POST /v1/judges/openai/responses
            DELETE GET PATCH PUT /v1/judges/{id}/
            POST /v1/judges/{id}/duplicate/
            POST /v1/judges/{id}/invite/
            POST /v1/judges/{judge_id}/batch-execute/
            POST /v1/judges/{judge_id}/execute/
            POST /v1/judges/{judge_id}/openai/chat/completions
            POST /v1/judges/{judge_id}/openai/responses
            POST /v1/judges/{judge_id}/refine/
            POST /v1/judges/{judge_id}/refine/openai/chat/completions
            POST /v1/judges/{judge_id}/refine/openai/responses
            GET /v1/judges/{judge_id}/synthetic-data/
            GET POST /v1/models/
            POST /v1/models/verify/
            DELETE GET PATCH PUT /v1/models/{id}/
            GET POST /v1/objectives/
            GET /v1/objectives/versions/{id}/
            DELETE GET PATCH PUT /v1/objectives/{id}/
            GET POST /v1/otel/evaluation-filters/
            POST /v1/otel/evaluation-filters/validate/
            DELETE GET PUT /v1/otel/evaluation-filters/{id}/
            GET /v1/otel/traces/
            GET /v1/otel/traces/{trace_id}/spans/
            GET POST /v1/projects/
            DELETE GET PATCH /v1/projects/{id}/
            GET POST /v1/score-configs/
            DELETE GET PATCH PUT /v1/score-configs/{id}/
            """)

        /// What clients call and no published document has.
        static let undocumented = operations(
            """
            PATCH /v1/otel/evaluation-filters/{id}/
            POST /v1/evaluators/calibrate/{id}
            POST /prompt-tests/
            GET /prompt-tests/{id}/
            POST /otel/v1/traces
            POST /openai/chat/completions
            POST GET DELETE /mcp
            """)

        /// What nobody needs credentials for, with the status of an answer.
        static let open: [(operation: Operation, status: Int)] = [
            (Operation(method: .post, path: "/create-demo-user/"), 403),
            (Operation(method: .get, path: "/schema/evaluator.json"), 200),
        ]

        struct Operation: Sendable, Hashable, CustomStringConvertible {
            let method: HTTPMethod
            let path: String

            var description: String { "\(method) \(path)" }
            /// The path with an identifier in the place of each parameter.
            var address: String { path.replacing(#/\{\w+\}/#, with: unknownID) }
        }

        private static func operations(_ text: String) -> [Operation] {
            text.split(separator: "\n").flatMap { line in
                let words = line.split(separator: " ").map(String.init)
                return words.dropLast().map {
                    Operation(method: HTTPMethod(rawValue: $0), path: words[words.count - 1])
                }
            }
        }

        @Test func thePublishedClientHasSoManyOperations() {
            #expect(Self.published.count == 99)
            #expect(Set(Self.published).count == 99)
        }

        /// Whoever shows no credentials learns that some are needed, and nothing else: so there is a route.
        @Test(arguments: published + undocumented)
        func theOperationHasARoute(operation: Operation) async throws {
            let stranger = try await PrivateInstallation.demonstration().api.showing(nil)
            let reply = try await stranger.send(operation.method, operation.address)
            expectProblem(reply, 401, "not_authenticated")
        }

        @Test func pathsAreKnownWithoutTheirVersionAndWithoutTheLastSlash() async throws {
            let stranger = try await PrivateInstallation.demonstration().api.showing(nil)
            for operation in Self.published {
                let short = operation.address.replacing("/v1/", with: "/")
                let bare = short.hasSuffix("/") ? String(short.dropLast()) : short + "/"
                for path in [short, bare, "/beta" + short] {
                    let reply = try await stranger.send(operation.method, path)
                    #expect(reply.status == 401, "\(operation.method) \(path): \(reply.text)")
                }
            }
        }

        @Test(arguments: open.indices)
        func whatIsForEverybodyAnswers(index: Int) async throws {
            let (operation, status) = Self.open[index]
            let stranger = try await PrivateInstallation.demonstration().api.showing(nil)
            for path in [operation.path, "/v1" + operation.path] {
                let reply = try await stranger.send(operation.method, path)
                #expect(reply.status == status, "\(operation): \(reply.text)")
            }
        }

        /// A method that a path does not have is told apart from a path that is not there.
        @Test func whatIsNoOperationSaysWhy() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let wrong = try await api.send(.delete, "/v1/judges/")
            #expect(wrong.status == 405, "\(wrong.text)")
            #expect(Set(wrong.headers["allow"]?.split(separator: ", ") ?? []) == ["GET", "HEAD", "POST"])
            expectProblem(try await api.get("/v1/nothing/"), 404, "not_found")
            #expect(try await api.get("/mcp").status == 405)
            #expect(try await api.delete("/mcp").status == 405)
        }
    }
}
