internal import ChatModel
internal import Dialects
internal import HTTPMessages
internal import JSON

/// OpenAI's responses, for models that are asked by nothing else.
struct ResponsesWire: ProviderWire {
    func address(of model: String, at provider: Provider) -> String { OpenAIAddress.responses(of: provider) }

    func request(for request: ChatRequest, of endpoint: ModelEndpoint) throws(Unsupported) -> ProviderRequest {
        let (body, adjustments) = try ResponsesRequestWriter.body(of: request, model: endpoint.model)
        var call = ProviderRequest(
            url: endpoint.address, headers: ["content-type": "application/json"], body: body)
        call.adjustments = adjustments
        return call
    }

    func reply(_ body: JSONNode, to request: ChatRequest) throws(ChatFailure) -> ChatReply {
        try ResponsesReplyReader.read(body)
    }

    func statedUsage(_ body: JSONNode) -> ChatUsage? { ResponsesUsage.read(body["usage"]) }

    func reader(for request: ChatRequest) -> any AnswerReader { ResponsesStreamReader() }

    func report(_ body: [UInt8]) -> FailureReport { FailureReport(body) }
}
