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

    /// Waits for the first event of the answer in `stream`. `whole` makes what a document is that came in its place.
    /// - Throws: ``AttemptFailure``, or `CancellationError` when the caller has left.
    static func begin(
        _ stream: InboundStream, _ translation: StreamTranslation, _ exchange: Exchange,
        adjustments: [Adjustment] = [], whole: ([UInt8]) -> OpenedStream?
    ) async throws -> OpenedStream {
        var first: [UInt8] = []
        while true {
            let piece: [UInt8]?
            do {
                piece = try await stream.next()
            } catch {
                var failure = try exchange.failure(error)
                failure.usage = translation.usage
                throw failure
            }
            if piece == nil, let document = translation.document, let answer = whole(document) { return answer }
            first +=
                piece.map { translation.receive($0.span).bytes(of: $0.span) }
                ?? translation.end(isTold: stream.isEndTold)
            if let failure = translation.failure, !translation.hasBegun {
                stream.cancel()
                // An answer that is none will be so again, and will want to be paid for again.
                guard failure.code != .invalidResponse else {
                    throw AttemptFailure(unusable: failure, usage: translation.usage)
                }
                throw AttemptFailure(failure, isSafeToRepeat: true, usage: translation.usage)
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
    init(of reply: ChatReply, _ writer: AnswerStream, adjustments: [Adjustment] = []) {
        var writer = writer
        self.init(
            rest: nil, exchange: nil, translation: StreamTranslation(complete: reply), first: writer.write(reply.steps),
            adjustments: adjustments)
    }
}

extension ChatReply {
    /// The answer as the steps in which it would have come.
    fileprivate var steps: [ChatEvent] {
        var steps = [ChatEvent(.start(id: id, model: model))]
        for (index, choice) in choices.enumerated() {
            steps += choice.steps.map { ChatEvent($0, choice: index) }
        }
        if let usage { steps.append(ChatEvent(.usage(usage))) }
        return steps + [ChatEvent(.end)]
    }
}

extension ChatReply.Choice {
    fileprivate var steps: [ChatEvent.Kind] {
        var steps: [ChatEvent.Kind] = []
        var calls = 0
        for part in parts {
            switch part.content {
            case .text(let text): steps.append(.text(text))
            case .refusal(let text): steps.append(.refusal(text))
            case .reasoning(let reasoning):
                if !reasoning.text.isEmpty { steps.append(.reasoning(reasoning.text, isSummary: reasoning.isSummary)) }
                if let signature = reasoning.signature {
                    steps.append(.reasoningSignature(signature, reasoning.format))
                }
                if reasoning.encrypted != nil { steps.append(.encryptedReasoning(reasoning)) }
            case .toolCall(let call):
                steps.append(.toolCall(index: calls, id: call.id, name: call.name, signature: call.signature))
                steps.append(.toolArguments(index: calls, call.arguments))
                calls += 1
            case .image, .audio, .file, .toolResult, .opaque: break
            }
        }
        if let logprobs, !logprobs.isEmpty { steps.append(.logprobs(logprobs)) }
        return steps + [.finish(finishReason ?? .stop, stopSequence: stopSequence)]
    }
}
