internal import ChatModel
internal import Dialects
internal import HTTPTransfer
internal import Providers

/// An answer that has begun to come: its first bytes are here, and until now everything could be tried again.
struct OpenedStream {
    /// What else comes; `nil` when everything is here.
    let rest: InboundStream?
    /// What the rest comes over.
    let exchange: Exchange?
    let translation: StreamTranslation
    let first: [UInt8]
    let adjustments: [Adjustment]

    /// Waits for the first event of the answer in `stream`.
    /// - Throws: ``AttemptFailure``, or `CancellationError` when the caller has left.
    static func begin(
        _ stream: InboundStream, _ translation: StreamTranslation, _ exchange: Exchange,
        adjustments: [Adjustment] = []
    ) async throws -> OpenedStream {
        var first: [UInt8] = []
        while true {
            let piece: [UInt8]?
            do {
                piece = try await stream.next()
            } catch {
                throw try exchange.failure(error)
            }
            first +=
                piece.map { translation.receive($0.span).bytes(of: $0.span) }
                ?? translation.end(isTold: stream.isEndTold)
            if let failure = translation.failure, !translation.hasBegun {
                stream.cancel()
                // An answer that is none will be so again, and will want to be paid for again.
                throw AttemptFailure(
                    failure, isSafeToRepeat: failure.code != .invalidResponse, usage: translation.usage)
            }
            // Also a complete answer is read to the end of its connection, which can then be used again.
            let isOver = piece == nil || translation.failure != nil
            if isOver || (!first.isEmpty && translation.hasBegun) {
                return OpenedStream(
                    rest: isOver ? nil : stream, exchange: exchange, translation: translation, first: first,
                    adjustments: adjustments)
            }
        }
    }
}

extension OpenedStream {
    /// An answer that is there already.
    init(of reply: ChatReply, _ writer: AnswerStream) {
        var writer = writer
        self.init(
            rest: nil, exchange: nil, translation: StreamTranslation(complete: reply), first: writer.write(reply.steps),
            adjustments: [])
    }
}

extension ChatReply {
    /// The answer as the steps in which it would have come.
    fileprivate var steps: [ChatEvent] {
        var steps = [ChatEvent(.start(id: id, model: model))]
        if let content { steps.append(ChatEvent(.text(content))) }
        if let refusal { steps.append(ChatEvent(.refusal(refusal))) }
        steps.append(ChatEvent(.finish(finishReason ?? .stop, stopSequence: nil)))
        if let usage { steps.append(ChatEvent(.usage(usage))) }
        return steps + [ChatEvent(.end)]
    }
}
