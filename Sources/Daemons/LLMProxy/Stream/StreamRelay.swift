internal import ChatModel
internal import Dialects
internal import FoundationEssentials
internal import HTTPServer
internal import HTTPTransfer
internal import Providers

/// Passes a stream on, piece by piece as it comes, to its end: the provider's, or one that says why there is none.
///
/// Not a value: one is half a dozen references, which every function that it passes through would count.
final class StreamRelay {
    let opened: OpenedStream
    let visit: Visit
    let account: CallAccount
    let dialect: ChatDialect
    /// Where the answer is kept for the next who asks the same.
    let cached: CachedCall?
    let now: @Sendable () -> Date

    /// For how long a provider that has said that its answer is complete may take to end it.
    private static let farewell = Duration.seconds(1)

    init(
        opened: OpenedStream, visit: Visit, account: CallAccount, dialect: ChatDialect, cached: CachedCall?,
        now: @escaping @Sendable () -> Date
    ) {
        self.opened = opened
        self.visit = visit
        self.account = account
        self.dialect = dialect
        self.cached = cached
        self.now = now
    }

    static let contentType = "text/event-stream; charset=utf-8"

    private var translation: StreamTranslation { opened.translation }

    /// Writes the stream. A client that leaves ends the provider's work as well, and so does the stop of the server, of which
    /// the client is told.
    func run(_ writer: HTTPResponseWriter) async throws {
        do {
            try await pass(to: writer)
        } catch let failure as AttemptFailure {
            opened.rest?.cancel()
            let (usage, passedOn) = (translation.usage, translation.passedOn)
            if failure.isOutOfTime {
                account.ranOutOfTime(failure.failure, visit, usage, passedOn: passedOn)
            } else {
                account.failed(failure.failure, visit, usage, passedOn: passedOn)
            }
            // Nothing that looks like an end comes behind it: nobody may take the part for the whole.
            try await writer.write(dialect.event(of: failure.failure, requestID: account.requestID))
        } catch {
            opened.rest?.cancel()
            guard error is CancellationError, writer.isOpen else {
                account.abandoned(visit, translation.usage, passedOn: translation.passedOn)
                throw error
            }
            let failure = ChatFailure(
                .streamInterrupted, "the gateway was stopped before the answer was complete; ask again")
            account.ranOutOfTime(failure, visit, translation.usage, passedOn: translation.passedOn)
            _ = writer.send(dialect.event(of: failure, requestID: account.requestID).span)
        }
    }

    private func pass(to writer: HTTPResponseWriter) async throws {
        var recorder = cached?.recorder()
        /// Sends what is to be passed on; whether more can be taken at once.
        func send(_ bytes: Span<UInt8>) -> Bool {
            // The account is closed in the turn in which the last bytes leave: what a caller has is accounted for.
            if translation.isComplete { account.answered(visit, translation.usage, passedOn: translation.passedOn) }
            recorder?.append(bytes)
            guard !bytes.isEmpty else { return !translation.hasFailed && !translation.isComplete }
            let isFlowing = translation.isComplete ? writer.send(last: bytes) : writer.send(bytes)
            return isFlowing && !translation.hasFailed && !translation.isComplete
        }
        let first = opened.first
        var isFlowing = send(first.span)
        var rest = opened.rest
        while true {
            if let failure = translation.failure { throw AttemptFailure(failure, isSafeToRepeat: false) }
            guard let stream = rest else { break }
            guard !translation.isComplete else {
                // The caller does not wait for the provider to close.
                stream.letEnd(within: Self.farewell)
                break
            }
            if !isFlowing { try await writer.room() }
            let isOver = try await relay(stream) { [translation] piece in
                switch translation.receive(piece) {
                case .part(let range): send(piece.extracting(range))
                case .bytes(let bytes): send(bytes.span)
                }
            }
            isFlowing = false
            guard isOver else { continue }
            rest = nil
            isFlowing = send(translation.end(isTold: stream.isEndTold).span)
        }
        guard let cached else { return }
        let answered = AnsweredCall(
            usage: translation.usage, cost: account.cost, model: translation.model,
            adjusted: AnswerHeaders.text(of: opened.adjustments))
        cached.keep(recorder?.body, Self.contentType, visit, answered, at: now())
    }

    /// Passes on what comes, each piece in the turn of the loop in which it does, until `send` has to wait; whether the
    /// answer is over.
    private func relay(_ stream: InboundStream, _ send: @escaping (Span<UInt8>) -> Bool) async throws -> Bool {
        do {
            return try await stream.relay(send) == .over
        } catch {
            // What goes wrong behind the end of an answer is nobody's loss.
            guard !translation.isComplete else { return true }
            throw interruption(error)
        }
    }

    /// What the caller is told of a transfer that broke off.
    private func interruption(_ error: TransferError) -> any Error {
        guard let exchange = opened.exchange else { return error }
        do {
            var failure = try exchange.failure(error)
            if failure.failure.code != .timeout { failure.failure.code = .streamInterrupted }
            return failure
        } catch {
            return error
        }
    }
}
