internal import ChatModel
internal import Dialects
internal import HTTPMessages
internal import JSON

/// Anthropic's messages.
struct MessagesWire: ProviderWire {
    let style: MessagesStyle

    init(_ traits: ModelTraits) {
        var style = MessagesStyle()
        style.takesSampling = traits.takesSampling
        style.followsSchemas = traits.followsSchemas
        style.longestAnswer = traits.longestAnswer
        style.thinking =
            switch traits.thinking {
            case .budget: .budget
            case .effort: .effort
            case .none: .none
            }
        self.style = style
    }

    func address(of model: String, at provider: Provider) -> String {
        ProviderAddress.url(provider.baseURL, version: "v1", path: "/messages")
    }

    func request(for request: ChatRequest, of endpoint: ModelEndpoint) throws(Unsupported) -> ProviderRequest {
        let (body, adjustments) = try MessagesRequestWriter.body(of: request, model: endpoint.model, style: style)
        var call = ProviderRequest(
            url: endpoint.address,
            headers: Self.headers(
                endpoint.provider,
                isSampling: request.sampling.temperature != nil || request.sampling.topP != nil
                    || request.sampling.topK != nil), body: body)
        call.adjustments = adjustments
        return call
    }

    /// The newer version refuses every parameter of sampling, so the request decides.
    static func headers(_ provider: Provider, isSampling: Bool) -> HTTPHeaders {
        [
            "content-type": "application/json",
            "anthropic-version": provider.settings.apiVersion ?? (isSampling ? "2023-06-01" : "2026-10-21"),
        ]
    }

    func reply(_ body: JSONNode, to request: ChatRequest) throws(ChatFailure) -> ChatReply {
        let reply = try MessagesReplyReader.read(body)
        return MessagesRequestWriter.emulatesSchema(request, style) ? AnswerTool.text(in: reply) : reply
    }

    func reader(for request: ChatRequest) -> any AnswerReader {
        let reader = MessagesStreamReader()
        return MessagesRequestWriter.emulatesSchema(request, style) ? AnswerToolReader(reader) : reader
    }

    func report(_ body: [UInt8]) -> FailureReport {
        var report = FailureReport(body)
        switch report.type {
        case "overloaded_error": report.status = 529
        case "rate_limit_error": report.status = 429
        case "api_error": report.status = 500
        case "timeout_error": report.status = 504
        case "invalid_request_error": report.status = 400
        case "authentication_error": report.status = 401
        case "permission_error": report.status = 403
        case "not_found_error": report.status = 404
        default: break
        }
        return report
    }
}
