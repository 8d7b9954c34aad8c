internal import ChatModel
internal import Dialects
internal import HTTPMessages
internal import JSON

/// AWS Bedrock's Converse, one interface to the models of many makers.
struct ConverseWire: ProviderWire {
    let traits: ModelTraits

    func address(of model: String, at provider: Provider) -> String {
        "\(provider.baseURL)/model/\(ProviderAddress.segment(model))"
    }

    func request(for request: ChatRequest, of endpoint: ModelEndpoint) throws(Unsupported) -> ProviderRequest {
        let method = request.isStreaming ? "converse-stream" : "converse"
        var writer = ConverseRequestWriter(request: request, traits: traits, model: endpoint.model)
        let body = try writer.body()
        var call = ProviderRequest(
            url: "\(endpoint.address)/\(method)", headers: ["content-type": "application/json"], body: body)
        call.adjustments = writer.adjustments
        return call
    }

    private func emulatesSchema(_ request: ChatRequest) -> Bool {
        request.replySchema != nil && !traits.followsSchemas
    }

    func reply(_ body: JSONNode, to request: ChatRequest) throws(ChatFailure) -> ChatReply {
        let reply = try ConverseReplyReader.read(body)
        return emulatesSchema(request) ? AnswerTool.text(in: reply) : reply
    }

    func statedUsage(_ body: JSONNode) -> ChatUsage? { ConverseReplyReader.usage(body["usage"]) }

    func reader(for request: ChatRequest) -> any AnswerReader {
        emulatesSchema(request) ? AnswerToolReader(ConverseStreamReader()) : ConverseStreamReader()
    }

    func report(_ body: [UInt8]) -> FailureReport { FailureReport(body) }
}
