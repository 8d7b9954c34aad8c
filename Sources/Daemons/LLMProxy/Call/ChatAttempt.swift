internal import ChatModel
internal import Dialects
internal import EventLoop
internal import HTTPTransfer
internal import FoundationEssentials
internal import HTTPMessages
internal import Providers

/// How one deployment is asked what a caller asks in a chat: with the caller's own bytes where it speaks the caller's
/// dialect, else with the same said in its own.
struct ChatAttempt {
    let question: ChatQuestion
    let equipment: CallEquipment
    let patience: CallPatience
    let deadline: Deadline
    /// The caller's header fields, of which some mean something to a provider of its own dialect.
    let callerHeaders: HTTPHeaders
    let identity: AnswerIdentity

    /// An answer in one piece, in the caller's dialect.
    struct Whole {
        let body: [UInt8]
        let usage: ChatUsage?
        /// The model by the name that its provider gives it.
        let model: String?
        var adjustments: [Adjustment] = []
    }

    private var relayed: RelayedRequest { question.relayed }
    private var dialect: ChatDialect { question.relayed.dialect }

    /// Asks for an answer in one piece.
    /// - Throws: ``AttemptFailure``, or `CancellationError` when the caller has left.
    func whole(_ visit: Visit) async throws -> Whole {
        guard let endpoint = try await equipment.credentials.endpoint(for: visit) else {
            let request = try neutral()
            let reply = try demonstration(request)
            return Whole(
                body: dialect.body(of: reply, for: request, as: identity), usage: reply.usage, model: reply.model)
        }
        let exchange = exchange(with: endpoint)
        guard !endpoint.relays(relayed) else {
            let response = try await exchange.send(forwarded(to: endpoint))
            visit.learn(response.headers, of: endpoint, at: equipment.now())
            let reply = try paid { () throws(ChatFailure) in
                try RelayedReply(response.body, dialect: dialect, from: endpoint)
            }
            return Whole(body: response.body, usage: reply.usage, model: reply.model)
        }
        let request = try neutral()
        let call = try able(endpoint) { () throws(Unsupported) in
            try endpoint.request(for: request, now: equipment.now())
        }
        let response = try await exchange.send(call)
        visit.learn(response.headers, of: endpoint, at: equipment.now())
        let reply = try paid { () throws(ChatFailure) in try endpoint.reply(response.body, to: request) }
        return Whole(
            body: dialect.body(of: reply, for: request, as: identity), usage: reply.usage, model: reply.model,
            adjustments: call.adjustments)
    }

    /// Asks for a stream and waits for the first event of an answer.
    /// - Throws: ``AttemptFailure``, or `CancellationError` when the caller has left.
    func open(_ visit: Visit) async throws -> OpenedStream {
        guard let endpoint = try await equipment.credentials.endpoint(for: visit) else {
            let request = try neutral()
            return OpenedStream(
                of: try demonstration(request),
                AnswerStream(for: request, as: identity, requestID: identity.id))
        }
        let exchange = exchange(with: endpoint)
        guard !endpoint.relays(relayed) else {
            let stream = try await exchange.open(forwarded(to: endpoint))
            visit.learn(stream.headers, of: endpoint, at: equipment.now())
            let follower = RelayedStream(from: endpoint, dialect: dialect, stripsUsage: !relayed.streamsUsage)
            return try await .begin(stream, StreamTranslation(follower), exchange)
        }
        let request = try neutral()
        let call = try able(endpoint) { () throws(Unsupported) in
            try endpoint.request(for: request, now: equipment.now())
        }
        let stream = try await exchange.open(call)
        visit.learn(stream.headers, of: endpoint, at: equipment.now())
        let translation = StreamTranslation(
            from: endpoint.stream(for: request), to: AnswerStream(for: request, as: identity, requestID: identity.id))
        return try await .begin(stream, translation, exchange, adjustments: call.adjustments)
    }

    private func exchange(with endpoint: ModelEndpoint) -> Exchange {
        Exchange(
            client: equipment.client, endpoint: endpoint, patience: patience, deadline: deadline,
            responseBytes: equipment.settings.responseBytes, now: equipment.now)
    }

    /// The caller's own bytes, addressed to the provider.
    private func forwarded(to endpoint: ModelEndpoint) -> ProviderRequest {
        endpoint.request(for: relayed, forwarding: callerHeaders, now: equipment.now())
    }

    // MARK: Failures

    private func neutral() throws(AttemptFailure) -> ChatRequest {
        do throws(ChatFailure) {
            return try question.neutral()
        } catch {
            throw AttemptFailure(error, isSafeToRepeat: false)
        }
    }

    private func demonstration(_ request: ChatRequest) throws(AttemptFailure) -> ChatReply {
        DemoModel.answer(request)
    }

    /// What the provider cannot do another one may.
    private func able<Value>(
        _ endpoint: ModelEndpoint, _ body: () throws(Unsupported) -> Value
    ) throws(AttemptFailure) -> Value {
        do {
            return try body()
        } catch {
            throw AttemptFailure(unable: ChatFailure(error, provider: endpoint.provider.name))
        }
    }

    /// Reads what the provider has answered, and will want to be paid for, whatever it is.
    private func paid<Value>(_ body: () throws(ChatFailure) -> Value) throws(AttemptFailure) -> Value {
        do {
            return try body()
        } catch {
            throw AttemptFailure(error, isSafeToRepeat: false)
        }
    }
}
