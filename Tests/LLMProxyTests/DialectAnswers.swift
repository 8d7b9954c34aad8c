import ChatModel
import HTTPMessages
import HTTPServer
import Testing

/// A provider's answers in one of the dialects, right and wrong ones.
struct DialectAnswers: Sendable, CustomTestStringConvertible {
    /// What callers speak.
    let caller: ChatDialect
    /// The model of `ProxyRig` whose provider speaks the dialect of `provider`.
    let model: String
    let provider: ChatDialect

    var testDescription: String { "\(caller) of \(model)" }

    /// Callers of every dialect, at a provider of their own and at one of another.
    static let all: [DialectAnswers] = [
        DialectAnswers(caller: .chatCompletions, model: "gpt", provider: .chatCompletions),
        DialectAnswers(caller: .chatCompletions, model: "claude", provider: .messages),
        DialectAnswers(caller: .messages, model: "claude", provider: .messages),
        DialectAnswers(caller: .messages, model: "gpt", provider: .chatCompletions),
        DialectAnswers(caller: .responses, model: "gpt", provider: .chatCompletions),
        DialectAnswers(caller: .responses, model: "claude", provider: .messages),
    ]

    // MARK: The caller's side

    var path: String {
        switch caller {
        case .chatCompletions: "/v1/chat/completions"
        case .messages: "/v1/messages"
        case .responses: "/v1/responses"
        }
    }

    func request(isStreaming: Bool) -> String {
        let stream = isStreaming ? #","stream":true"# : ""
        return switch caller {
        case .chatCompletions: #"{"model":"\#(model)","messages":[{"role":"user","content":"hi"}]\#(stream)}"#
        case .messages:
            #"{"model":"\#(model)","max_tokens":64,"messages":[{"role":"user","content":"hi"}]\#(stream)}"#
        case .responses: #"{"model":"\#(model)","input":"hi"\#(stream)}"#
        }
    }

    /// What only a stream has in it that came to its proper end.
    var properEnd: String {
        switch caller {
        case .chatCompletions: "data: [DONE]"
        case .messages: "message_stop"
        case .responses: "response.completed"
        }
    }

    // MARK: The provider's side

    /// An answer in one piece: the word `hi`, three tokens in and four out.
    var completion: String {
        switch provider {
        case .chatCompletions, .responses: Answer.completion
        case .messages:
            #"{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-5","content":[{"type":"text","#
                + #""text":"hi"}],"stop_reason":"end_turn","stop_sequence":null,"#
                + #""usage":{"input_tokens":3,"output_tokens":4}}"#
        }
    }

    /// The beginning of a stream, up to the word `hi`.
    var beginning: [String] {
        switch provider {
        case .chatCompletions, .responses: [Answer.chunk]
        case .messages:
            [
                event(
                    "message_start",
                    #""message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-5","#
                        + #""content":[],"stop_reason":null,"usage":{"input_tokens":3,"output_tokens":1}}"#),
                event("content_block_start", #""index":0,"content_block":{"type":"text","text":""}"#),
                event("content_block_delta", #""index":0,"delta":{"type":"text_delta","text":"hi"}"#),
            ]
        }
    }

    /// The rest of a stream.
    var ending: [String] {
        switch provider {
        case .chatCompletions, .responses: [Answer.last, Answer.usage, Answer.done]
        case .messages:
            [
                event("content_block_stop", #""index":0"#),
                event("message_delta", #""delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4}"#),
                event("message_stop", nil),
            ]
        }
    }

    /// An error in the middle of a stream.
    var errorEvent: String {
        switch provider {
        case .chatCompletions, .responses: "data: {\"error\":{\"message\":\"out of memory\",\"code\":500}}\n\n"
        case .messages: event("error", #""error":{"type":"api_error","message":"out of memory"}"#)
        }
    }

    /// The body of an error.
    func error(_ message: String) -> String {
        switch provider {
        case .chatCompletions, .responses: #"{"error":{"message":"\#(message)","type":"x","code":null}}"#
        case .messages: #"{"type":"error","error":{"type":"api_error","message":"\#(message)"}}"#
        }
    }

    private func event(_ name: String, _ members: String?) -> String {
        "event: \(name)\ndata: {\"type\":\"\(name)\"\(members.map { "," + $0 } ?? "")}\n\n"
    }
}
