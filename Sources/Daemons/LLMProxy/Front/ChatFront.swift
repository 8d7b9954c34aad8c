internal import ChatModel
internal import Dialects
internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServer
internal import HTTPServing
internal import Scoring
internal import Spending

/// Answers what is asked in a chat, in whichever dialect.
struct ChatFront: Sendable {
    let endpoint: CallEndpoint
    let equipment: CallEquipment

    private var dialect: ChatDialect { endpoint.dialect }

    /// Answers one call; every failure is an answer in the caller's dialect.
    /// - Throws: `CancellationError` when the caller has left.
    func respond(_ context: RequestContext) async throws -> HTTPResponse {
        let account = CallAccount(endpoint, equipment, context)
        do {
            return try await answer(context, account)
        } catch {
            return try account.response(to: error)
        }
    }

    private func answer(_ context: RequestContext, _ account: CallAccount) async throws -> HTTPResponse {
        let call = try await IncomingCall.read(context, equipment, account)
        let relayed = try RelayedRequest(call.body, dialect: dialect)
        // Here and below: what need not wait mostly costs less where it is not asked to.
        let route =
            if let known = try call.knownRoute(to: relayed.model) { known } else {
                try await call.route(to: relayed.model)
            }
        account.promptSize = PromptSize(of: call.body)
        let cached = CachedCall(call, route, endpoint, equipment.cache)
        if let cached, let replay = await cached.replay(account, at: equipment.now()) { return replay }
        let deadline = call.deadline(on: route)
        let limit = AnswerLimit(relayed)
        if let payment = try call.beginReserving(on: route, limit) {
            try await call.wait(for: payment, limit, until: deadline)
        }
        let asking = call.asking(route, limit, until: deadline)
        let attempt = ChatAttempt(relayed, call, route, until: deadline)
        return relayed.isStreaming
            ? try await stream(asking, attempt, cached) : try await whole(asking, attempt, cached)
    }

    private func whole(_ asking: Asking, _ attempt: ChatAttempt, _ cached: CachedCall?) async throws -> HTTPResponse {
        let account = asking.call.account
        let (visit, answer) = try await asking.ask { try await attempt.whole($0) }
        account.began(visit)
        let tokens = PromptSize(bytes: answer.body.count, images: 0).likelyTokens
        let cost = account.answered(visit, answer.usage, passedOn: tokens)
        var headers = AnswerHeaders.of(
            visit, account, model: answer.model, cost: cost, adjustments: answer.adjustments)
        headers.add("content-type", "application/json")
        if let cached {
            headers.add(ProxyHeader.cache, "miss")
            cached.keep(
                answer.body, "application/json", visit,
                AnsweredCall(
                    usage: answer.usage, cost: cost, model: answer.model,
                    adjusted: AnswerHeaders.text(of: answer.adjustments)), at: equipment.now())
        }
        return HTTPResponse(status: 200, headers: headers, body: .bytes(answer.body))
    }

    private func stream(_ asking: Asking, _ attempt: ChatAttempt, _ cached: CachedCall?) async throws -> HTTPResponse {
        let account = asking.call.account
        let (visit, opened) = try await asking.ask { try await attempt.open($0) }
        account.began(visit)
        var headers = AnswerHeaders.of(
            visit, account, model: opened.translation.model, adjustments: opened.adjustments)
        headers.add("content-type", StreamRelay.contentType)
        headers.add("cache-control", "no-cache")
        // nginx buffers answers unless it is told not to.
        headers.add("x-accel-buffering", "no")
        if cached != nil { headers.add(ProxyHeader.cache, "miss") }
        let relay = LoopBound(
            StreamRelay(
                opened: opened, visit: visit, account: account, dialect: dialect, cached: cached, now: equipment.now))
        return HTTPResponse(status: 200, headers: headers, body: .stream { try await relay.value.run($0) })
    }
}
