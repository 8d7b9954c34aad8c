import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// What the published TypeScript client puts on the wire, request by request: it says that it sends JSON whatever it
    /// sends, leaves nulls in, and writes forms as `fetch` of Node does.
    @Suite struct FetchClientTests {
        private static let head: HTTPHeaders = [
            "content-type": "application/json", "user-agent": "@root-signals/scorable/0.1.4", "accept": "*/*",
            "accept-language": "*", "sec-fetch-mode": "cors", "accept-encoding": "gzip, deflate",
        ]

        private func ask(
            _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, _ expected: Int
        ) async throws -> Reply {
            let api = try await PrivateInstallation.demonstration().api
            let reply = try await api.send(
                method, path, body: body.map { JSONWriter.bytes(of: $0) }, headers: Self.head)
            #expect(reply.status == expected, "\(method) \(path): \(reply.text)")
            return reply
        }

        private func evaluator() async throws -> String {
            let objective = try await ask(.post, "/v1/objectives/", ["intent": "Says what it is"], 201).string("id")
            return try await ask(
                .post, "/v1/evaluators/",
                [
                    "name": .string("Fetched \(UUID().uuidString)"), "objective_id": .string(objective),
                    "overwrite": false, "scoring_criteria": "Is {{response}} polite?", "models": ["root"],
                ], 201
            ).string("id")
        }

        @Test func anEvaluatorLivesFromItsObjectiveToItsEnd() async throws {
            let id = try await evaluator()
            let name = "Fetched anew \(UUID().uuidString)"
            _ = try await ask(.patch, "/v1/evaluators/\(id)/", ["overwrite": false, "name": .string(name)], 200)
            let run = try await ask(
                .post, "/v1/evaluators/execute/\(id)/",
                ["variables": [:], "response": "Hello", "tags": ["ts"], "session_id": "s", "user_id": "u"], 200)
            #expect(run["score"]?.doubleValue != nil)
            let text = name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            _ = try await ask(
                .post, "/v1/evaluators/execute/by-name/?name=\(text)", ["variables": [:], "response": "Hello"], 200)
            let copy = try await ask(.post, "/v1/evaluators/duplicate/\(id)/", [:], 201)
            #expect(copy.string("id") != id && !copy.string("id").isEmpty)
            let exported = try await ask(.get, "/v1/evaluators/export/\(id)/", nil, 200)
            #expect(exported.text.contains(name))
            #expect(try await ask(.delete, "/v1/evaluators/\(id)/", nil, 204).bytes.isEmpty)
            _ = try await ask(.get, "/v1/evaluators/\(id)/", nil, 404)
        }

        @Test func aPageIsFollowedByItsCursor() async throws {
            let first = try await ask(.get, "/v1/evaluators/?page_size=2", nil, 200)
            let next = try #require(URLComponents(string: first.string("next")))
            let cursor = try #require(next.queryItems?.first { $0.name == "cursor" }?.value)
            let second = try await ask(.get, "/v1/evaluators/?page_size=2&cursor=\(cursor)", nil, 200)
            #expect(second.results.count == 2 && second.results[0].string("id") != first.results[0].string("id"))
        }

        @Test func aJudgeIsDuplicatedByACallThatSaysJSONAndHasNone() async throws {
            let judge = try await ask(
                .post, "/v1/judges/",
                [
                    "name": .string("Fetched judge \(UUID().uuidString)"), "intent": "Judge answers",
                    "stage": "response", "evaluator_references": [["id": .string(try await evaluator())]],
                ], 201
            ).string("id")
            let run = try await ask(
                .post, "/v1/judges/\(judge)/execute/", ["request": "Hi", "response": "Hello"], 200)
            #expect(run["evaluator_results"]?.arrayValue?.count == 1)
            _ = try await ask(.post, "/v1/judges/\(judge)/refine/", ["request": "Hi", "response": "Hello"], 200)
            _ = try await ask(.post, "/v1/judges/\(judge)/duplicate/", nil, 201)
            _ = try await ask(.delete, "/v1/judges/\(judge)/", nil, 204)
        }

        @Test func aJudgeIsGeneratedThoughMostOfTheWishIsNull() async throws {
            let generated = try await ask(
                .post, "/v1/judges/generate/",
                [
                    "intent": "Answers of a support bot to customers", "visibility": "private", "overwrite": false,
                    "stage": nil, "strict": nil, "extra_contexts": nil, "name": nil, "judge_id": nil, "file_id": nil,
                ], 201)
            #expect(!generated.string("judge_id").isEmpty, "\(generated.text)")
        }

        @Test func aDatasetIsUploadedAsAFormThatIsCalledJSON() async throws {
            let mark = "----formdata-undici-010786068151"
            var form = "--\(mark)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"ts.csv\"\r\n"
            form += "Content-Type: application/octet-stream\r\n\r\n"
            form += "request,response,score\nHow?,So.,0.5\nWhy?,Because.,1\n\r\n"
            let tags = ["0193a500-0000-7000-8000-00000000000a", "0193a500-0000-7000-8000-00000000000b"]
            for (name, value) in [("name", "ts.csv"), ("has_header", "true"), ("tags", tags[0]), ("tags", tags[1])] {
                form += "--\(mark)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
            }
            form += "--\(mark)--\r\n\r\n"
            let api = try await PrivateInstallation.demonstration().api
            let made = try await api.send(.post, "/v1/datasets/", body: Array(form.utf8), headers: Self.head)
            #expect(made.status == 201 && made["tags"] == [.string(tags[0]), .string(tags[1])], "\(made.text)")
            let dataset = made.string("id")
            let items = try await ask(.get, "/v1/datasets/\(dataset)/items/?is_archived=true", nil, 200).results
            #expect(items.map { $0.string("request") }.sorted() == ["How?", "Why?"])
            #expect(try await ask(.get, "/v1/datasets/\(dataset)/?download=true", nil, 200).string("id") == dataset)
            try await calibrate(on: dataset, items)
        }

        private func calibrate(on dataset: String, _ items: [JSONValue]) async throws {
            let item = try #require(items.first).string("id")
            let label = try await ask(
                .post, "/v1/annotations/",
                ["dataset_item": .string(item), "value": 0.4, "rationale": "", "status": "published"], 201)
            _ = try await ask(.patch, "/v1/annotations/\(label.string("id"))/", ["value": 0.6], 200)
            let listed = try await ask(.get, "/v1/annotations/?dataset_item=\(item)", nil, 200).results
            #expect(listed.contains { $0.string("id") == label.string("id") })
            let run = try await ask(
                .post, "/v1/calibration-runs/",
                [
                    "evaluator_external_id": .string(try await evaluator()),
                    "source": ["type": "dataset", "dataset_id": .string(dataset)],
                ], 201)
            _ = try await ask(.get, "/v1/calibration-runs/\(run.string("id"))/items/", nil, 200)
            _ = try await ask(.delete, "/v1/annotations/\(label.string("id"))/", nil, 204)
            _ = try await ask(.delete, "/v1/datasets/\(dataset)/", nil, 204)
        }
    }
}
