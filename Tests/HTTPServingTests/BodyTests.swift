import HTTPMessages
import HTTPServer
import HTTPServing
import Testing

@Suite struct BodyTests {
    private struct Input: Decodable, Equatable {
        var name: String?
        var count: Int?
    }

    @Test func anEmptyBodyIsNoneWhereItIsOptional() async throws {
        let context = Requests.context("/x", .post, headers: ["content-type": "application/json"])
        #expect(try await context.decodeIfPresent(Input.self) == nil)
        #expect(try await context.decode(Input.self) == Input())
    }

    @Test(arguments: [
        nil, "application/json", "application/json; charset=utf-8", "text/plain", "application/problem+json",
    ])
    func looselyLabelledJSONIsRead(type: String?) async throws {
        let headers: HTTPHeaders = type.map { ["content-type": $0] } ?? [:]
        let context = Requests.context("/x", .post, headers: headers, body: #"{"name":"a","unknown":1,"count":null}"#)
        #expect(try await context.decode(Input.self) == Input(name: "a"))
    }

    @Test func otherBodiesAreRefusedByTheirType() async {
        let context = Requests.context("/x", .post, headers: ["content-type": "application/xml"], body: "<a/>")
        let problem = await #expect(throws: APIProblem.self) { try await context.decode(Input.self) }
        #expect(problem?.status == 415)
        #expect(problem?.detail.contains("application/json") == true)
    }

    @Test func formsAreReadWhereTheyAreAskedFor() async throws {
        let type: HTTPHeaders = ["content-type": "application/x-www-form-urlencoded"]
        let form = try await Requests.context("/x", .post, headers: type, body: "name=a+b&tags=x&tags=y").form()
        #expect(form["name"] == "a b")
        #expect(form.list("tags") == ["x", "y"])
        await #expect(throws: APIProblem.self) { try await Requests.context("/x", .post, body: "{}").form() }
    }

    @Test func multipartIsRecognisedByItsFirstLineEvenWhenItIsLabelledAsJSON() {
        let body = Array("--abc123\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--abc123--\r\n".utf8)
        #expect(BodyFormat(contentType: "application/json", body: body) == .multipart(boundary: "abc123"))
        #expect(
            BodyFormat(contentType: "multipart/form-data; boundary=\"q w\"", body: body) == .multipart(boundary: "q w"))
        #expect(BodyFormat(contentType: "application/json", body: Array("-- no".utf8)) == .json)
    }
}
