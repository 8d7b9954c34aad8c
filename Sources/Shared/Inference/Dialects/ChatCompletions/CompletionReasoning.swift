internal import ChatModel
internal import JSON

/// Reasoning in messages of chat completions, which OpenAI itself does not show. The form is OpenRouter's, which its
/// clients send back unchanged: `reasoning` is the text, `reasoning_details` what the provider wants to see again.
enum CompletionReasoning {
    /// The reasoning of a message or of a piece of a stream.
    static func read(_ message: JSONNode) throws(JSONDecodingError) -> [ChatPart] {
        if let details = message["reasoning_details"] {
            var parts: [ChatPart] = []
            for detail in try details.elements() {
                if let reasoning = try read(detail: detail) { parts.append(ChatPart(.reasoning(reasoning))) }
            }
            if !parts.isEmpty { return parts }
        }
        guard let text = text(message), !text.isEmpty else { return [] }
        return [ChatPart(.reasoning(Reasoning(text: text)))]
    }

    /// The text of it; servers disagree on the name.
    static func text(_ message: JSONNode) -> String? {
        message.string("reasoning") ?? message.string("reasoning_content")
    }

    private static func read(detail: JSONNode) throws(JSONDecodingError) -> Reasoning? {
        var reasoning = Reasoning(
            id: detail.string("id"),
            format: detail.string("format").flatMap(Reasoning.Format.init(rawValue:)) ?? .unknown)
        reasoning.signature = detail.string("signature")
        switch try detail.required("type").text() {
        case "reasoning.text": reasoning.text = detail.string("text") ?? ""
        case "reasoning.summary":
            reasoning.text = detail.string("summary") ?? ""
            reasoning.isSummary = true
        case "reasoning.encrypted": reasoning.encrypted = try detail.required("data").text()
        default: return nil
        }
        return reasoning
    }

    /// Writes both members, when there is any reasoning.
    static func write(_ parts: [ChatPart], textName: String = "reasoning", to json: inout JSONWriter) {
        let passages = parts.compactMap(\.reasoning)
        guard !passages.isEmpty else { return }
        let text = passages.map(\.text).joined()
        if !text.isEmpty { json.member(textName, text) }
        json.array("reasoning_details") { json in
            for (index, passage) in passages.enumerated() { write(passage, index: index, to: &json) }
        }
    }

    /// One entry of `reasoning_details`; of a passage with hidden thoughts beside its text, two.
    static func write(_ passage: Reasoning, index: Int, to json: inout JSONWriter) {
        if !passage.text.isEmpty || passage.signature != nil {
            json.object { json in
                writeHead(passage.isSummary ? "reasoning.summary" : "reasoning.text", passage, index, &json)
                json.member(passage.isSummary ? "summary" : "text", passage.text)
                json.member("signature", passage.signature)
            }
        }
        if let encrypted = passage.encrypted {
            json.object { json in
                writeHead("reasoning.encrypted", passage, index, &json)
                json.member("data", encrypted)
            }
        }
    }

    private static func writeHead(_ type: String, _ passage: Reasoning, _ index: Int, _ json: inout JSONWriter) {
        json.member("type", type)
        json.member("id", passage.id)
        // Clients add the pieces of a stream up, members that are texts too, so that it may stand in one piece only.
        if passage.format != .unknown { json.member("format", passage.format.rawValue) }
        json.member("index", index)
    }
}
