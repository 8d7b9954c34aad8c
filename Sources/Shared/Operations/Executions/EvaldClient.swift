internal import EventLoop
internal import HTTPMessages
package import HTTPTransfer
internal import JSON
internal import Scoring
package import WireAPI

/// evald, as its callers see it.
package struct EvaldClient: Sendable {
    private let client: HTTPClient
    private let url: String
    private let serviceToken: String

    /// The largest reply: prompts and raw answers of every evaluator of a judge come back in it.
    private static let replyLimit = 64 << 20
    /// How often a call is offered that evald cannot have seen: as long as its supervisor takes to restart it, and often
    /// enough that of several replicas of which one is stopping another one is found with all but certainty.
    private static let offers = 10
    /// The longest pause between two offers.
    private static let longestPause: Duration = .milliseconds(800)
    /// What evald answers when it has not begun a call, because it is stopping or has too many.
    private static let busy = 503

    /// `url` is evald's base address.
    /// `serviceToken` is what the daemons know each other by.
    package init(client: HTTPClient, url: String, serviceToken: String) {
        self.client = client
        self.url = url
        self.serviceToken = serviceToken
    }

    /// Runs the evaluators of `call`, whose results come in their order.
    /// - Throws: `EvaluationFailure` when evald could not be reached, did not answer in time or not as agreed;
    ///   `CancellationError`.
    package func evaluate(_ call: EvaluationCall, _ context: CallContext) async throws -> [EvaluationReply.Result] {
        let reply: EvaluationReply = try await ask(EvaluationCall.path, call, context)
        guard reply.results.count == call.evaluators.count else {
            throw EvaluationFailure(
                code: .internal,
                message: "the evaluation service gave \(reply.results.count) results for \(call.evaluators.count) "
                    + "evaluators")
        }
        return reply.results
    }

    /// Has models write what `call` asks for.
    /// - Throws: as ``evaluate(_:_:)``. That the models wrote nothing is an answer, and no error.
    func draft<Draft: Codable & Sendable & Hashable>(
        _ path: String, _ call: some Encodable & Sendable, _ context: CallContext
    ) async throws -> DraftingReply<Draft> {
        try await ask(path, call, context)
    }

    private func ask<Answer: Decodable>(
        _ path: String, _ call: some Encodable & Sendable, _ context: CallContext
    ) async throws -> Answer {
        let response = try await send(JSONCodec.encode(call), to: path, context)
        guard response.status != Self.busy else {
            throw EvaluationFailure(
                code: .unavailable, message: "the evaluation service takes no calls at the moment; try again")
        }
        guard response.status == 200 else {
            throw EvaluationFailure(
                code: .internal, message: "the evaluation service refused the call with status \(response.status)")
        }
        do {
            return try JSONCodec.decode(Answer.self, from: response.body)
        } catch {
            throw EvaluationFailure(
                code: .internal, message: "the evaluation service's answer is not understood: \(error.message)")
        }
    }

    private func send(_ body: [UInt8], to path: String, _ context: CallContext) async throws -> InboundResponse {
        var headers = context.propagation
        headers["authorization"] = "Bearer \(serviceToken)"
        headers["content-type"] = "application/json"
        var offer = 0
        while true {
            offer += 1
            let remaining = context.deadline.remaining
            headers[EvaluationCall.deadlineField] = remaining.map { "\(max(1, Int64($0.seconds * 1000)))" }
            // evald answers at the deadline with what failed; only when it does not, we end the wait ourselves.
            let patience = remaining.map { $0 + .seconds(1) }
            let request = OutboundRequest(
                method: .post, url: url + path, headers: headers, body: .bytes(body),
                deadlines: TransferDeadlines(
                    connect: .seconds(2), firstByte: patience, idle: patience, total: patience))
            let mayOfferAgain = offer < Self.offers && !context.deadline.hasPassed
            do {
                let response = try await client.send(request, bodyLimit: Self.replyLimit)
                guard response.status == Self.busy, mayOfferAgain else { return response }
            } catch  where error.kind == .cancelled {
                throw CancellationError()
            } catch {
                // A call that evald may have begun is not repeated: it would be paid for twice.
                guard error.isBeforeRequestSent, mayOfferAgain else { throw EvaluationFailure(error) }
            }
            try await Loop.current?.sleep(for: min(.milliseconds(50 << offer), Self.longestPause))
        }
    }
}

extension EvaluationFailure {
    fileprivate init(_ error: TransferError) {
        if case .timedOut(.firstByte) = error.kind {
            self.init(code: .timeout, message: "the evaluation did not end within the time it was given")
        } else if case .timedOut(.total) = error.kind {
            self.init(code: .timeout, message: "the evaluation did not end within the time it was given")
        } else {
            self.init(code: .unavailable, message: "the evaluation service could not be reached; try again")
        }
    }
}
