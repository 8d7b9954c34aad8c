internal import ChatModel
internal import Dialects
internal import HTTPMessages
internal import JSON

/// The text in an answer of a model.
enum CompletionText {
    /// What the model says in an answer in one piece.
    /// - Throws: `LLMProxyUnavailable` for what is no answer.
    static func of(_ body: [UInt8], in dialect: ChatDialect) throws -> String {
        let reply = try reply(in: body, of: dialect)
        return reply.content ?? reply.refusal ?? ""
    }

    /// The answer in one piece.
    /// - Throws: `LLMProxyUnavailable` for what is no answer.
    static func reply(in body: [UInt8], of dialect: ChatDialect) throws -> ChatReply {
        do {
            let root = try JSONNode(body)
            return switch dialect {
            case .chatCompletions: try CompletionReplyReader.read(root)
            case .responses: try ResponsesReplyReader.read(root)
            case .messages: try MessagesReplyReader.read(root)
            }
        } catch {
            throw LLMProxyUnavailable("The LLM proxy's answer is not understood.")
        }
    }

    /// The answer with another text in the place of what the model says; everything else stays.
    static func replacing(with text: String, in body: [UInt8], of dialect: ChatDialect) throws -> [UInt8] {
        guard var root = try JSONCodec.decode(JSONValue.self, from: body).objectValue else { return body }
        switch dialect {
        case .chatCompletions: root["choices"] = changingFirst(root["choices"]) { $0["message"] = message($0, text) }
        case .responses: root["output"] = responsesOutput(root["output"], text)
        case .messages: root["content"] = .array([["type": "text", "text": .string(text)]])
        }
        return JSONWriter.bytes(of: .object(root))
    }

    private static func message(_ choice: JSONObject, _ text: String) -> JSONValue {
        var message = choice["message"]?.objectValue ?? ["role": "assistant"]
        message["content"] = .string(text)
        return .object(message)
    }

    /// The items of an output, of which the first message now says `text`.
    private static func responsesOutput(_ output: JSONValue?, _ text: String) -> JSONValue? {
        guard var items = output?.arrayValue else { return output }
        for index in items.indices where items[index]["type"]?.stringValue == "message" {
            guard var item = items[index].objectValue else { continue }
            item["content"] = changingFirst(item["content"]) { $0["text"] = .string(text) }
            items[index] = .object(item)
            break
        }
        return .array(items)
    }

    private static func changingFirst(_ list: JSONValue?, _ change: (inout JSONObject) -> Void) -> JSONValue? {
        guard var elements = list?.arrayValue, var first = elements.first?.objectValue else { return list }
        change(&first)
        elements[0] = .object(first)
        return .array(elements)
    }
}

/// Puts the text of a streamed answer together while it passes.
struct CompletionTextReader {
    private var events: ServerSentEvents
    private var reader: any AnswerReader
    /// What the model has said so far, up to a bound.
    private(set) var text = ""
    /// Whether the answer came to its proper end.
    private(set) var isComplete = false

    /// The longest text that is kept for a judge, in bytes.
    private static let longest = 4 << 20

    init(_ dialect: ChatDialect) {
        events = ServerSentEvents(limit: 16 << 20)
        reader =
            switch dialect {
            case .chatCompletions: CompletionStreamReader()
            case .responses: ResponsesStreamReader()
            case .messages: MessagesStreamReader()
            }
    }

    /// Takes a piece of the stream. What is not understood is passed over: the client gets it all the same.
    mutating func take(_ bytes: [UInt8]) {
        do {
            for event in try events.feed(bytes) where event.data.first == UInt8(ascii: "{") {
                for step in try reader.read(try JSONNode(event.data)) { take(step) }
            }
        } catch {
            isComplete = false
        }
    }

    private mutating func take(_ step: ChatEvent) {
        guard step.choice == 0 else { return }
        switch step.kind {
        case .text(let piece), .refusal(let piece):
            if text.utf8.count + piece.utf8.count <= Self.longest { text += piece }
        case .finish, .end: isComplete = true
        case .failure: isComplete = false
        case .start, .reasoning, .reasoningSignature, .encryptedReasoning, .toolCall, .toolArguments, .logprobs, .usage:
            break
        }
    }
}
