internal import ChatModel
internal import Dialects
internal import FoundationEssentials
internal import HTTPServer
internal import HTTPTransfer
internal import Providers

/// Passes a stream on, piece by piece as it comes, to its end: the provider's, or one that says why there is none.
struct StreamRelay: Sendable {
    let opened: OpenedStream
    let visit: Visit
    let account: CallAccount
    let dialect: ChatDialect
    /// Where the answer is kept for the next who asks the same.
    let cached: CachedCall?
    let now: @Sendable () -> Date

    static let contentType = "text/event-stream; charset=utf-8"

    /// Writes the stream. A client that leaves ends the provider's work as well.
    func run(_ writer: HTTPResponseWriter) async throws {
        let translation = opened.translation
        do {
            try await pass(to: writer)
        } catch let failure as ChatFailure {
            opened.rest?.cancel()
            account.failed(failure, visit, translation.usage, passedOn: translation.passedOn)
            // Nothing that looks like an end comes behind it: nobody may take the part for the whole.
            try await writer.write(dialect.event(of: failure, requestID: account.requestID))
        } catch {
            opened.rest?.cancel()
            account.abandoned(visit, translation.usage, passedOn: translation.passedOn)
            throw error
        }
    }

    private func pass(to writer: HTTPResponseWriter) async throws {
        let translation = opened.translation
        var recorder = cached?.recorder()
        var bytes = opened.first
        var rest = opened.rest
        while true {
            // The account is closed before the last bytes leave: what a caller has is accounted for.
            if translation.isComplete { account.answered(visit, translation.usage, passedOn: translation.passedOn) }
            recorder?.append(bytes)
            if !bytes.isEmpty { try await writer.write(bytes) }
            if let failure = translation.failure { throw failure }
            guard let stream = rest else { break }
            if let piece = try await next(stream) {
                bytes = translation.receive(piece)
            } else {
                bytes = translation.end()
                rest = nil
            }
        }
        let answered = AnsweredCall(usage: translation.usage, cost: account.cost, model: translation.model)
        cached?.keep(recorder?.body, Self.contentType, visit, answered, at: now())
    }

    private func next(_ stream: InboundStream) async throws -> [UInt8]? {
        do {
            return try await stream.next()
        } catch {
            // What goes wrong behind the end of an answer is nobody's loss.
            guard !opened.translation.isComplete else { return nil }
            throw interruption(error)
        }
    }

    /// What the caller is told of a transfer that broke off.
    private func interruption(_ error: TransferError) -> any Error {
        guard let exchange = opened.exchange else { return error }
        do {
            var failure = try exchange.failure(error).failure
            if failure.code != .timeout { failure.code = .streamInterrupted }
            return failure
        } catch {
            return error
        }
    }
}
