internal import ChatModel
internal import HTTPServer
internal import HTTPTransfer
internal import Providers

/// Passes a stream on, event by event, to its end: the provider's, or one that says why there is none.
struct StreamRelay: Sendable {
    let opened: UpstreamCall.Opened
    let upstream: Upstream
    let requestID: String
    let account: CallAccount

    /// Writes the stream. A client that leaves ends the provider's work as well.
    func run(_ writer: HTTPResponseWriter) async throws {
        var follower = opened.follower
        do {
            try await pass(to: writer, &follower)
            account.answered(follower.usage)
        } catch let failure as ChatFailure {
            opened.stream.cancel()
            account.failed(failure)
            // No [DONE] behind it: nobody may take the part for the whole.
            try await writer.write(Array("data: ".utf8) + failure.body(requestID: requestID) + Array("\n\n".utf8))
        } catch {
            opened.stream.cancel()
            account.abandoned(follower.usage)
            throw error
        }
    }

    private func pass(to writer: HTTPResponseWriter, _ follower: inout OpenAIStream) async throws {
        try await writer.write(opened.first)
        guard !opened.isComplete else { return }
        while let piece = try await next() {
            let events = try follower.receive(piece)
            if !events.isEmpty { try await writer.write(events) }
        }
        let ending = try follower.end()
        if !ending.isEmpty { try await writer.write(ending) }
    }

    private func next() async throws -> [UInt8]? {
        do {
            return try await opened.stream.next()
        } catch {
            if error.kind == .cancelled { throw CancellationError() }
            var failure = ChatFailure(error, upstream)
            if failure.code != .timeout { failure.code = .streamInterrupted }
            throw failure
        }
    }
}
