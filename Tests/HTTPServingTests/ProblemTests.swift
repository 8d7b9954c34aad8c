import EventLoop
import HTTPMessages
import HTTPServer
import HTTPServing
import JSON
import Testing

@Suite struct ProblemTests {
    private func answer(
        to error: any Error, _ shape: ErrorShape = .problem, mapping: @escaping ProblemMapping = { _ in nil }
    ) async -> HTTPResponse {
        var router = Router()
        router.on(.get, "/x", RouteOptions(errorShape: shape)) { _ in throw error }
        return await Requests.pipeline(router, mapping: mapping).handle(Requests.make(.get, "/x"))
    }

    @Test func theBodyIsTheOneThatClientsParse() async {
        let response = await answer(
            to: APIProblem.authenticationFailed("Authentication credentials were not provided."))
        #expect(response.status == 401)
        #expect(response.headers["content-type"] == "application/problem+json")
        #expect(
            response.text
                == #"{"type":"about:blank","status":401,"title":"Incorrect authentication credentials.","#
                + #""detail":"Authentication credentials were not provided.","instance":null,"#
                + #""code":"authentication_failed"}"#)
    }

    @Test func everyOffendingFieldHasItsList() async throws {
        let problem = APIProblem.invalid(
            "Two fields are wrong.", fields: ["name": ["Too short.", "Not nice."], "status": ["Unknown."]])
        let object = try await answer(to: problem).object
        #expect(object["name"] == ["Too short.", "Not nice."])
        // A field called like a member of the problem must not take its place.
        #expect(object["status"] == 400)
        #expect(object["non_field_errors"] == ["status: Unknown."])
    }

    @Test func openAIRoutesHaveTheErrorObjectToo() async throws {
        let object = try await answer(to: APIProblem.invalid("model", "Unknown model."), .openAI).object
        #expect(object["status"] == 400)
        let error: JSONValue = [
            "message": "model: Unknown model.", "type": "invalid", "code": "invalid", "param": "model",
        ]
        #expect(object["error"] == error)
    }

    @Test func unknownErrorsTellTheClientNothing() async throws {
        struct DatabaseError: Error { let text = "relation secrets does not exist" }
        let response = await answer(to: DatabaseError())
        #expect(response.status == 500)
        #expect(try response.object["code"] == "error")
        #expect(!response.text.contains("secrets"))
    }

    @Test func errorsOfLayersBelowAreMappedInOnePlace() async {
        struct Missing: Error {}
        let response = await answer(to: Missing()) { $0 is Missing ? .notFound("No such judge.") : nil }
        #expect(response.status == 404)
    }

    @Test func aBodyThatIsNoJSONIsAParseError() async throws {
        struct Input: Decodable { let name: String }
        var router = Router()
        router.on(.post, "/x") { try await .json(["name": $0.decode(Input.self).name]) }
        let pipeline = Requests.pipeline(router)
        let broken = await pipeline.handle(Requests.make(.post, "/x", body: #"{"name":"#))
        #expect(broken.status == 400)
        #expect(try broken.object["code"] == "parse_error")
        let wrong = await pipeline.handle(Requests.make(.post, "/x", body: #"{"name":7}"#))
        #expect(wrong.status == 400)
        #expect(try wrong.object["name"] == ["expected a string, found a number"])
        let empty = await pipeline.handle(Requests.make(.post, "/x"))
        #expect(try empty.object["name"] == ["required, but missing"])
    }

    @Test func aBodyThatIsTooLargeIsRefused() async throws {
        var router = Router()
        router.on(.post, "/x", RouteOptions(bodyLimit: 3)) { try await .bytes($0.body(), type: "text/plain") }
        let pipeline = Requests.pipeline(router)
        #expect(await pipeline.handle(Requests.make(.post, "/x", body: "abc")).status == 200)
        let refused = await pipeline.handle(Requests.make(.post, "/x", body: "abcd"))
        #expect(refused.status == 413)
        #expect(try refused.object["code"] == "content_too_large")
    }

    @Test func throttlingSaysWhenToComeBack() async {
        let response = await answer(to: APIProblem.throttled(retryAfter: RetryAfter(.milliseconds(1500))))
        #expect(response.status == 429)
        #expect(response.headers["retry-after"] == "2")
    }

    @Test func retryAfterIsAtLeastASecondAndAtMostAnHour() {
        #expect(RetryAfter(.zero).seconds == 1)
        #expect(RetryAfter(.milliseconds(1001)).seconds == 2)
        #expect(RetryAfter(.seconds(100_000)).seconds == 3600)
    }

    @Test func deadlinesAndCancellationHaveTheirAnswers() async {
        #expect(await answer(to: DeadlineExceeded()).status == 504)
        #expect(await answer(to: CancellationError()).status == 503)
        #expect(await answer(to: HTTPBodyError.timedOut).status == 408)
    }
}
