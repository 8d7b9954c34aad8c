import HTTPMessages
import HTTPServer
import HTTPServing
import JSON
import Testing

@Suite struct RouterTests {
    private static let routes: [(HTTPMethod, String)] = [
        (.get, "/v1/evaluators/"), (.post, "/v1/evaluators/"), (.get, "/v1/evaluators/{id}/"),
        (.patch, "/v1/evaluators/{id}/"), (.post, "/v1/evaluators/execute/{id}/"),
        (.post, "/v1/evaluators/execute/by-name/"), (.get, "/v1/evaluators/versions/{id}/"),
        (.post, "/v1/judges/{judge_id}/openai/chat/completions"), (.get, "/docs/download/"),
    ]
    private let pipeline = Requests.pipeline(
        .naming(Self.routes, aliases: PathAliases(of: "v1", alternatives: ["beta"])))

    private func answer(_ method: HTTPMethod, _ path: String) async -> HTTPResponse {
        await pipeline.handle(Requests.make(method, path))
    }

    @Test(arguments: [
        ("/v1/evaluators/", "/v1/evaluators/"), ("/v1/evaluators", "/v1/evaluators/"),
        ("//v1///evaluators//", "/v1/evaluators/"), ("/v1/evaluators/7", "/v1/evaluators/{id}/ id=7"),
        ("/v1/evaluators/a%2Fb%20c/", "/v1/evaluators/{id}/ id=a/b c"), ("/v1/%65valuators/", "/v1/evaluators/"),
        ("/v1/evaluators/versions", "/v1/evaluators/{id}/ id=versions"),
        ("/v1/evaluators/versions/9/", "/v1/evaluators/versions/{id}/ id=9"),
        ("/v1/evaluators/%zz", "/v1/evaluators/{id}/ id=%zz"),
        ("/evaluators/7", "/v1/evaluators/{id}/ id=7"), ("/beta/evaluators/7/", "/v1/evaluators/{id}/ id=7"),
        ("/docs/download", "/docs/download/"),
    ])
    func slashesEncodingAndAliasesDoNotMatter(path: String, expected: String) async {
        #expect(await answer(.get, path).text == expected)
    }

    @Test func aLiteralWinsOverAParameter() async {
        #expect(await answer(.post, "/v1/evaluators/execute/by-name").text == "/v1/evaluators/execute/by-name/")
        #expect(await answer(.post, "/v1/evaluators/execute/x").text == "/v1/evaluators/execute/{id}/ id=x")
    }

    @Test func headIsAnsweredByGet() async {
        #expect(await answer(.head, "/v1/evaluators/").status == 200)
    }

    @Test func anotherMethodIsRefusedWithThoseThatAreAllowed() async throws {
        let response = await answer(.delete, "/v1/evaluators/7/")
        #expect(response.status == 405)
        #expect(response.headers["allow"] == "GET, HEAD, PATCH")
        #expect(try response.object["code"] == "method_not_allowed")
    }

    @Test(arguments: ["/", "/v1", "/v1/nothing/", "/v2/evaluators/", "/v1/evaluators/7/x", "/beta", "/beta/beta/x"])
    func otherPathsAreNotFoundInAProblemBody(path: String) async throws {
        let response = await answer(.get, path)
        #expect(response.status == 404)
        #expect(try response.object["status"] == 404)
        #expect(try response.object["code"] == "not_found")
    }

    @Test func routesAreServedBelowThePrefixOnly() async {
        let pipeline = Requests.pipeline(.naming(Self.routes)) { $0.prefix = "/scorable" }
        #expect(await pipeline.handle(Requests.make(.get, "/scorable/v1/evaluators/7")).text.hasSuffix("id=7"))
        #expect(await pipeline.handle(Requests.make(.get, "/v1/evaluators/7")).status == 404)
        #expect(await pipeline.handle(Requests.make(.get, "/scorablev1/evaluators/7")).status == 404)
    }

    @Test func includedRoutesAreWrappedFromTheOutsideIn() async {
        func marking(_ mark: String) -> Middleware {
            { next in
                { context in
                    var response = try await next(context)
                    response.headers.add("x-mark", mark)
                    return response
                }
            }
        }
        var router = Router()
        router.include(.naming([(.get, "/b/{id}")]), under: "/a", through: [marking("outer"), marking("inner")])
        let response = await Requests.pipeline(router).handle(Requests.make(.get, "/a/b/1"))
        #expect(response.text.hasSuffix("id=1"))
        #expect(response.headers.all("x-mark") == ["inner", "outer"])
    }

    /// Every path made from a set of routes leads to the route it was made from, whatever else is registered.
    @Test func everyRouteIsReachedByItsOwnPaths() async {
        var random = SplitMix(seed: 7)
        for _ in 0..<40 {
            let patterns = Set((0..<12).map { _ in Self.pattern(&random) })
            let pipeline = Requests.pipeline(.naming(patterns.map { (.get, $0) }))
            for pattern in patterns {
                // Values that are no literal of any pattern, so that the answer is unambiguous.
                let path = pattern.split(separator: "/").map {
                    $0.first == "{" ? "%C3%A9\(Int.random(in: 0...99, using: &random))" : $0
                }
                let text = await pipeline.handle(Requests.make(.get, "/" + path.joined(separator: "/"))).text
                #expect(text.split(separator: " ").first.map(String.init) == pattern)
            }
        }
    }

    private static func pattern(_ random: inout SplitMix) -> String {
        let segments = (0..<Int.random(in: 1...4, using: &random)).map { depth in
            Bool.random(using: &random) ? ["a", "b", "c"][Int.random(in: 0..<3, using: &random)] : "{p\(depth)}"
        }
        return "/" + segments.joined(separator: "/")
    }
}

/// A generator whose numbers a failure can be reproduced with.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
