import Cryptography
import HTTPMessages
import Providers
import Testing

/// The same answer in the wire language of each kind of provider: the word `hi`, three tokens in and four out.
struct ProviderLanguage: Sendable, CustomTestStringConvertible {
    let kind: Providers.ProviderKind
    let model: String
    /// In one piece.
    let whole: [UInt8]
    /// As a stream, up to the word, and from there on.
    let beginning: [UInt8]
    let ending: [UInt8]

    var testDescription: String { kind.rawValue }

    /// What a stream is said to be.
    var contentType: String { kind == .bedrock ? "application/vnd.amazon.eventstream" : "text/event-stream" }

    static let all = [completions, messages, gemini, bedrock, cohere, mistral]

    private init(
        _ kind: Providers.ProviderKind, _ model: String, whole: String, beginning: [UInt8], ending: [UInt8]
    ) {
        self.kind = kind
        self.model = model
        self.whole = Array(whole.utf8)
        self.beginning = beginning
        self.ending = ending
    }

    private static let completions = ProviderLanguage(
        .openAICompatible, "gpt-x", whole: Answer.completion, beginning: Array(Answer.chunk.utf8),
        ending: Array((Answer.last + Answer.usage + Answer.done).utf8))

    private static let mistral = ProviderLanguage(
        .mistral, "mistral-x", whole: Answer.completion, beginning: Array(Answer.chunk.utf8),
        ending: Array((Answer.last + Answer.usage + Answer.done).utf8))

    private static let messages: ProviderLanguage = {
        let answers = DialectAnswers.all[2]
        return ProviderLanguage(
            .anthropic, "claude-sonnet-5", whole: answers.completion,
            beginning: Array(answers.beginning.joined().utf8), ending: Array(answers.ending.joined().utf8))
    }()

    private static let gemini: ProviderLanguage = {
        let usage = #""usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4,"totalTokenCount":7}"#
        func candidate(_ text: String, _ rest: String) -> String {
            #"{"candidates":[{"index":0,"content":{"role":"model","parts":[\#(text)]}\#(rest),"modelVersion":"g"}"#
        }
        let said = #"{"text":"hi"}"#
        return ProviderLanguage(
            .gemini, "gemini-x", whole: candidate(said, #","finishReason":"STOP"}],\#(usage)"#),
            beginning: Array("data: \(candidate(said, "}]"))\r\n\r\n".utf8),
            ending: Array("data: \(candidate("", #","finishReason":"STOP"}],\#(usage)"#))\r\n\r\n".utf8))
    }()

    private static let cohere: ProviderLanguage = {
        let end =
            #""finish_reason":"COMPLETE","usage":{"billed_units":{"input_tokens":3,"output_tokens":4},"tokens":{"input_tokens":9,"output_tokens":4}}"#
        return ProviderLanguage(
            .cohere, "command-x",
            whole: #"{"id":"x","message":{"role":"assistant","content":[{"type":"text","text":"hi"}]},\#(end)}"#,
            beginning: Array(
                ("data: {\"type\":\"message-start\",\"id\":\"x\",\"delta\":{\"message\":{\"role\":\"assistant\"}}}\n\n"
                    + "data: {\"type\":\"content-delta\",\"index\":0,\"delta\":{\"message\":{\"content\":{\"text\":\"hi\"}}}}\n\n")
                    .utf8),
            ending: Array("data: {\"type\":\"message-end\",\"delta\":{\(end)}}\n\n".utf8))
    }()

    private static let bedrock = ProviderLanguage(
        .bedrock, "amazon.nova-pro-v1:0",
        whole:
            #"{"output":{"message":{"role":"assistant","content":[{"text":"hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":3,"outputTokens":4,"totalTokens":7}}"#,
        beginning: frames(
            """
            AAAAVQAAADHED5/oCzpldmVudC10eXBlBwAMbWVzc2FnZVN0YXJ0DTptZXNzYWdlLXR5cGUHAAVldmVudHsicm9sZSI6ImFzc2lz
            dGFudCJ9OSkbxgAAAHMAAAA2FOrQ7ws6ZXZlbnQtdHlwZQcAEWNvbnRlbnRCbG9ja0RlbHRhDTptZXNzYWdlLXR5cGUHAAVldmVu
            dHsiY29udGVudEJsb2NrSW5kZXgiOjAsImRlbHRhIjp7InRleHQiOiJoaSJ9fYawSMQ=
            """),
        ending: frames(
            """
            AAAAXAAAADXOcjmACzpldmVudC10eXBlBwAQY29udGVudEJsb2NrU3RvcA06bWVzc2FnZS10eXBlBwAFZXZlbnR7ImNvbnRlbnRC
            bG9ja0luZGV4Ijowfb24iVQAAABZAAAAMHb4Qn8LOmV2ZW50LXR5cGUHAAttZXNzYWdlU3RvcA06bWVzc2FnZS10eXBlBwAFZXZl
            bnR7InN0b3BSZWFzb24iOiJlbmRfdHVybiJ9RvdJvAAAAHkAAAAt1D8Bogs6ZXZlbnQtdHlwZQcACG1ldGFkYXRhDTptZXNzYWdl
            LXR5cGUHAAVldmVudHsidXNhZ2UiOnsiaW5wdXRUb2tlbnMiOjMsIm91dHB1dFRva2VucyI6NCwidG90YWxUb2tlbnMiOjd9fUg9
            R5w=
            """))

    /// Messages of AWS's event stream.
    private static func frames(_ base64: String) -> [UInt8] {
        Base64.decode(base64.filter { !$0.isWhitespace }) ?? []
    }
}
