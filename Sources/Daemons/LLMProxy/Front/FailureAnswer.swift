internal import ChatModel
internal import Dialects
internal import HTTPMessages
internal import HTTPServer
internal import HTTPServing
internal import JSON

/// What callers are answered that get no answer of a model, in their own dialect.
struct FailureAnswer {
    let dialect: ChatDialect
    let requestID: String

    /// A call that failed; `timing` is where its time went.
    func response(_ failure: ChatFailure, timing: ProxyTiming? = nil) -> HTTPResponse {
        var headers: HTTPHeaders = ["content-type": "application/json"]
        AnswerHeaders.identify(requestID, dialect, in: &headers)
        if let timing { headers.add(ProxyHeader.timing, timing.text) }
        if let provider = failure.provider { headers.add(ProxyHeader.provider, provider) }
        if let wait = failure.retryAfter { headers["retry-after"] = String(RetryAfter(wait).seconds) }
        // The clients of OpenAI and Anthropic retry many statuses by themselves, also where that cannot help.
        if !failure.isTransient { headers.add("x-should-retry", "false") }
        return HTTPResponse(
            status: dialect.status(of: failure), headers: headers,
            body: .bytes(dialect.body(of: failure, requestID: requestID)))
    }

    /// A caller that is not known.
    func response(_ refusal: CallerRefusal) -> HTTPResponse {
        let message =
            switch refusal {
            case .unknown: "Show a key as “authorization: Bearer KEY” or as “x-api-key: KEY”."
            case .invalid: "The key is not valid here."
            }
        var error: JSONObject = ["message": .string(message)]
        var body: JSONObject = [:]
        switch dialect {
        case .messages:
            error["type"] = "authentication_error"
            body["type"] = "error"
            body["request_id"] = .string(requestID)
        case .chatCompletions, .responses:
            error["type"] = "invalid_request_error"
            error["param"] = .null
            error["code"] = "invalid_api_key"
        }
        body["error"] = .object(error)
        var headers: HTTPHeaders = [
            "content-type": "application/json", "www-authenticate": "Bearer", "x-should-retry": "false",
        ]
        AnswerHeaders.identify(requestID, dialect, in: &headers)
        return HTTPResponse(status: 401, headers: headers, body: .bytes(JSONWriter.bytes(of: .object(body))))
    }

    /// A request that is refused before it is read, in Anthropic's form; `nil` where OpenAI's is, which every route has.
    func response(_ problem: APIProblem) -> HTTPResponse? {
        guard dialect == .messages else { return nil }
        var headers = problem.headers
        headers["content-type"] = "application/json"
        AnswerHeaders.identify(requestID, dialect, in: &headers)
        let type =
            switch problem.status {
            case 408: "timeout_error"
            case 413: "request_too_large"
            case 400..<500: "invalid_request_error"
            default: "api_error"
            }
        let body: JSONObject = [
            "type": "error", "error": .object(["type": .string(type), "message": .string(problem.detail)]),
            "request_id": .string(requestID),
        ]
        return HTTPResponse(
            status: problem.status, headers: headers, body: .bytes(JSONWriter.bytes(of: .object(body))))
    }
}
