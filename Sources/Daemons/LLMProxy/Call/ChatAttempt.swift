internal import ChatModel
internal import Dialects
internal import EventLoop
internal import HTTPTransfer
internal import FoundationEssentials
internal import HTTPMessages
internal import Providers

/// How one deployment is asked what a caller asks in a chat: with the caller's own bytes where it speaks the caller's
/// dialect, else with the same said in its own.
final class ChatAttempt {
    private let relayed: RelayedRequest
    /// The request in neutral form: decoded when it is first needed, and once for all deployments that are asked.
    private var decoded: ChatRequest?
    private let call: IncomingCall
    private let patience: CallPatience
    private let deadline: Deadline
    private var equipment: CallEquipment { call.equipment }

    init(_ relayed: RelayedRequest, _ call: IncomingCall, _ route: PreparedRoute, until deadline: Deadline) {
        self.relayed = relayed
        self.call = call
        patience = route.patience(call.equipment.settings)
        self.deadline = deadline
    }

    /// An answer in one piece, in the caller's dialect.
    struct Whole {
        let body: [UInt8]
        let usage: ChatUsage?
        /// The model by the name that its provider gives it.
        let model: String?
        var adjustments: [Adjustment] = []
    }

    private var dialect: ChatDialect { relayed.dialect }

    /// Asks for an answer in one piece.
    /// - Throws: ``AttemptFailure``, or `CancellationError` when the caller has left.
    func whole(_ visit: Visit) async throws -> Whole {
        var endpoint = visit.endpointAtHand
        if endpoint == nil { endpoint = try await equipment.credentials.endpoint(for: visit) }
        guard let endpoint else {
            let request = try neutral()
            let reply = DemoModel.answer(request)
            return Whole(
                body: dialect.body(of: reply, for: request, as: call.identity), usage: reply.usage, model: reply.model)
        }
        let exchange = Exchange(equipment, endpoint, patience, until: deadline)
        guard !relays(to: endpoint) else {
            let response = try await exchange.send(forwarded(to: endpoint))
            visit.learn(response.headers, of: endpoint, equipment)
            let reply: RelayedReply
            do throws(ChatFailure) {
                reply = try RelayedReply(response.body, dialect: dialect, from: endpoint)
            } catch {
                throw AttemptFailure(
                    unusable: error, usage: RelayedReply.statedUsage(in: response.body, dialect: dialect))
            }
            return Whole(body: response.body, usage: reply.usage, model: reply.model)
        }
        let request = try neutral()
        let asked = try asked(request, of: endpoint)
        let response = try await exchange.send(asked)
        visit.learn(response.headers, of: endpoint, equipment)
        let reply: ChatReply
        do throws(ChatFailure) {
            reply = try endpoint.reply(response.body, to: request)
        } catch {
            throw AttemptFailure(unusable: error, usage: endpoint.statedUsage(in: response.body))
        }
        return Whole(
            body: dialect.body(of: reply, for: request, as: call.identity), usage: reply.usage, model: reply.model,
            adjustments: asked.adjustments)
    }

    /// Asks for a stream and waits for the first event of an answer.
    /// - Throws: ``AttemptFailure``, or `CancellationError` when the caller has left.
    func open(_ visit: Visit) async throws -> OpenedStream {
        var endpoint = visit.endpointAtHand
        if endpoint == nil { endpoint = try await equipment.credentials.endpoint(for: visit) }
        guard let endpoint else {
            let request = try neutral()
            return OpenedStream(of: DemoModel.answer(request), writer(for: request))
        }
        let exchange = Exchange(equipment, endpoint, patience, until: deadline)
        guard !relays(to: endpoint) else {
            let stream = try await exchange.open(forwarded(to: endpoint))
            visit.learn(stream.headers, of: endpoint, equipment)
            let follower = RelayedStream(from: endpoint, dialect: dialect, stripsUsage: !relayed.streamsUsage)
            return try await .begin(stream, StreamTranslation(follower), exchange) { whole($0, from: endpoint) }
        }
        let request = try neutral()
        let asked = try asked(request, of: endpoint)
        let stream = try await exchange.open(asked)
        visit.learn(stream.headers, of: endpoint, equipment)
        let translation = StreamTranslation(
            from: endpoint.stream(for: request), to: writer(for: request))
        return try await .begin(stream, translation, exchange, adjustments: asked.adjustments) {
            whole($0, from: endpoint, asked.adjustments)
        }
    }

    /// The answer of a server that gives it in one piece although a stream was asked for, as the caller's stream; `nil` when
    /// the document is none.
    private func whole(
        _ document: [UInt8], from endpoint: ModelEndpoint, _ adjustments: [Adjustment] = []
    ) -> OpenedStream? {
        do throws(ChatFailure) {
            let request = try decodedOnce()
            let reply = try endpoint.reply(document, to: request)
            return OpenedStream(of: reply, writer(for: request), adjustments: adjustments)
        } catch {
            // What it is instead is found out where streams are read.
            return nil
        }
    }

    /// Whether the caller's own bytes are sent: not where a wish that it can do without would decide who answers.
    private func relays(to endpoint: ModelEndpoint) -> Bool {
        guard endpoint.relays(relayed) else { return false }
        return !(endpoint.provider.kind.choosesServersByWishes && mayBePlain && relayed.has("logprobs"))
    }

    private var mayBePlain: Bool { call.headers[ProxyHeader.dispensable] == "logprobs" }

    /// The request in the provider's words. Probabilities of tokens are left out where the caller can do without them and
    /// the provider has none, or would choose another server for their sake.
    private func asked(_ request: ChatRequest, of endpoint: ModelEndpoint) throws(AttemptFailure) -> ProviderRequest {
        var asked = try written(request, for: endpoint)
        endpoint.forward(call.headers, of: dialect, to: &asked)
        return asked
    }

    private func written(
        _ request: ChatRequest, for endpoint: ModelEndpoint
    ) throws(AttemptFailure) -> ProviderRequest {
        try able(endpoint) { () throws(Unsupported) in
            let canBePlain = request.topLogprobs != nil && mayBePlain
            do throws(Unsupported) {
                guard !(canBePlain && endpoint.provider.kind.choosesServersByWishes) else {
                    return try plain(request, of: endpoint)
                }
                return try endpoint.request(for: request, now: equipment.now())
            } catch {
                guard canBePlain, ["logprobs", "top_logprobs"].contains(error.parameter) else { throw error }
                return try plain(request, of: endpoint)
            }
        }
    }

    private func plain(_ request: ChatRequest, of endpoint: ModelEndpoint) throws(Unsupported) -> ProviderRequest {
        var request = request
        request.topLogprobs = nil
        var asked = try endpoint.request(for: request, now: equipment.now())
        asked.adjustments.note(.omitted("logprobs"))
        return asked
    }

    private func writer(for request: ChatRequest) -> AnswerStream {
        let identity = call.identity
        return AnswerStream(for: request, as: identity, requestID: identity.id)
    }

    /// The caller's own bytes, addressed to the provider.
    private func forwarded(to endpoint: ModelEndpoint) -> ProviderRequest {
        endpoint.request(for: relayed, forwarding: call.headers, now: equipment.now())
    }

    /// - Throws: ``ChatFailure`` naming the field that is wrong.
    private func decodedOnce() throws(ChatFailure) -> ChatRequest {
        if let decoded { return decoded }
        let request = try relayed.read()
        decoded = request
        return request
    }

    // MARK: Failures

    private func neutral() throws(AttemptFailure) -> ChatRequest {
        do throws(ChatFailure) {
            return try decodedOnce()
        } catch {
            throw AttemptFailure(error, isSafeToRepeat: false)
        }
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
}
