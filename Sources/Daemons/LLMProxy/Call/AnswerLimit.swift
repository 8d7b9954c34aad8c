internal import Dialects

/// How long the answers to a call may be.
struct AnswerLimit: Sendable {
    /// The most tokens of each; `nil` when the request does not say it.
    let each: Int?
    let count: Int

    /// What a request of a chat says of it.
    init(_ relayed: RelayedRequest) { self.init(each: relayed.maximumTokens, count: relayed.choices) }

    private init(each: Int?, count: Int) {
        self.each = each
        self.count = count
    }

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
