internal import ChatModel
internal import JSON

// The input items of a responses request.
extension ResponsesRequestWriter {
    mutating func writeInput(to json: inout JSONWriter) throws(Unsupported) {
        json.beginArray("input")
        for message in request.messages {
            if message.name != nil { adjustments.note(.omitted("name")) }
            switch message.role {
            case .assistant: try writeAnswer(message.parts, to: &json)
            case .tool:
                for part in message.parts { try writeResult(part, to: &json) }
            case .system, .developer, .user:
                try writeMessage(message.role.rawValue, message.parts, isAnswer: false, to: &json)
            }
        }
        json.endArray()
    }

    /// What a model said stands in one item, each of its calls and thoughts in one of its own, all in their order.
    private mutating func writeAnswer(_ parts: [ChatPart], to json: inout JSONWriter) throws(Unsupported) {
        var said: [ChatPart] = []
        for part in parts {
            switch part.content {
            case .text, .refusal, .image, .audio, .file, .toolResult: said.append(part)
            case .toolCall(let call):
                try flush(&said, to: &json)
                json.object { json in
                    json.member("type", "function_call")
                    json.member("call_id", call.id)
                    json.member("name", call.name)
                    json.member("arguments", call.arguments.isEmpty ? "{}" : call.arguments)
                }
            case .reasoning(let reasoning):
                try flush(&said, to: &json)
                guard reasoning.format == .openAI, reasoning.encrypted != nil else {
                    adjustments.note(.omitted("reasoning"))
                    continue
                }
                ResponsesItemWriter.write(reasoning, id: reasoning.id ?? "rs_0", to: &json)
            case .opaque(let item, .responses):
                try flush(&said, to: &json)
                json.write(item)
            case .opaque: throw Unsupported.part("messages", "cannot take a part of another provider's own kind")
            }
        }
        try flush(&said, to: &json)
    }

    private mutating func flush(_ said: inout [ChatPart], to json: inout JSONWriter) throws(Unsupported) {
        guard !said.isEmpty else { return }
        try writeMessage("assistant", said, isAnswer: true, to: &json)
        said = []
    }

    private mutating func writeMessage(
        _ role: String, _ parts: [ChatPart], isAnswer: Bool, to json: inout JSONWriter
    ) throws(Unsupported) {
        json.beginObject()
        json.member("type", "message")
        json.member("role", role)
        json.key("content")
        try writeContent(parts, isAnswer: isAnswer, to: &json)
        json.endObject()
    }

    private mutating func writeResult(_ part: ChatPart, to json: inout JSONWriter) throws(Unsupported) {
        guard case .toolResult(let result) = part.content else {
            throw Unsupported.part("messages", "takes nothing but results in a message of the role tool")
        }
        if result.isError { adjustments.note(.omitted("is_error")) }
        json.beginObject()
        json.member("type", "function_call_output")
        json.member("call_id", result.callID)
        json.key("output")
        if result.parts.allSatisfy({ $0.text != nil }) {
            json.write(result.text)
        } else {
            try writeContent(result.parts, isAnswer: false, to: &json)
        }
        json.endObject()
    }

    private mutating func writeContent(
        _ parts: [ChatPart], isAnswer: Bool, to json: inout JSONWriter
    ) throws(Unsupported) {
        json.beginArray()
        for part in parts {
            if part.cache != nil { adjustments.note(.omitted("cache_control")) }
            if case .opaque(let value, .responses) = part.content {
                json.write(value)
                continue
            }
            json.beginObject()
            try write(part.content, isAnswer: isAnswer, to: &json)
            json.endObject()
        }
        json.endArray()
    }

    private func write(
        _ content: ChatPart.Content, isAnswer: Bool, to json: inout JSONWriter
    ) throws(Unsupported) {
        switch content {
        case .text(let text):
            json.member("type", isAnswer ? "output_text" : "input_text")
            json.member("text", text)
        case .refusal(let text):
            json.member("type", "refusal")
            json.member("refusal", text)
        case .image(let media, let detail):
            json.member("type", "input_image")
            json.member("detail", detail ?? "auto")
            switch media.source {
            case .url(let url): json.member("image_url", url)
            case .base64: json.member("image_url", media.dataURL)
            case .identifier(let id): json.member("file_id", id)
            case .text: throw Unsupported.part("messages", "takes no image as text")
            }
        case .file(let media, let name):
            json.member("type", "input_file")
            switch media.source {
            case .url(let url): json.member("file_url", url)
            case .identifier(let id): json.member("file_id", id)
            case .base64:
                json.member("filename", name ?? "document.pdf")
                json.member("file_data", media.dataURL)
            case .text: throw Unsupported.part("messages", "takes no file as text; put it into the message")
            }
        case .audio: throw Unsupported.part("messages", "takes no sound in OpenAI's responses")
        case .toolCall, .toolResult, .reasoning, .opaque:
            throw Unsupported.part("messages", "cannot take a part of another provider's own kind")
        }
    }
}
