internal import ChatModel
internal import Dialects
internal import JSON

// The conversation in a `generateContent` request.
extension GeminiRequestWriter {
    mutating func writeContents(to json: inout JSONWriter) throws(Unsupported) {
        let messages = request.messages.filter { $0.role != .system && $0.role != .developer }
        json.beginArray("contents")
        var index = 0
        while index < messages.count {
            let isModel = messages[index].role == .assistant
            let end = messages[index...].firstIndex { ($0.role == .assistant) != isModel } ?? messages.count
            json.beginObject()
            json.member("role", isModel ? "model" : "user")
            json.beginArray("parts")
            for message in inOrderOfCalls(messages[index..<end]) {
                if message.name != nil { adjustments.note(.omitted("name")) }
                try writeParts(message, to: &json)
            }
            json.endArray()
            json.endObject()
            index = end
        }
        json.endArray()
    }

    /// The messages of a turn with the results of tools in the order of their calls, as Google wants them: several calls of
    /// one function are told apart by that.
    private func inOrderOfCalls(_ turn: ArraySlice<ChatMessage>) -> [ChatMessage] {
        let results = turn.filter { $0.role == .tool }.flatMap(\.parts)
        guard results.count > 1 else { return Array(turn) }
        let sorted = results.enumerated().sorted { left, right in
            (place(of: left.element), left.offset) < (place(of: right.element), right.offset)
        }
        return [ChatMessage(role: .tool, parts: sorted.map(\.element))] + turn.filter { $0.role != .tool }
    }

    private func place(of part: ChatPart) -> Int {
        guard case .toolResult(let result) = part.content else { return .max }
        return functions[result.callID]?.place ?? .max
    }

    private mutating func writeParts(_ message: ChatMessage, to json: inout JSONWriter) throws(Unsupported) {
        var hasCalled = false
        for part in message.parts {
            if let call = part.toolCall {
                write(call, isFirst: !hasCalled, to: &json)
                hasCalled = true
            } else {
                try write(part, to: &json)
            }
        }
    }

    mutating func write(_ part: ChatPart, to json: inout JSONWriter) throws(Unsupported) {
        if part.cache != nil { adjustments.note(.omitted("cache_control")) }
        switch part.content {
        case .text(let text), .refusal(let text): json.object { $0.member("text", text) }
        case .image(let media, let detail):
            if let detail, detail != "auto" { adjustments.note(.omitted("detail")) }
            try write(media, "image", to: &json)
        case .audio(let media): try write(media, "sound", to: &json)
        case .file(let media, _): try write(media, "file", to: &json)
        case .toolCall(let call): write(call, isFirst: false, to: &json)
        case .toolResult(let result): try write(result, to: &json)
        case .reasoning(let reasoning):
            guard reasoning.format == .google, let signature = reasoning.signature else {
                adjustments.note(.omitted("reasoning"))
                return
            }
            json.object { json in
                json.member("text", "")
                json.member("thoughtSignature", signature)
            }
        case .opaque: throw Unsupported.part("messages", "cannot take a part of another provider's own kind")
        }
    }

    /// Google's word for a call whose signature is not known; without any the newer models refuse the request.
    private static let unknownSignature = "skip_thought_signature_validator"

    private mutating func write(_ call: ToolCall, isFirst: Bool, to json: inout JSONWriter) {
        functions[call.id] = (call.name, functions.count)
        var signature = call.signature
        // Of several calls at once only the first is signed.
        if signature == nil, isFirst, traits.thinking == .effort {
            signature = Self.unknownSignature
            adjustments.note(.approximated("thought_signature"))
        }
        json.object { json in
            json.object("functionCall") { json in
                json.member("id", call.id)
                json.member("name", call.name)
                json.key("args")
                json.writeRaw(JSONText.object(call.arguments))
            }
            json.member("thoughtSignature", signature)
        }
    }

    private func write(_ result: ToolResult, to json: inout JSONWriter) throws(Unsupported) {
        guard let name = functions[result.callID]?.name else {
            throw Unsupported(
                "messages", "needs the call \"\(result.callID)\" before its result",
                advice: "send the whole conversation")
        }
        guard result.parts.allSatisfy({ $0.text != nil }) else {
            throw Unsupported.part("messages", "takes results of tools as text only")
        }
        let text = result.text
        json.object { json in
            json.object("functionResponse") { json in
                json.member("id", result.callID)
                json.member("name", name)
                json.key("response")
                if !result.isError, JSONText.isObject(text) {
                    json.writeRaw(Array(text.utf8))
                } else {
                    json.object { $0.member(result.isError ? "error" : "result", text) }
                }
            }
        }
    }

    private func write(_ media: ChatMedia, _ what: String, to json: inout JSONWriter) throws(Unsupported) {
        switch media.source {
        case .base64(let data):
            guard let type = media.mediaType else {
                throw Unsupported.part("messages", "needs the media type of every \(what)")
            }
            json.object { json in
                json.object("inlineData") { json in
                    json.member("mimeType", type)
                    json.member("data", data)
                }
            }
        case .url(let url), .identifier(let url):
            guard isVertex || Self.isLoaded(url) else {
                throw Unsupported(
                    "messages", "loads no \(what) from another server's address",
                    advice: "send it as a data: address or upload it to the Files API")
            }
            json.object { json in
                json.object("fileData") { json in
                    json.member("mimeType", media.mediaType ?? Self.mediaType(of: url))
                    json.member("fileUri", url)
                }
            }
        case .text(let text): json.object { $0.member("text", text) }
        }
    }

    /// What Gemini's own service loads: its own files, Google's storage, and videos of YouTube.
    private static func isLoaded(_ url: String) -> Bool {
        let places = [
            "gs://", "https://generativelanguage.googleapis.com/", "https://www.youtube.com/", "https://youtu.be/",
            "files/",
        ]
        return places.contains { url.hasPrefix($0) }
    }

    /// What the ending of an address says; nothing for others, which Google then finds out itself.
    private static func mediaType(of url: String) -> String? {
        let path = url.prefix { $0 != "?" && $0 != "#" }
        let types = [
            ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp",
            ".gif": "image/gif", ".pdf": "application/pdf", ".mp3": "audio/mp3", ".wav": "audio/wav",
            ".mp4": "video/mp4",
        ]
        return types.first { path.lowercased().hasSuffix($0.key) }?.value
    }
}
