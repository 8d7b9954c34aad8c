internal import ChatModel
internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServer
internal import Scoring
internal import Spending

/// A call whose answer may be one that was given before, and may be given again.
///
/// A class, so that calls without a cache do not carry the room for one.
final class CachedCall: Sendable {
    private let cache: ExactCache
    private let key: CacheKey
    private let lifetime: Duration
    /// Whether an older answer will do.
    private let acceptsOld: Bool

    /// `nil` when the route keeps no answers, the caller wants none kept, or the request is of no kind that is kept.
    init?(
        _ call: IncomingCall, _ route: PreparedRoute, _ endpoint: CallEndpoint, _ cache: ExactCache?
    ) {
        guard let cache, let lifetime = route.terms.answersKeptFor else { return nil }
        let wishes = call.headers[ProxyHeader.cache]?.lowercased() ?? ""
        guard !wishes.contains("no-store"), let first = route.deployments.first,
            let key = CacheKey(
                CacheKey.Question(
                    organization: call.caller.payer.organization,
                    dispensable: call.headers[ProxyHeader.dispensable] ?? "",
                    endpoint: endpoint.path,
                    provider: first.providerName, model: first.modelName,
                    fields: Self.fields(call.headers, endpoint.dialect), body: call.body))
        else { return nil }
        self.cache = cache
        self.key = key
        self.lifetime = lifetime
        acceptsOld = !wishes.contains("no-cache")
    }

    /// The caller's fields that are passed on to providers.
    private static func fields(_ headers: HTTPHeaders, _ dialect: ChatDialect) -> [String] {
        switch dialect {
        case .messages: [headers["anthropic-version"] ?? ""] + headers.all("anthropic-beta")
        case .chatCompletions, .responses: []
        }
    }

    /// The answer that was given before, marked as such; `nil` when there is none.
    func replay(_ account: CallAccount, at now: Date) async -> HTTPResponse? {
        guard acceptsOld, let answer = await cache.find(key) else { return nil }
        account.replayed(answer)
        var headers: HTTPHeaders = [
            "content-type": answer.contentType, ProxyHeader.model: answer.model, ProxyHeader.provider: answer.provider,
            ProxyHeader.cost: "0", ProxyHeader.cache: "hit",
            ProxyHeader.cacheAge: String(max(0, Int(now.timeIntervalSince(answer.givenAt)))),
            ProxyHeader.saved: String(answer.cost.nanoDollars),
        ]
        if let adjusted = answer.adjusted { headers.add(ProxyHeader.adjusted, adjusted) }
        if answer.contentType.hasPrefix("text/event-stream") { headers.add("cache-control", "no-cache") }
        AnswerHeaders.identify(account.requestID, account.endpoint.dialect, in: &headers)
        return HTTPResponse(status: 200, headers: headers, body: .bytes(answer.body))
    }

    /// What takes down an answer that is on its way.
    func recorder() -> AnswerRecorder { cache.recorder() }

    /// Keeps an answer that came to its proper end, for the next who asks the same. The caller does not wait for it. Those of
    /// a model that stood in are not kept: the one that is asked for may be back at any moment.
    func keep(_ body: [UInt8]?, _ contentType: String, _ visit: Visit, _ answered: AnsweredCall, at now: Date) {
        guard let body, !visit.deployment.isFallback else { return }
        let answer = CachedAnswer(
            contentType: contentType, body: body, provider: visit.deployment.providerName,
            model: answered.model ?? visit.deployment.modelName, promptTokens: answered.usage?.promptTokens ?? 0,
            completionTokens: answered.usage?.completionTokens ?? 0, cost: answered.cost ?? .zero, givenAt: now,
            adjusted: answered.adjusted)
        // It ends by the deadline of a command of Redis.
        Loop.current?.spawn { [cache, key, lifetime] in await cache.keep(answer, under: key, for: lifetime) }
    }
}

/// What an answer was, for whoever keeps it.
struct AnsweredCall: Sendable {
    let usage: ChatUsage?
    let cost: Money?
    let model: String?
    /// What of the question was left out or approximated.
    let adjusted: String?
}
