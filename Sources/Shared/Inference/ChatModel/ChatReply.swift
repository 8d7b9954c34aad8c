/// What a model answered.
package struct ChatReply: Sendable, Hashable {
    /// Why the model stopped.
    package enum FinishReason: Sendable, Hashable {
        /// It was done.
        case stop
        /// The most tokens were reached: the text is cut off.
        case length
        /// It wants tools called.
        case toolCalls
        /// A filter stopped it.
        case contentFilter
        /// A word that is not OpenAI's.
        case other(String)
    }

    /// One of the answers that were asked for.
    package struct Choice: Sendable, Hashable {
        /// Thoughts, texts and calls, in their order.
        package var parts: [ChatPart]
        /// Why it ended; `nil` when nobody said.
        package var finishReason: FinishReason?
        /// The stop sequence that was met.
        package var stopSequence: String?
        /// How likely each token was, where that was asked.
        package var logprobs: [TokenLogprob]?

        package init(
            parts: [ChatPart], finishReason: FinishReason?, stopSequence: String? = nil,
            logprobs: [TokenLogprob]? = nil
        ) {
            self.parts = parts
            self.finishReason = finishReason
            self.stopSequence = stopSequence
            self.logprobs = logprobs
        }
    }

    /// The provider's identifier of the answer.
    package var id: String?
    /// The model that answered, by the name the provider gives it.
    package var model: String?
    /// At least one.
    package var choices: [Choice]
    /// What was used; `nil` where the provider does not count.
    package var usage: ChatUsage?
    /// The class of service that was given, in the provider's words.
    package var serviceTier: String?
    /// OpenAI's mark of the configuration that answered.
    package var systemFingerprint: String?

    package init(id: String? = nil, model: String? = nil, choices: [Choice], usage: ChatUsage? = nil) {
        self.id = id
        self.model = model
        self.choices = choices
        self.usage = usage
    }

    /// An answer of one text.
    package init(
        content: String?, refusal: String? = nil, finishReason: FinishReason? = .stop, model: String? = nil,
        usage: ChatUsage? = nil
    ) {
        let parts = [content.map { ChatPart(.text($0)) }, refusal.map { ChatPart(.refusal($0)) }].compactMap(\.self)
        self.init(model: model, choices: [Choice(parts: parts, finishReason: finishReason)], usage: usage)
    }

    /// The text of the first answer; `nil` when there is none, as with tool calls.
    package var content: String? { choices.first.flatMap { Self.joined($0.parts.compactMap(\.text)) } }

    /// Why the model declined, in its own words.
    package var refusal: String? {
        let refusals = choices.first?.parts.compactMap { part in
            if case .refusal(let text) = part.content { text } else { nil }
        }
        return Self.joined(refusals ?? [])
    }

    /// Why the first answer ended.
    package var finishReason: FinishReason? { choices.first?.finishReason }

    private static func joined(_ texts: [String]) -> String? {
        texts.count < 2 ? texts.first : texts.joined()
    }
}

/// How likely a token was.
package struct TokenLogprob: Sendable, Hashable {
    /// A token that might have stood there.
    package struct Alternative: Sendable, Hashable {
        package var token: String
        package var logprob: Double
        /// Its UTF-8, which may be a part of a character.
        package var bytes: [UInt8]?

        package init(token: String, logprob: Double, bytes: [UInt8]? = nil) {
            self.token = token
            self.logprob = logprob
            self.bytes = bytes
        }
    }

    /// The token that stands there.
    package var chosen: Alternative
    /// The likeliest tokens for the place, where they were asked for.
    package var top: [Alternative]

    package init(chosen: Alternative, top: [Alternative] = []) {
        self.chosen = chosen
        self.top = top
    }
}
