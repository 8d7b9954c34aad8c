internal import ChatModel
internal import Dialects
internal import JSON

/// A schema that is followed by the forced call of a tool, for models that know no other way: the call's arguments are
/// the answer, so callers never see the tool.
enum AnswerTool {
    static let name = MessagesRequestWriter.answerTool
    static let description = MessagesRequestWriter.answerDescription

    /// The answer with the arguments of the call as its text.
    static func text(in reply: ChatReply) -> ChatReply {
        var reply = reply
        for index in reply.choices.indices {
            reply.choices[index].parts = reply.choices[index].parts.map { part in
                guard let call = part.toolCall, call.name == name else { return part }
                return .text(call.arguments)
            }
            reply.choices[index].finishReason = reply.choices[index].finishReason.map(Self.reason)
        }
        return reply
    }

    static func reason(_ reason: ChatReply.FinishReason) -> ChatReply.FinishReason {
        reason == .toolCalls ? .stop : reason
    }
}

/// The same for a stream.
struct AnswerToolReader: AnswerReader {
    private var reader: any AnswerReader

    init(_ reader: any AnswerReader) { self.reader = reader }

    var isBegun: Bool { reader.isBegun }
    var isComplete: Bool { reader.isComplete }
    var endsItself: Bool { reader.endsItself }

    mutating func read(_ event: JSONNode) throws(JSONDecodingError) -> [ChatEvent] {
        try reader.read(event).compactMap { step in
            switch step.kind {
            case .toolCall(_, _, AnswerTool.name, _): nil
            case .toolArguments(_, let text): ChatEvent(.text(text), choice: step.choice)
            case .finish(let reason, let stop):
                ChatEvent(.finish(AnswerTool.reason(reason), stopSequence: stop), choice: step.choice)
            case .start, .text, .refusal, .reasoning, .reasoningSignature, .encryptedReasoning, .toolCall, .logprobs,
                .usage, .failure, .end:
                step
            }
        }
    }
}
