internal import Scoring
internal import ChatModel
internal import Dialects
internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Spending
internal import Tenancy
internal import WireAPI

/// Calls that operators make to see whether a model answers. They go the way of every call, budgets and breakers included,
/// and are written down like every call.
package struct TestCalls: Sendable {
    /// How long one may take.
    static let patience: Duration = .seconds(60)
    private static let prompt = "Answer with the one word: ready"
    private static let outputTokens = 64

    private let equipment: CallEquipment

    package init(_ equipment: CallEquipment) { self.equipment = equipment }

    /// Makes one call. That it fails is a result, too.
    func make(
        for organization: OrganizationID, model: String, prompt: String?, in context: RequestContext
    ) async throws -> ProxyTestResult {
        let account = CallAccount(.chatCompletions, equipment, context)
        do {
            return try await answered(organization, model, prompt ?? Self.prompt, context, account)
        } catch let failure as ChatFailure {
            account.failed(failure)
            return ProxyTestResult(
                isAnswered: false, sentence: "The call failed: \(failure.message).", provider: failure.provider,
                durationMs: Int(account.duration.wholeMilliseconds), code: failure.code.rawValue,
                providerStatus: failure.providerStatus, providerMessage: failure.providerMessage)
        } catch is CancellationError {
            account.abandoned()
            throw CancellationError()
        }
    }

    private func answered(
        _ organization: OrganizationID, _ model: String, _ prompt: String, _ context: RequestContext,
        _ account: CallAccount
    ) async throws -> ProxyTestResult {
        var request = ChatRequest(model: model, messages: [ChatMessage(role: .user, content: prompt)])
        request.maximumTokens = Self.outputTokens
        let relayed = try RelayedRequest(request.body(), dialect: .chatCompletions)
        let caller = Caller(payer: Payer(organization: organization), lane: .interactive)
        let call = IncomingCall(caller, body: relayed.bytes, context, equipment, account)
        let route = try await call.route(to: model)
        account.promptSize = PromptSize(of: relayed.bytes)
        let deadline = call.deadline(on: route)
        let limit = AnswerLimit(relayed)
        try await call.reserve(on: route, limit, until: deadline)
        let asking = call.asking(route, limit, until: deadline)
        let attempt = ChatAttempt(relayed, call, route, until: deadline)
        let (visit, whole) = try await asking.ask { try await attempt.whole($0) }
        account.began(visit)
        let cost = account.answered(visit, whole.usage, passedOn: 0)
        let reply = try ChatReply(body: whole.body)
        let provider = visit.deployment.providerName
        return ProxyTestResult(
            isAnswered: true, sentence: "\(visit.deployment.modelName) of \(provider) answered.", provider: provider,
            model: whole.model ?? visit.deployment.modelName,
            text: (reply.content ?? reply.refusal).map { String($0.prefix(500)) },
            durationMs: Int(account.duration.wholeMilliseconds), promptTokens: whole.usage?.promptTokens,
            completionTokens: whole.usage?.completionTokens, costNanodollars: cost?.nanoDollars)
    }
}
