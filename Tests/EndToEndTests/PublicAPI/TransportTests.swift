import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Paths, methods, header fields and bodies, as clients of all sorts write them.
    @Suite struct TransportTests {
        @Test(arguments: [
            "/v1/evaluators/", "/v1/evaluators", "//v1/evaluators/", "/v1//evaluators///", "/evaluators/",
            "/evaluators",
            "/beta/evaluators/",
        ])
        func everySpellingOfAPathLeadsThere(path: String) async throws {
            let api = try await PrivateInstallation.demonstration().api
            let reply = try await api.get("\(path)?page_size=1")
            #expect(reply.status == 200, "\(path): \(reply.text)")
            #expect(reply.results.count == 1)
        }

        @Test func aPostNeedsNoSlashAndNoVersion() async throws {
            let api = try await PrivateInstallation.demonstration().api
            for path in ["/v1/evaluators/execute/\(rootEvaluator)", "/evaluators/execute/\(rootEvaluator)/"] {
                let reply = try await api.post(path, ["request": "How?", "response": "So."])
                #expect(reply.status == 200, "\(path): \(reply.text)")
            }
        }

        @Test func headAnswersLikeGetWithoutABody() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let reply = try await api.send(.head, "/v1/evaluators/?page_size=1")
            #expect(reply.status == 200)
            #expect(reply.bytes.isEmpty)
            #expect(reply.headers["content-type"] == "application/json")
        }

        @Test func aMethodThatIsNotThereIsNamedWithThoseThatAre() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let reply = try await api.put("/v1/evaluators/", [:])
            expectProblem(reply, 405, "method_not_allowed")
            let allowed = reply.headers["allow"]?.split(separator: ",").map { $0.filter { $0 != " " } } ?? []
            #expect(Set(allowed) == ["GET", "HEAD", "POST"])
        }

        @Test func aPathThatLeadsNowhereIsAProblem() async throws {
            let api = try await PrivateInstallation.demonstration().api
            expectProblem(try await api.get("/v1/nothing/here/"), 404, "not_found")
            expectProblem(try await api.get("/"), 404, "not_found")
        }

        @Test(arguments: ["{", "not json", "{\"name\": }", "[1, 2", "\"open"])
        func aBodyThatIsNoJSONIsAParseError(body: String) async throws {
            let api = try await PrivateInstallation.demonstration().api
            let reply = try await api.send(.post, "/v1/evaluators/", body: Array(body.utf8))
            expectProblem(reply, 400, "parse_error")
        }

        @Test(arguments: [
            ("[]", "non_field_errors"), ("7", "non_field_errors"), ("{\"name\": 7}", "name"),
            ("{\"models\": \"gpt-4o\"}", "models"), ("{\"project_id\": \"mine\"}", "project_id"),
        ])
        func aBodyOfTheWrongShapeNamesWhatIsWrong(body: String, field: String) async throws {
            let api = try await PrivateInstallation.demonstration().api
            let reply = try await api.send(.post, "/v1/evaluators/", body: Array(body.utf8))
            expectProblem(reply, 400, "invalid", field: field)
        }

        @Test func aBodyThatIsTooLargeIsRefused() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let text = String(repeating: "x", count: 17 << 20)
            let reply = try await api.send(
                .post, "/v1/evaluators/execute/\(rootEvaluator)/", body: Array("{\"response\": \"\(text)\"}".utf8))
            expectProblem(reply, 413, "content_too_large")
            #expect(try await api.get("/v1/projects/").status == 200)
        }

        @Test func jsonIsUnderstoodUnderAnyLabelAndNothingElseIs() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let body = Array("{\"intent\": \"To test\"}".utf8)
            for type in ["application/json", "application/json; charset=utf-8", "text/plain", "application/vnd.x+json"]
            {
                let reply = try await api.send(.post, "/v1/objectives/", body: body, headers: ["content-type": type])
                #expect(reply.status == 201, "\(type): \(reply.text)")
            }
            let reply = try await api.send(
                .post, "/v1/objectives/", body: body, headers: ["content-type": "application/xml"])
            expectProblem(reply, 415, "unsupported_media_type")
        }

        @Test func fieldsAndParametersThatNobodyKnowsAreIgnored() async throws {
            let api = try await PrivateInstallation.demonstration().api
            _ = try await api.makeEvaluator([
                "is_evaluator": true, "evaluator_demonstrations": [], "novelty": [["a": 1]],
            ])
            let list = try await api.get("/v1/judges/?is_public=False&show_global=True&novelty=1")
            #expect(list.status == 200, "\(list.text)")
            let logs = try await api.get("/v1/execution-logs/?novelty=1")
            #expect(logs.status == 200, "\(logs.text)")
        }

        @Test func everyAnswerHasARequestID() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let mine = "client-\(UUID().uuidString)"
            #expect(try await api.get("/v1/projects/", headers: ["x-request-id": mine]).headers["x-request-id"] == mine)
            let made = try #require(try await api.get("/v1/projects/").headers["x-request-id"])
            #expect(UUID(uuidString: made) != nil)
            let problem = try await api.showing(nil).get("/v1/projects/")
            #expect(problem.headers["x-request-id"]?.isEmpty == false)
            // What could break a log line is not taken over.
            let odd = try await api.get("/v1/projects/", headers: ["x-request-id": "short"]).headers["x-request-id"]
            #expect(odd != nil && odd != "short")
        }

        /// Clients that read the schema to the letter: the type of each answer is what it says.
        @Test func answersAreJSONInUTF8() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let name = "Höflichkeit 回答 🙂"
            let made = try await api.makeEvaluator(named: name)
            #expect(made.headers["content-type"] == "application/json")
            #expect(try await api.get("/v1/evaluators/\(made.string("id"))/").string("name") == name)
            let path = "/v1/evaluators/?name=\(name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
            #expect(try await api.get(path).results.map { $0.string("id") } == [made.string("id")])
        }
    }
}
