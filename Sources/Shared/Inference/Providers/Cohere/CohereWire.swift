internal import ChatModel
internal import Dialects
internal import HTTPMessages
internal import JSON

/// Cohere's chat, version 2.
struct CohereWire: ProviderWire {
    let traits: ModelTraits

    func address(of model: String, at provider: Provider) -> String {
        ProviderAddress.url(provider.baseURL, version: "v2", path: "/chat")
    }

    func request(for request: ChatRequest, of endpoint: ModelEndpoint) throws(Unsupported) -> ProviderRequest {
        var writer = CohereRequestWriter(request: request, traits: traits)
        let body = try writer.body(model: endpoint.model)
        var call = ProviderRequest(
            url: endpoint.address, headers: ["content-type": "application/json"], body: body)
        call.adjustments = writer.adjustments
        return call
    }

    func reply(_ body: JSONNode, to request: ChatRequest) throws(ChatFailure) -> ChatReply {
        try CohereReplyReader.read(body)
    }

    func statedUsage(_ body: JSONNode) -> ChatUsage? { CohereReplyReader.usage(body["usage"]) }

    func reader(for request: ChatRequest) -> any AnswerReader { CohereStreamReader() }

    func report(_ body: [UInt8]) -> FailureReport { FailureReport(body) }
}
