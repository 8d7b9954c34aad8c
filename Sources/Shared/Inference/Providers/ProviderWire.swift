internal import ChatModel
internal import Dialects
internal import HTTPMessages
internal import JSON

/// A wire language that providers speak: how a request is written, and how an answer, a stream and an error are read.
protocol ProviderWire: Sendable {
    /// Where a model is asked; the same for every call of it.
    func address(of model: String, at provider: Provider) -> String
    /// The call for `request`, without credentials.
    func request(for request: ChatRequest, of endpoint: ModelEndpoint) throws(Unsupported) -> ProviderRequest
    /// The answer in one piece, which is no error.
    func reply(_ body: JSONNode, to request: ChatRequest) throws(ChatFailure) -> ChatReply
    /// What was used by the word of a document that need not be an answer; `nil` when it does not say.
    func statedUsage(_ body: JSONNode) -> ChatUsage?
    /// A reader of the events of one stream.
    func reader(for request: ChatRequest) -> any AnswerReader
    /// What an error body says.
    func report(_ body: [UInt8]) -> FailureReport
}
