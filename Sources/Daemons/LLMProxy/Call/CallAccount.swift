internal import ChatModel
internal import EventLoop
internal import FoundationEssentials
internal import HTTPServing
internal import Logging
internal import Observability
internal import Scoring
internal import Spending

/// What one call comes to: settled, counted and written down once, when it ends.
final class CallAccount {
    let endpoint: CallEndpoint
    var caller: Caller?
    /// The name that was asked for.
    var model = ""
    /// How many deployments were asked, the same one again counted anew.
    var attempts = 0
    /// What is set aside for the call.
    var reservation: Reservation?
    /// How long the call waited for places and between attempts.
    var waited = Duration.zero
    /// How long providers took, all attempts together.
    var spentAtProviders = Duration.zero
    /// How long a call may take whose caller sets no deadline.
    var usualTime = Duration.zero
    /// How long the prompt is, for calls whose provider does not count.
    var promptSize = PromptSize(bytes: 0, images: 0)

    /// What attempts came to that failed before another one was made.
    private var wasted: Booking?
    /// What of that costs more than was set aside for one attempt.
    private var uncovered = Money.zero
    /// What the answer came to, and what all attempts did, while the turn lasts at whose end that is settled.
    private var unsettled: (answer: Booking, total: Booking)?
    /// What the call has cost; `nil` until it is over, or when nobody can say.
    private(set) var cost: Money?

    private let equipment: CallEquipment
    private let context: RequestContext
    private let arrival = Moment.turn
    /// When it was answered.
    private var answeredAt: Moment?
    private var isOver = false

    /// The account of the call that `context` brings.
    init(_ endpoint: CallEndpoint, _ equipment: CallEquipment, _ context: RequestContext) {
        self.endpoint = endpoint
        self.equipment = equipment
        self.context = context
    }

    /// What the call is called in logs and answers.
    var requestID: String { context.requestID }

    /// How long the call has taken.
    var duration: Duration { arrival.duration(to: answeredAt ?? .now) }

    /// Where the time went until now.
    var timing: ProxyTiming {
        let others = waited + spentAtProviders
        return ProxyTiming(queue: waited, proxy: max(.zero, duration - others), provider: spentAtProviders)
    }

    /// The first byte of the answer is here.
    func began(_ visit: Visit) {
        visit.hasBegun()
        equipment.metrics.began(after: arrival.duration(to: .turn), waited: waited)
    }

    /// The call was answered to its end, in about so many `tokens` when the provider does not count. Later calls are
    /// without effect.
    ///
    /// It is settled, counted and written down when the loop's turn ends: the answer, which waits for none of that, leaves
    /// first where it is in one piece. On a loop.
    /// - Returns: What it cost; `nil` when the model has no price or the provider did not count.
    @discardableResult
    func answered(_ visit: Visit, _ usage: ChatUsage?, passedOn tokens: Int) -> Money? {
        guard closes() else { return nil }
        answeredAt = .now
        let booking = book(visit, usage, passedOn: tokens)
        let total = wasted.map { $0 + booking } ?? booking
        cost = total.isEstimated ? nil : total.cost
        unsettled = (booking, total)
        visit.settle(self, equipment.afterwork)
        return cost
    }

    /// Settles what was answered on `visit`, now that the turn ends.
    func settle(_ visit: Visit) {
        guard let (answer, total) = unsettled.take() else { return }
        visit.answered(answer.usage, cost: answer.cost?.nanoDollars)
        settle(.answered, visit, total, after: duration)
    }

    /// An attempt failed, and another one may follow. What the provider has counted is to be paid all the same; where it
    /// may have worked without counting, the question and the `tokens` that it has written by now, about.
    func attemptFailed(_ failure: AttemptFailure, on visit: Visit, written tokens: Int) {
        let isHurried = isHurried(failure, on: visit)
        guard isHurried || failure.isBillable || failure.usage != nil else { return visit.failed(failure.failure) }
        let booking = book(visit, failure.usage, passedOn: tokens)
        if isHurried {
            visit.ranOutOfTime(booking.usage, cost: booking.cost?.nanoDollars)
        } else {
            visit.failed(failure.failure, usage: booking.usage, cost: booking.cost?.nanoDollars)
        }
        wasted = wasted.map { $0 + booking } ?? booking
        uncovered = uncovered + (booking.cost ?? .zero)
    }

    /// Whether it was the caller who gave the provider too little time: callers in a hurry must not have it taken for ill,
    /// nor must one that hangs be taken for well because all its callers set deadlines.
    private func isHurried(_ failure: AttemptFailure, on visit: Visit) -> Bool {
        failure.isOutOfTime && duration < usualTime / 2 && visit.duration < visit.deployment.state.fairTime(at: .now)
    }

    /// Whether ``coverNextAttempt(until:)`` has something to set aside.
    var isUncovered: Bool { uncovered > .zero && reservation != nil }

    /// Sets aside what the next attempt needs: what was set aside at first is for one, and earlier ones have cost something.
    /// - Throws: ``ChatFailure`` when a budget has too little left for it.
    func coverNextAttempt(until deadline: Deadline) async throws {
        guard uncovered > .zero, let reservation else { return }
        do {
            try await reservation.extend(by: uncovered, until: deadline)
            uncovered = .zero
        } catch {
            guard error.kind != .cancelled else { throw CancellationError() }
            throw ChatFailure(error, ofKey: caller?.keyName, at: equipment.now())
        }
    }

    /// The call was answered from the cache.
    func replayed(_ answer: CachedAnswer) {
        guard closes() else { return }
        let took = duration
        var record = record(.replayed, after: took)
        record.server = UsageRecord.server(answer.provider, answer.model)
        record.costInNanoDollars = 0
        equipment.metrics.ended(.replayed, nil, cost: nil, failure: nil, attempts: 0, after: took)
        write(record)
    }

    /// The call failed, the last time on `visit` when it got as far as an answer that broke off; `tokens` of it had been
    /// passed on by then.
    func failed(_ failure: ChatFailure, _ visit: Visit? = nil, _ usage: ChatUsage? = nil, passedOn tokens: Int = 0) {
        guard closes() else { return }
        var booking = Booking()
        if let visit {
            booking = book(visit, usage, passedOn: tokens)
            visit.failed(failure, usage: booking.usage, cost: booking.cost?.nanoDollars)
        }
        end(.failed, visit, booking, failure)
        log(failure)
    }

    /// The time that the call may take, or that the proxy has, was over amid an answer, which had come all the while: that is
    /// no fault of the provider's.
    func ranOutOfTime(_ failure: ChatFailure, _ visit: Visit, _ usage: ChatUsage?, passedOn tokens: Int) {
        guard closes() else { return }
        let booking = book(visit, usage, passedOn: tokens)
        visit.ranOutOfTime(booking.usage, cost: booking.cost?.nanoDollars)
        end(.failed, visit, booking, failure)
        log(failure)
    }

    /// The caller left; `tokens` of the answer had been passed on by then.
    func abandoned(_ visit: Visit? = nil, _ usage: ChatUsage? = nil, passedOn tokens: Int = 0) {
        guard closes() else { return }
        var booking = Booking()
        if let visit {
            booking = book(visit, usage, passedOn: tokens)
            visit.abandoned(booking.usage, cost: booking.cost?.nanoDollars)
        }
        end(.abandoned, visit, booking)
    }

    /// Records an attempt in the trace of the call: until the answer, or the first event of a stream.
    func trace(_ visit: Visit, failure: String?) {
        guard context.spans.records(context.trace) else { return }
        let deployment = visit.deployment
        context.spans.record(
            context.childTrace(), "chat \(deployment.modelName)", .client, took: visit.duration, failure: failure,
            [
                .init("gen_ai.provider.name", deployment.providerName),
                .init("gen_ai.request.model", deployment.modelName), .init("scorable.attempt", attempts),
            ])
    }

    // MARK: Booking

    /// What a call used and cost.
    private struct Booking {
        var usage: ChatUsage?
        var isEstimated = false
        var cost: Money?

        /// Both together.
        static func + (left: Booking, right: Booking) -> Booking {
            Booking(
                usage: right.usage.map { right in left.usage.map { $0 + right } ?? right } ?? left.usage,
                isEstimated: left.isEstimated || right.isEstimated,
                cost: right.cost.map { right in left.cost.map { $0 + right } ?? right } ?? left.cost)
        }
    }

    /// The provider's own count where it has given one, else an estimate: the prompt by its length, the answer by what
    /// was passed on of it.
    private func book(_ visit: Visit, _ usage: ChatUsage?, passedOn tokens: Int) -> Booking {
        var booking = Booking(usage: usage)
        if usage == nil {
            booking.usage = ChatUsage(promptTokens: promptSize.likelyTokens, completionTokens: tokens)
            booking.isEstimated = true
        }
        if let usage = booking.usage {
            booking.cost = visit.deployment.tariff?.cost(of: usage, images: promptSize.images)
        }
        return booking
    }

    /// Closes the account to every other ending; `false` when there was one before.
    private func closes() -> Bool {
        guard !isOver else { return false }
        isOver = true
        return true
    }

    private func end(
        _ ending: UsageRecord.Ending, _ visit: Visit?, _ last: Booking, _ failure: ChatFailure? = nil
    ) {
        settle(ending, visit, wasted.map { $0 + last } ?? last, failure, after: duration)
    }

    /// Books what the call came to with all its attempts, counts it and writes it down.
    private func settle(
        _ ending: UsageRecord.Ending, _ visit: Visit?, _ booking: Booking, _ failure: ChatFailure? = nil,
        after duration: Duration
    ) {
        if let reservation = reservation.take() {
            if let usage = booking.usage {
                // Calls of a model without a price are counted all the same.
                reservation.settle(
                    booking.cost ?? .zero, promptTokens: usage.promptTokens, completionTokens: usage.completionTokens)
            } else {
                reservation.release()
            }
        }
        equipment.metrics.ended(
            ending, booking.usage, cost: booking.cost?.nanoDollars, failure: failure?.code, attempts: attempts,
            after: duration)
        var record = record(ending, after: duration)
        record.server = visit?.deployment.logged ?? UsageRecord.server(failure?.provider, nil)
        record.failure = failure?.code
        record.usage = booking.usage
        record.isEstimated = booking.isEstimated
        record.costInNanoDollars = booking.cost?.nanoDollars
        record.firstByte = visit?.firstByte
        write(record)
    }

    private func record(_ ending: UsageRecord.Ending, after duration: Duration) -> UsageRecord {
        UsageRecord(
            moment: equipment.now(), requestID: requestID, endpoint: endpoint.rawValue, ending: ending, caller: caller,
            model: model, attempts: attempts, duration: duration)
    }

    private func write(_ record: borrowing UsageRecord) { equipment.usageLog.append(record) }

    /// The provider's words are for the execution log, not for this one: they may repeat the prompt.
    private func log(_ failure: ChatFailure) {
        var metadata: Logger.Metadata = [
            "model": .string(model), "code": .string(failure.code.rawValue), "reason": .string(failure.message),
            "attempts": .stringConvertible(attempts), "duration": .string("\(duration)"),
        ]
        if let provider = failure.provider { metadata["provider"] = .string(provider) }
        if let status = failure.providerStatus { metadata["provider_status"] = .stringConvertible(status) }
        if let words = failure.providerMessage {
            metadata["provider_message_bytes"] = .stringConvertible(words.utf8.count)
        }
        context.logger.warning("model call failed", metadata: metadata)
    }
}
