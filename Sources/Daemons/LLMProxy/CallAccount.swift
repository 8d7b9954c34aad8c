internal import ChatModel
internal import Logging
internal import Scoring

/// What one call comes to: counted and logged once, when it ends.
///
/// `@unchecked Sendable`: belongs to the one task that serves the call, which hands it on to the body of its answer.
final class CallAccount: @unchecked Sendable {  // ok: one task at a time
    var model = ""
    var route: CallRoute?
    var attempts = 1
    /// The place at the provider, held until the call ends.
    var ticket: ProviderGate.Ticket?

    private let metrics: ProxyMetrics
    private let logger: () -> Logger
    private let arrival = ContinuousClock.now

    init(metrics: ProxyMetrics, logger: @escaping () -> Logger) {
        self.metrics = metrics
        self.logger = logger
    }

    /// The first byte of the answer is here.
    func began() { metrics.began(after: arrival.duration(to: .now), attempts: attempts) }

    /// The call was answered to its end.
    /// - Returns: What it cost; `nil` when the model has no price or the provider did not count.
    @discardableResult
    func answered(_ usage: ChatUsage?) -> Money? {
        let cost = cost(of: usage)
        metrics.answered(usage, cost: cost?.nanoDollars, after: arrival.duration(to: .now))
        end()
        return cost
    }

    /// The call failed. The provider's words are for the execution log, not for this one: they may repeat the prompt.
    func failed(_ failure: ChatFailure) {
        let time = arrival.duration(to: .now)
        metrics.failed(failure.code, attempts: attempts, after: time)
        var metadata: Logger.Metadata = [
            "model": .string(model), "code": .string(failure.code.rawValue), "reason": .string(failure.message),
            "attempts": .stringConvertible(attempts), "duration": .string("\(time)"),
        ]
        if let provider = failure.provider { metadata["provider"] = .string(provider) }
        if let status = failure.providerStatus { metadata["provider_status"] = .stringConvertible(status) }
        if let words = failure.providerMessage {
            metadata["provider_message_bytes"] = .stringConvertible(words.utf8.count)
        }
        logger().warning("model call failed", metadata: metadata)
        end()
    }

    /// The caller left before the answer was complete.
    func abandoned(_ usage: ChatUsage?) {
        metrics.abandoned(usage, cost: cost(of: usage)?.nanoDollars, after: arrival.duration(to: .now))
        end()
    }

    private func cost(of usage: ChatUsage?) -> Money? {
        guard let usage, let price = route?.price else { return nil }
        return price.cost(of: usage)
    }

    private func end() { ticket = nil }
}
