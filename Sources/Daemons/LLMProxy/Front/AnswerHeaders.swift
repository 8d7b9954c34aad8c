internal import ChatModel
internal import HTTPMessages
internal import Scoring

/// What every answer says about itself beside its content.
enum AnswerHeaders {
    /// Names the call by the field that Anthropic's clients look for; the one of OpenAI's is in every answer.
    static func identify(_ requestID: String, _ dialect: ChatDialect, in headers: inout HTTPHeaders) {
        if dialect == .messages { headers.add("request-id", requestID) }
    }

    /// Who answered, for how much, and what of the request was not as it was asked.
    static func of(
        _ visit: Visit, _ account: CallAccount, model: String?, cost: Money? = nil, adjustments: [Adjustment] = []
    ) -> HTTPHeaders {
        var headers = HTTPHeaders()
        headers.reserveCapacity(10)
        identify(account.requestID, account.endpoint.dialect, in: &headers)
        headers.add(ProxyHeader.model, model ?? visit.deployment.modelName)
        headers.add(ProxyHeader.provider, visit.deployment.providerName)
        headers.add(ProxyHeader.timing, account.timing.bytes.span)
        if let cost { headers.add(ProxyHeader.cost, String(cost.nanoDollars)) }
        if let text = text(of: adjustments) { headers.add(ProxyHeader.adjusted, text) }
        return headers
    }

    /// What was not as it was asked, in one field; `nil` for nothing.
    static func text(of adjustments: [Adjustment]) -> String? {
        adjustments.isEmpty ? nil : adjustments.map(\.description).joined(separator: ", ")
    }
}
