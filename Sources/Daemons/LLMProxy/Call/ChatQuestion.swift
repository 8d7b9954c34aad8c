internal import ChatModel
internal import Dialects

/// What a caller asks: its bytes, looked into as far as the proxy has to, and the whole of it for those deployments that
/// speak another dialect.
final class ChatQuestion {
    let relayed: RelayedRequest
    private var decoded: ChatRequest?

    init(_ relayed: RelayedRequest) { self.relayed = relayed }

    /// How many tokens all its answers together may have; where the request does not say it, each may have `usual`.
    func outputTokens(otherwise usual: Int?) -> Int {
        (relayed.maximumTokens ?? usual ?? Self.usualTokens) * relayed.choices
    }

    private static let usualTokens = 4096

    /// The request in neutral form. Decoded when it is first needed, and once for all deployments that are asked.
    /// - Throws: ``ChatFailure`` naming the field that is wrong.
    func neutral() throws(ChatFailure) -> ChatRequest {
        if let decoded { return decoded }
        let request = try relayed.read()
        decoded = request
        return request
    }
}
