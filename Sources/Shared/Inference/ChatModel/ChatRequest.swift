internal import JSON

/// What is asked of a model, in the one form that every provider's is translated from: OpenAI's chat completions.
package struct ChatRequest: Sendable, Hashable {
    /// How long a model that can reason may do so.
    package enum ReasoningEffort: String, Sendable, Hashable {
        case low, medium, high
    }

    /// The name by which the proxy knows the model.
    package var model: String
    package var messages: [ChatMessage]
    /// The most tokens that may come back, reasoning included.
    package var maximumTokens: Int?
    /// How freely the model chooses its words: 0 gives the likeliest ones.
    package var temperature: Double?
    package var reasoningEffort: ReasoningEffort?
    /// What the answer has to look like.
    package var replySchema: ReplySchema?

    package init(
        model: String, messages: [ChatMessage], maximumTokens: Int? = nil, temperature: Double? = nil,
        reasoningEffort: ReasoningEffort? = nil, replySchema: ReplySchema? = nil
    ) {
        self.model = model
        self.messages = messages
        self.maximumTokens = maximumTokens
        self.temperature = temperature
        self.reasoningEffort = reasoningEffort
        self.replySchema = replySchema
    }

    /// A JSON Schema that an answer follows.
    package struct ReplySchema: Sendable, Hashable {
        package let name: String
        /// The schema as JSON.
        package let json: [UInt8]

        package init(name: String, json: String) {
            self.name = name
            self.json = Array(json.utf8)
        }
    }

    /// The body of `POST /v1/chat/completions`.
    package func body() -> [UInt8] {
        let size = messages.reduce(512) { $0 + $1.content.utf8.count * 9 / 8 }
        var json = JSONWriter(capacity: size + (replySchema?.json.count ?? 0))
        json.beginObject()
        json.key("model")
        json.write(model)
        json.key("messages")
        json.beginArray()
        for message in messages {
            json.beginObject()
            json.key("role")
            json.write(message.role.rawValue)
            json.key("content")
            json.write(message.content)
            json.endObject()
        }
        json.endArray()
        if let maximumTokens {
            json.key("max_completion_tokens")
            json.write(maximumTokens)
        }
        if let temperature {
            json.key("temperature")
            json.write(temperature)
        }
        if let reasoningEffort {
            json.key("reasoning_effort")
            json.write(reasoningEffort.rawValue)
        }
        if let replySchema { replySchema.write(to: &json) }
        json.endObject()
        return json.bytes
    }
}

extension ChatRequest.ReplySchema {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.key("response_format")
        writer.beginObject()
        writer.key("type")
        writer.write("json_schema")
        writer.key("json_schema")
        writer.beginObject()
        writer.key("name")
        writer.write(name)
        writer.key("strict")
        writer.write(true)
        writer.key("schema")
        writer.writeRaw(json)
        writer.endObject()
        writer.endObject()
    }
}
