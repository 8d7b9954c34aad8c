internal import ChatModel
package import EventLoop
internal import HTTPMessages
internal import HTTPServer
internal import HTTPServing
package import HTTPTransfer
internal import JSON
internal import Logging
internal import Providers
internal import Scoring

/// Serves `POST /v1/chat/completions`: finds who serves the model, waits for a place there, asks, and passes on what
/// comes back.
package struct ChatCompletions: Sendable {
    let client: HTTPClient
    let settings: ProxySettings
    let routes: LoopLocal<RouteCache>
    let gates: LoopLocal<ProviderGate>
    let metrics: ProxyMetrics
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    package init(
        client: HTTPClient, settings: ProxySettings, routes: LoopLocal<RouteCache>, gates: LoopLocal<ProviderGate>,
        metrics: ProxyMetrics, now: @escaping @Sendable () -> Int64
    ) {
        self.client = client
        self.settings = settings
        self.routes = routes
        self.gates = gates
        self.metrics = metrics
        self.now = now
    }

    /// Answers one call; every failure is an answer of OpenAI's form.
    /// - Throws: `CancellationError` when the caller has left.
    func respond(_ context: RequestContext) async throws -> HTTPResponse {
        let account = CallAccount(metrics: metrics, logger: { context.logger })
        do {
            let call = try ChatCall(body: await context.body(), headers: context.request.headers)
            account.model = call.model
            let route = try await route(of: call)
            account.route = route
            if let obstacle = route.obstacle { throw obstacle }
            let remaining = context.deadline.remaining ?? settings.totalTimeout
            let deadline = Deadline.after(remaining - min(settings.reserve, remaining / 4))
            switch route.upstream.dialect {
            case .demo: return try demonstration(call, context, account)
            case .openAICompatible(let endpoint):
                account.ticket = try await place(at: route, until: deadline, account)
                let upstream = UpstreamCall(
                    client: client, settings: settings, upstream: route.upstream, deadline: deadline, now: now)
                let request = try request(call, route.upstream, endpoint)
                return call.isStreaming
                    ? try await stream(call, upstream, request, context, account)
                    : try await complete(upstream, request, context, account)
            }
        } catch let failure as ChatFailure {
            account.failed(failure)
            return Self.response(failure, context)
        } catch is CancellationError {
            account.abandoned(nil)
            throw CancellationError()
        }
    }

    private func route(of call: ChatCall) async throws -> CallRoute {
        do {
            if let route = try await routes.current.route(call.organization, call.model) { return route }
        } catch {
            throw ChatFailure(
                .providerError, "which provider serves the model \"\(call.model)\" cannot be looked up now")
        }
        throw ChatFailure(.noProvider, "no provider serves a model called \"\(call.model)\"")
    }

    private func place(
        at route: CallRoute, until deadline: Deadline, _ account: CallAccount
    ) async throws -> ProviderGate.Ticket {
        let asked = ContinuousClock.now
        do {
            let ticket = try await gates.current.enter(route.place, until: deadline)
            metrics.waited(asked.duration(to: .now))
            return ticket
        } catch {
            let provider = route.upstream.provider
            switch error {
            case .cancelled: throw CancellationError()
            case .full:
                throw ChatFailure(
                    .rateLimited, "too many calls already wait for provider \(provider)", provider: provider,
                    retryAfter: .seconds(1))
            case .timedOut:
                throw ChatFailure(
                    .rateLimited, "no place at provider \(provider) became free in time", provider: provider)
            }
        }
    }

    private func request(_ call: ChatCall, _ upstream: Upstream, _ endpoint: String) throws -> OutboundRequest {
        OutboundRequest(
            method: .post, url: endpoint,
            headers: OpenAIRequest.headers(key: upstream.key),
            body: .bytes(try OpenAIRequest.body(call.body, model: upstream.model, isStreaming: call.isStreaming)),
            // A connection that was kept and turns out to be closed has done nothing for us.
            isIdempotent: true)
    }

    // MARK: Answers

    private func complete(
        _ upstream: UpstreamCall, _ request: OutboundRequest, _ context: RequestContext, _ account: CallAccount
    ) async throws -> HTTPResponse {
        let outcome = try await upstream.complete(request)
        account.attempts = outcome.attempts
        let completion = try outcome.value.get()
        account.began()
        let cost = account.answered(completion.reply.usage)
        var headers = Self.headers(model: completion.reply.model ?? upstream.upstream.model, upstream.upstream, cost)
        headers.add("content-type", "application/json")
        return HTTPResponse(status: 200, headers: headers, body: .bytes(completion.response.body))
    }

    private func stream(
        _ call: ChatCall, _ upstream: UpstreamCall, _ request: OutboundRequest, _ context: RequestContext,
        _ account: CallAccount
    ) async throws -> HTTPResponse {
        let outcome = try await upstream.open(request, stripsUsage: !call.wantsUsage)
        account.attempts = outcome.attempts
        let opened = try outcome.value.get()
        account.began()
        let relay = StreamRelay(
            opened: opened, upstream: upstream.upstream, requestID: context.requestID, account: account)
        let model = opened.follower.model ?? upstream.upstream.model
        return HTTPResponse(
            status: 200, headers: Self.streamHeaders(model: model, upstream.upstream),
            body: .stream { writer in try await relay.run(writer) })
    }

    private func demonstration(
        _ call: ChatCall, _ context: RequestContext, _ account: CallAccount
    ) throws(ChatFailure) -> HTTPResponse {
        let reply = try DemoModel.answer(call.body.bytes)
        account.began()
        let cost = account.answered(reply.usage)
        let id = "chatcmpl-\(context.requestID)"
        let created = now()
        guard call.isStreaming else {
            var headers = Self.headers(model: DemoModel.name, .demo, cost)
            headers.add("content-type", "application/json")
            return HTTPResponse(status: 200, headers: headers, body: .bytes(reply.body(id: id, created: created)))
        }
        let events = reply.events(id: id, created: created, includesUsage: call.wantsUsage)
        return HTTPResponse(
            status: 200, headers: Self.streamHeaders(model: DemoModel.name, .demo),
            body: .stream { writer in
                for event in events { try await writer.write(event) }
            })
    }

    private static func headers(model: String, _ upstream: Upstream, _ cost: Money?) -> HTTPHeaders {
        var headers: HTTPHeaders = [ProxyHeader.model: model, ProxyHeader.provider: upstream.provider]
        if let cost { headers.add(ProxyHeader.cost, String(cost.nanoDollars)) }
        return headers
    }

    private static func streamHeaders(model: String, _ upstream: Upstream) -> HTTPHeaders {
        var headers = headers(model: model, upstream, nil)
        headers.add("content-type", "text/event-stream; charset=utf-8")
        headers.add("cache-control", "no-cache")
        // nginx buffers answers unless it is told not to.
        headers.add("x-accel-buffering", "no")
        return headers
    }

    private static func response(_ failure: ChatFailure, _ context: RequestContext) -> HTTPResponse {
        var headers: HTTPHeaders = ["content-type": "application/json"]
        if let provider = failure.provider { headers.add(ProxyHeader.provider, provider) }
        if let wait = failure.retryAfter { headers["retry-after"] = String(RetryAfter(wait).seconds) }
        // OpenAI's clients retry many statuses by themselves, also where that cannot help.
        if !failure.isTransient { headers.add("x-should-retry", "false") }
        return HTTPResponse(
            status: failure.code.status, headers: headers, body: .bytes(failure.body(requestID: context.requestID)))
    }
}
