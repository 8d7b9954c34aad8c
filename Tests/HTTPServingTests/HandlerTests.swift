import HTTPMessages
import HTTPServing
import Testing

/// Handlers are written without importing the server: this file compiles only as long as that is so.
@Suite struct HandlerTests {
    private struct Echo: Codable {
        let name: String
    }

    private func echo(_ context: RequestContext) async throws -> Reply {
        let input = try await context.decode(Echo.self)
        guard context.header("x-refuse") == nil else { throw APIProblem.permissionDenied() }
        return Reply.json(input, status: 201).adding("location", "/echo/\(input.name)")
    }

    @Test func aHandlerDecodesAndAnswers() async throws {
        let context = Requests.context("/echo/", .post, body: #"{"name":"a"}"#)
        let reply = try await echo(context)
        #expect(reply.text == #"{"name":"a"}"#)
        let refused = Requests.context("/echo/", .post, headers: ["x-refuse": "1"], body: #"{"name":"a"}"#)
        await #expect(throws: APIProblem.permissionDenied()) { try await echo(refused) }
    }
}
