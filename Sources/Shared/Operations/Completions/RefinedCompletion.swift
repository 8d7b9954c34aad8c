internal import ChatModel
internal import Dialects
internal import FoundationEssentials
internal import HTTPMessages
package import JSON
internal import Records
internal import Scoring
package import Tenancy

/// An answer that is improved while its reader waits, and then told as a stream.
package struct RefinedCompletion: Sendable {
    private let order: CompletionOrder
    private let reply: ChatReply
    private let identity: AnswerIdentity
    private let requestID: String
    private let improve: @Sendable (_ judged: (JudgeReceipt) async throws -> Void) async throws -> RefinedResponse

    fileprivate init(
        order: CompletionOrder, reply: ChatReply, identity: AnswerIdentity, requestID: String,
        improve: @escaping @Sendable (_ judged: (JudgeReceipt) async throws -> Void) async throws -> RefinedResponse
    ) {
        self.order = order
        self.reply = reply
        self.identity = identity
        self.requestID = requestID
        self.improve = improve
    }

    /// Writes the beginning at once, a sign of life when the judge has looked at the model's own answer, and the improved
    /// one with its end when it is there. `members` are what the event that ends the answer has beside the dialect's own;
    /// empty for none. When the judge cannot look at it, the stream ends with the dialect's error.
    /// - Throws: when the client has left: then nothing more is improved.
    package func relay(
        adding members: (RefinedResponse) throws -> JSONObject, _ write: ([UInt8]) async throws -> Void
    ) async throws {
        var stream = AnswerStream(for: order.request, as: identity, requestID: requestID)
        try await write(stream.write([ChatEvent(.start(id: reply.id, model: reply.model))]))
        do {
            let refined = try await improve { _ in try await write(order.dialect.keepAlive) }
            try await write(stream.write(content(refined.improvedResponse)))
            let facts = try members(refined)
            // What ends an answer: the last piece of a chat completion, or the whole response behind the pieces of one.
            let piece = stream.write([ChatEvent(.finish(reply.finishReason ?? .stop, stopSequence: nil))])
            let end = stream.write(usage + [ChatEvent(.end)])
            try await write(
                Self.adding(facts, to: piece, inside: nil) + Self.adding(facts, to: end, inside: "response"))
        } catch let failed as ExecutionFailed {
            try await write(stream.write([ChatEvent(.failure(ChatFailure(.providerError, failed.failure.summary)))]))
        } catch let gone as NotFound {
            // Somebody has deleted the judge, or what it looks into, since the model was asked.
            try await write(stream.write([ChatEvent(.failure(ChatFailure(.invalidRequest, gone.description)))]))
        } catch let invalid as InvalidDefinition {
            try await write(stream.write([ChatEvent(.failure(ChatFailure(.invalidRequest, invalid.description)))]))
        }
    }

    /// The improved text, and the calls of tools that came with the model's own.
    private func content(_ text: String) -> [ChatEvent] {
        let calls = (reply.choices.first?.parts ?? []).compactMap(\.toolCall).enumerated().flatMap { index, call in
            [
                ChatEvent(.toolCall(index: index, id: call.id, name: call.name, signature: call.signature)),
                ChatEvent(.toolArguments(index: index, call.arguments)),
            ]
        }
        return [ChatEvent(.text(text))] + calls
    }

    private var usage: [ChatEvent] { reply.usage.map { [ChatEvent(.usage($0))] } ?? [] }

    /// Server-sent events with further members: in the object that `member` names, or at the top when it is `nil`.
    private static func adding(_ facts: JSONObject, to bytes: [UInt8], inside member: String?) throws -> [UInt8] {
        guard !facts.isEmpty else { return bytes }
        var reader = ServerSentEvents(limit: bytes.count + 1)
        var output = ""
        for event in try reader.feed(bytes) {
            if let name = event.event { output += "event: \(name)\n" }
            output += "data: \(try adding(facts, to: event, inside: member))\n\n"
        }
        return Array(output.utf8)
    }

    private static func adding(
        _ facts: JSONObject, to event: ServerSentEvent, inside member: String?
    ) throws -> String {
        // Chat completions end with a word that is no object.
        guard event.data.first == UInt8(ascii: "{"),
            var object = try JSONCodec.decode(JSONValue.self, from: event.data).objectValue
        else { return event.text }
        if let member {
            guard var inner = object[member]?.objectValue else { return event.text }
            for fact in facts.members { inner[fact.key] = fact.value }
            object[member] = .object(inner)
        } else {
            for fact in facts.members { object[fact.key] = fact.value }
        }
        return JSONValue.object(object).description
    }
}

extension JudgedCompletions {
    /// The answer of the model, to be improved by what the judge says of it while its stream is open. The model has
    /// answered when this returns: what it refuses is an error here.
    /// - Throws: as ``complete(_:judge:later:as:_:)``.
    package func streamRefined(
        _ order: CompletionOrder, by judge: JudgeChoice, as principal: Principal, _ context: CallContext
    ) async throws -> RefinedCompletion {
        let (answer, whole, project) = try await answer(try order.asWhole(), judge, as: principal, context)
        let execution = ExecutionOrder(
            input: whole.input(answeredBy: answer.text), labels: ExecutionLabels(), projectID: project)
        let (id, moment) = executions.newLogID()
        // A function, because a closure would be taken for a concurrent one.
        let refinements = refinements
        @Sendable nonisolated(nonsending) func improve(
            _ judged: (JudgeReceipt) async throws -> Void
        ) async throws -> RefinedResponse {
            try await refinements.refine(
                by: judge, execution, rule: RefinementRule(), as: principal, context, judged: judged)
        }
        return RefinedCompletion(
            order: order, reply: try CompletionText.reply(in: answer.body, of: order.dialect),
            identity: AnswerIdentity(
                id: "\(id)".filter { $0 != "-" }, created: Int64(moment.timeIntervalSince1970)),
            requestID: context.requestID, improve: improve)
    }
}
