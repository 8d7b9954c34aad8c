internal import ChatModel
internal import Dialects
internal import HTTPMessages
internal import JSON

/// OpenAI's chat completions, which most servers speak with small differences.
struct CompletionsWire: ProviderWire {
    let style: CompletionStyle

    func address(of model: String, at provider: Provider) -> String {
        OpenAIAddress.url(of: provider, model: model, path: "/chat/completions")
    }

    func request(for request: ChatRequest, of endpoint: ModelEndpoint) throws(Unsupported) -> ProviderRequest {
        let (body, adjustments) = try CompletionRequestWriter.body(of: request, model: endpoint.model, style: style)
        var call = ProviderRequest(
            url: endpoint.address, headers: ["content-type": "application/json"], body: body)
        call.adjustments = adjustments
        return call
    }

    func reply(_ body: JSONNode, to request: ChatRequest) throws(ChatFailure) -> ChatReply {
        let reply = try CompletionReplyReader.read(body)
        if reply.choices.contains(where: { $0.finishReason == .other("error") }) {
            throw ChatFailure(.providerError, "the model broke off with an error")
        }
        return reply
    }

    func statedUsage(_ body: JSONNode) -> ChatUsage? { CompletionUsage.read(body["usage"]) }

    func reader(for request: ChatRequest) -> any AnswerReader { CompletionStreamReader() }

    func report(_ body: [UInt8]) -> FailureReport { FailureReport(body) }
}

/// Where servers of OpenAI's family have their paths.
enum OpenAIAddress {
    /// The address of `path`, for example `/chat/completions`.
    static func url(of provider: Provider, model: String, path: String) -> String {
        guard provider.kind == .azureOpenAI else {
            return ProviderAddress.url(provider.baseURL, version: "v1", path: path)
        }
        let resource = resource(of: provider)
        guard let version = provider.settings.apiVersion else { return "\(resource)/openai/v1\(path)" }
        let deployment = ProviderAddress.segment(model)
        return "\(resource)/openai/deployments/\(deployment)\(path)?api-version=\(version)"
    }

    /// Azure's address without the beginning of a path that its portal shows in several lengths.
    static func resource(of provider: Provider) -> Substring {
        var base = provider.baseURL[...]
        for ending in ["/v1", "/openai"] where base.hasSuffix(ending) { base = base.dropLast(ending.count) }
        return base
    }
}

extension OpenAIAddress {
    /// The address of OpenAI's responses; Azure's has no deployment in it.
    static func responses(of provider: Provider) -> String {
        guard provider.kind == .azureOpenAI, let version = provider.settings.apiVersion else {
            return url(of: provider, model: "", path: "/responses")
        }
        return "\(resource(of: provider))/openai/responses?api-version=\(version)"
    }
}
