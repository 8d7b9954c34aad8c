import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPServing
import JSON
import Logging
import Observability
import Tenancy

/// Requests without a network.
enum Requests {
    static let surroundings = RequestPipeline.Surroundings(
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, metrics: Metrics(),
        identifiers: IdentifierSource(now: { Date() }), traceIdentifiers: TraceIdentifiers(seed: 1))

    static func make(
        _ method: HTTPMethod = .get, _ target: String, headers: HTTPHeaders = [:], body: String = ""
    ) -> HTTPRequest {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return HTTPRequest(
            method: method, path: String(parts[0]), query: parts.count == 2 ? String(parts[1]) : nil,
            headers: headers, remoteAddress: "127.0.0.1", isSecure: false, body: HTTPRequestBody(Array(body.utf8)))
    }

    static func context(
        _ target: String, _ method: HTTPMethod = .get, headers: HTTPHeaders = [:], body: String = "",
        bodyLimit: Int = 1 << 20
    ) -> RequestContext {
        RequestContext(
            request: make(method, target, headers: headers, body: body), requestID: "test-request",
            trace: TraceContext(startedWith: surroundings.traceIdentifiers), bodyLimit: bodyLimit,
            logger: surroundings.logger, traceIdentifiers: surroundings.traceIdentifiers)
    }

    static func pipeline(
        _ router: Router, metrics: Metrics = Metrics(), _ change: (inout RequestPipeline.Options) -> Void = { _ in },
        mapping: @escaping ProblemMapping = { _ in nil }
    ) -> RequestPipeline {
        var options = RequestPipeline.Options(listener: "test")
        change(&options)
        return RequestPipeline(
            router, options,
            in: RequestPipeline.Surroundings(
                logger: surroundings.logger, metrics: metrics, identifiers: surroundings.identifiers,
                traceIdentifiers: surroundings.traceIdentifiers),
            mapping: mapping)
    }
}

extension HTTPResponse {
    /// The body as text; a stream's is not produced.
    var text: String {
        guard case .bytes(let bytes) = body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The body as a JSON object, empty when it is none.
    var object: JSONObject {
        get throws {
            guard case .bytes(let bytes) = body, case .object(let object) = try JSONParser.parse(bytes) else {
                return [:]
            }
            return object
        }
    }
}

extension Router {
    /// A router whose answers name the route and its parameters, for tests of routing.
    static func naming(_ routes: [(HTTPMethod, String)], aliases: PathAliases? = nil) -> Router {
        var router = Router(aliases: aliases)
        for (method, path) in routes {
            router.on(method, path) { context in
                let names = path.split(separator: "/").filter { $0.first == "{" }.map {
                    String($0.dropFirst().dropLast())
                }
                let values = names.map { "\($0)=\(context.pathParameters[$0])" }
                return .text(([path] + values).joined(separator: " "))
            }
        }
        return router
    }
}
