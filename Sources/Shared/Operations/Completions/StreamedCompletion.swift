internal import ChatModel
internal import HTTPMessages
internal import HTTPTransfer
internal import Logging
internal import Scoring
package import Tenancy

/// An answer that is on its way, piece by piece.
package struct StreamedCompletion: Sendable {
    private let completions: JudgedCompletions
    private let order: CompletionOrder
    private let stream: InboundStream
    private let project: ProjectID
    private let judge: JudgeChoice?
    private let principal: Principal
    private let context: CallContext

    init(
        _ completions: JudgedCompletions, _ order: CompletionOrder, _ stream: InboundStream, project: ProjectID,
        judge: JudgeChoice?, principal: Principal, _ context: CallContext
    ) {
        self.completions = completions
        self.order = order
        self.stream = stream
        self.project = project
        self.judge = judge
        self.principal = principal
        self.context = context
    }

    /// What the pieces are.
    package var contentType: String { stream.headers["content-type"] ?? "text/event-stream" }

    /// Passes every piece on as it comes. What came is recorded; when the answer has come to its end, the judge looks at it
    /// in the background.
    /// - Throws: when the client has left, or the proxy broke off: then the stream ends without its end.
    package func relay(_ write: ([UInt8]) async throws -> Void) async throws {
        var reader = CompletionTextReader(order.dialect)
        do {
            while let piece = try await stream.next() {
                reader.take(piece)
                try await write(piece)
            }
        } catch {
            await finish(reader)
            throw error
        }
        await finish(reader)
    }

    private func finish(_ reader: CompletionTextReader) async {
        do {
            let failure =
                reader.isComplete
                ? nil : EvaluationFailure(code: .providerError, message: "the answer did not come to its end")
            try await completions.record(
                order, reader.text, failure, stream, project: project, as: principal, context)
            guard let judge, failure == nil else { return }
            try await completions.judgeLater(
                order.input(answeredBy: reader.text), by: judge, project: project, as: principal, context)
        } catch {
            // The client has its answer; that nobody looks at it is for the operators to see.
            context.logger.error("a streamed answer is not recorded or judged", metadata: ["error": "\(error)"])
        }
    }
}

extension JudgedCompletions {
    /// The answer of the model as it comes; the judge looks at it in the background when it is complete.
    /// - Throws: as ``complete(_:judge:later:as:_:)``.
    package func stream(
        _ order: CompletionOrder, judge: JudgeChoice?, as principal: Principal, _ context: CallContext
    ) async throws -> StreamedCompletion {
        let (order, project) = try await prepare(order, judge, as: principal)
        let stream = try await gateway.open(
            order.dialect.path, order.body, project: project, for: principal, context)
        return StreamedCompletion(
            self, order, stream, project: project, judge: judge, principal: principal, context)
    }
}
