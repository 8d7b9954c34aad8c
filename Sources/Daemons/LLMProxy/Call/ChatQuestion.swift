internal import ChatModel
internal import Dialects

/// What a caller asks: its bytes, looked into as far as the proxy has to, and the whole of it for those deployments that
/// speak another dialect.
final class ChatQuestion {
    let relayed: RelayedRequest
    private var decoded: ChatRequest?

    init(_ relayed: RelayedRequest) { self.relayed = relayed }

    /// How long its answers may be.
    var answerLimit: AnswerLimit { AnswerLimit(each: relayed.maximumTokens, count: relayed.choices) }

    /// The request in neutral form. Decoded when it is first needed, and once for all deployments that are asked.
    /// - Throws: ``ChatFailure`` naming the field that is wrong.
    func neutral() throws(ChatFailure) -> ChatRequest {
        if let decoded { return decoded }
        let request = try relayed.read()
        decoded = request
        return request
    }
}

/// How long the answers to a call may be.
struct AnswerLimit: Sendable {
    /// The most tokens of each; `nil` when the request does not say it.
    let each: Int?
    let count: Int

    /// There is nothing to write.
    static let none = AnswerLimit(each: 0, count: 1)

    /// The most tokens of all of them together; where the request does not say it, as many as the route's terms expect, or
    /// as the model can write.
    func tokens(of deployment: PreparedDeployment, _ terms: RouteTerms) -> Int {
        let longest = each ?? terms.maximumOutputTokens ?? deployment.longestAnswer
        let (product, overflow) = longest.multipliedReportingOverflow(by: count)
        return overflow ? .max : product
    }
}
