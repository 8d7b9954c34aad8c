package import ChatModel
internal import JSON

/// Writes the steps of an answer in one dialect.
protocol AnswerWriter: Sendable {
    /// Writes what a step becomes.
    mutating func write(_ event: ChatEvent, to output: inout [UInt8])
    /// Writes the dialect's error event.
    mutating func write(_ failure: ChatFailure, requestID: String, to output: inout [UInt8])
}

/// Writes the steps of an answer as the server-sent events of a caller's dialect.
package struct AnswerStream: Sendable {
    private var writer: any AnswerWriter
    private let requestID: String
    /// Whether the last event is out.
    package private(set) var isOver = false

    /// A stream in the dialect that `request` came in; chat completions when it was made here.
    package init(for request: ChatRequest, as identity: AnswerIdentity, requestID: String) {
        self.requestID = requestID
        writer =
            switch request.dialect ?? .chatCompletions {
            case .chatCompletions:
                CompletionStreamWriter(model: request.model, includesUsage: request.streamsUsage, as: identity)
            case .responses: ResponsesStreamWriter(request, as: identity)
            case .messages: MessagesStreamWriter(model: request.model, as: identity)
            }
    }

    /// The events as bytes. A failure becomes the dialect's error event, and nothing comes behind it that could be taken
    /// for a clean end.
    package mutating func write(_ events: [ChatEvent]) -> [UInt8] {
        var output: [UInt8] = []
        for event in events where !isOver {
            switch event.kind {
            case .failure(let failure):
                isOver = true
                writer.write(failure, requestID: requestID, to: &output)
            case .end:
                isOver = true
                writer.write(event, to: &output)
            case .start, .text, .refusal, .reasoning, .reasoningSignature, .encryptedReasoning, .toolCall,
                .toolArguments, .logprobs, .finish, .usage:
                writer.write(event, to: &output)
            }
        }
        return output
    }
}

extension ChatDialect {
    /// A failure as the last event of a stream.
    package func event(of failure: ChatFailure, requestID: String) -> [UInt8] {
        var output: [UInt8] = []
        switch self {
        case .chatCompletions: EventFrame.append(body(of: failure, requestID: requestID), to: &output)
        case .messages: EventFrame.append("error", body(of: failure, requestID: requestID), to: &output)
        case .responses: output = Self.responsesEvent(of: failure, requestID: requestID, sequence: 0)
        }
        return output
    }

    static func responsesEvent(of failure: ChatFailure, requestID: String, sequence: Int) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.object { json in
            json.member("type", "error")
            json.member("sequence_number", sequence)
            json.nullable("param", failure.parameter)
            json.member("message", failure.message)
            json.member("code", failure.code.rawValue)
            json.member("provider", failure.provider)
            json.member("retryable", failure.isTransient)
            json.member("request_id", requestID)
        }
        var output: [UInt8] = []
        EventFrame.append("error", json.bytes, to: &output)
        return output
    }

    /// What keeps a stream alive while its answer is awaited.
    package var keepAlive: [UInt8] {
        switch self {
        case .chatCompletions, .responses: return Array(": ping\n\n".utf8)
        case .messages: return Array("event: ping\ndata: {\"type\":\"ping\"}\n\n".utf8)
        }
    }
}
