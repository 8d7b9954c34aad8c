internal import ChatModel
internal import Dialects
internal import HTTPMessages
internal import JSON

/// Google's `generateContent`, of Gemini's own service and of Vertex AI.
struct GeminiWire: ProviderWire {
    let traits: ModelTraits

    func address(of model: String, at provider: Provider) -> String { GoogleAddress.model(model, of: provider) }

    func request(for request: ChatRequest, of endpoint: ModelEndpoint) throws(Unsupported) -> ProviderRequest {
        let method = request.isStreaming ? "streamGenerateContent?alt=sse" : "generateContent"
        var writer = GeminiRequestWriter(
            request: request, traits: traits, isVertex: endpoint.provider.kind == .vertexAI)
        let body = try writer.body()
        var call = ProviderRequest(
            url: "\(endpoint.address):\(method)", headers: ["content-type": "application/json"], body: body)
        call.adjustments = writer.adjustments
        return call
    }

    func reply(_ body: JSONNode, to request: ChatRequest) throws(ChatFailure) -> ChatReply {
        try GeminiReplyReader.read(body)
    }

    func statedUsage(_ body: JSONNode) -> ChatUsage? { GeminiReplyReader.usage(body["usageMetadata"]) }

    func reader(for request: ChatRequest) -> any AnswerReader { GeminiStreamReader() }

    func report(_ body: [UInt8]) -> FailureReport { GoogleErrors.report(body) }
}
