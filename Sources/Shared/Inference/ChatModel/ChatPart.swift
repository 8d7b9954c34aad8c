/// One piece of a message, of a request or of an answer.
package struct ChatPart: Sendable, Hashable {
    /// What the piece is.
    package enum Content: Sendable, Hashable {
        case text(String)
        /// The model's words why it does not answer.
        case refusal(String)
        case image(ChatMedia, detail: String?)
        case audio(ChatMedia)
        case file(ChatMedia, name: String?)
        case toolCall(ToolCall)
        case toolResult(ToolResult)
        case reasoning(Reasoning)
        /// A piece that only one dialect knows, as it came.
        case opaque(RawJSON, ChatDialect)
    }

    /// What it is.
    package var content: Content
    /// That everything up to here is worth caching at the provider.
    package var cache: CacheMark?

    package init(_ content: Content, cache: CacheMark? = nil) {
        self.content = content
        self.cache = cache
    }

    /// A piece that is text and nothing else.
    package static func text(_ text: String) -> ChatPart { ChatPart(.text(text)) }

    /// The text, when it is one.
    package var text: String? {
        guard case .text(let text) = content else { return nil }
        return text
    }

    /// The call of a tool, when it is one.
    package var toolCall: ToolCall? {
        guard case .toolCall(let call) = content else { return nil }
        return call
    }

    /// The reasoning, when it is some.
    package var reasoning: Reasoning? {
        guard case .reasoning(let reasoning) = content else { return nil }
        return reasoning
    }
}

/// How long a provider is asked to keep what it has read.
package struct CacheMark: Sendable, Hashable {
    /// In the words of the caller's dialect (`5m`, `1h`, …); `nil` for the provider's default.
    package var lifetime: String?

    package init(lifetime: String? = nil) { self.lifetime = lifetime }
}

/// An image, sound or document.
package struct ChatMedia: Sendable, Hashable {
    /// Where its bytes are.
    package enum Source: Sendable, Hashable {
        /// In the request, as base64.
        case base64(String)
        /// At an address that the provider is to load.
        case url(String)
        /// With the provider, under an identifier that it gave.
        case identifier(String)
        /// Plain text in the request.
        case text(String)
    }

    /// Where the bytes are.
    package var source: Source
    /// `image/png` and the like; `nil` when it is not known.
    package var mediaType: String?

    package init(_ source: Source, mediaType: String? = nil) {
        self.source = source
        self.mediaType = mediaType
    }

    /// What a `data:` address holds; `nil` for one that is not base64.
    package init?(dataURL: String) {
        guard dataURL.utf8.starts(with: "data:".utf8), let comma = dataURL.utf8.firstIndex(of: UInt8(ascii: ","))
        else { return nil }
        let head = dataURL[dataURL.index(dataURL.startIndex, offsetBy: 5)..<comma]
        guard head.hasSuffix(";base64") else { return nil }
        let type = head.prefix { $0 != ";" }
        self.init(
            .base64(String(dataURL[dataURL.utf8.index(after: comma)...])),
            mediaType: type.isEmpty ? nil : String(type).lowercased())
    }

    /// The address of it, `data:` when the bytes are here; `nil` when there is none.
    package var address: String? {
        switch source {
        case .url(let url): url
        case .base64: dataURL
        case .identifier, .text: nil
        }
    }

    /// The same as a `data:` address; `nil` when the bytes are not here.
    package var dataURL: String? {
        guard case .base64(let data) = source else { return nil }
        return "data:\(mediaType ?? "application/octet-stream");base64,\(data)"
    }
}

/// A tool that the model wants called.
package struct ToolCall: Sendable, Hashable {
    /// What the result refers to.
    package var id: String
    package var name: String
    /// The arguments as the model wrote them: meant to be a JSON object, promised by nobody.
    package var arguments: String
    /// What the provider wants to see again with the call (Google's thought signature).
    package var signature: String?

    package init(id: String, name: String, arguments: String, signature: String? = nil) {
        self.id = id
        self.name = name
        self.arguments = arguments
        self.signature = signature
    }
}

/// What a tool gave back.
package struct ToolResult: Sendable, Hashable {
    /// The identifier of the call.
    package var callID: String
    /// Text and images.
    package var parts: [ChatPart]
    /// Whether the tool failed.
    package var isError: Bool

    package init(callID: String, parts: [ChatPart], isError: Bool = false) {
        self.callID = callID
        self.parts = parts
        self.isError = isError
    }

    /// The text of all text parts.
    package var text: String { parts.compactMap(\.text).joined(separator: "\n") }
}

/// What a model thought before it answered.
package struct Reasoning: Sendable, Hashable {
    /// Whose secret the signature or the encrypted content is; nobody else can use it.
    package enum Format: String, Sendable, Hashable {
        case anthropic = "anthropic-claude-v1"
        case openAI = "openai-responses-v1"
        case google = "google-gemini-v1"
        case mistral = "mistral-v1"
        case unknown
    }

    /// What was thought, as far as it is shown.
    package var text: String
    /// Whether the text is the provider's summary and not the thoughts themselves.
    package var isSummary: Bool
    /// The provider's proof that the text is the model's own.
    package var signature: String?
    /// Thoughts that only the provider can read.
    package var encrypted: String?
    /// The provider's identifier of the passage.
    package var id: String?
    /// Whose it is.
    package var format: Format

    package init(
        text: String = "", isSummary: Bool = false, signature: String? = nil, encrypted: String? = nil,
        id: String? = nil, format: Format = .unknown
    ) {
        self.text = text
        self.isSummary = isSummary
        self.signature = signature
        self.encrypted = encrypted
        self.id = id
        self.format = format
    }
}
