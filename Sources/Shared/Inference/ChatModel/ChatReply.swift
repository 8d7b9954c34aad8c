internal import JSON

/// What a model answered: the first choice of a chat completion.
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

    /// The text; `nil` when there is none, as with tool calls.
    package var content: String?
    /// Why the model declined, in its own words.
    package var refusal: String?
    package var finishReason: FinishReason?
    /// The model that answered, by the name the provider gives it.
    package var model: String?
    package var usage: ChatUsage?

    package init(
        content: String?, refusal: String? = nil, finishReason: FinishReason? = .stop, model: String? = nil,
        usage: ChatUsage? = nil
    ) {
        self.content = content
        self.refusal = refusal
        self.finishReason = finishReason
        self.model = model
        self.usage = usage
    }

    /// Reads the body of a chat completion.
    /// - Throws: ``ChatFailure`` with the code `invalidResponse` when it is none.
    package init(body: [UInt8]) throws(ChatFailure) {
        let completion: Completion
        do {
            completion = try JSONCodec.decode(Completion.self, from: body)
        } catch {
            throw ChatFailure(.invalidResponse, "the answer is no chat completion: \(error.message)")
        }
        guard let choice = completion.choices.first else {
            throw ChatFailure(.invalidResponse, "the chat completion has no choices")
        }
        self.init(
            content: choice.message.content, refusal: choice.message.refusal,
            finishReason: choice.finishReason.map(FinishReason.init), model: completion.model,
            usage: completion.usage?.usage)
    }

    private struct Completion: Decodable {
        let model: String?
        let choices: [Choice]
        let usage: ChatUsageBody?

        struct Choice: Decodable {
            let message: Message
            let finishReason: String?
        }

        struct Message: Decodable {
            let content: String?
            let refusal: String?
        }
    }
}

extension ChatReply.FinishReason {
    /// The reason that OpenAI writes as `word`.
    package init(_ word: String) {
        self =
            switch word {
            case "stop": .stop
            case "length": .length
            case "tool_calls", "function_call": .toolCalls
            case "content_filter": .contentFilter
            default: .other(word)
            }
    }
}

/// The `usage` member of a chat completion, or of the last chunk of a stream.
private struct ChatUsageBody: Decodable {
    private let promptTokens: Int?
    private let completionTokens: Int?
    private let promptTokensDetails: PromptDetails?
    private let completionTokensDetails: CompletionDetails?

    private struct PromptDetails: Decodable {
        let cachedTokens: Int?
    }

    private struct CompletionDetails: Decodable {
        let reasoningTokens: Int?
    }

    /// The counts; what is absent is zero.
    var usage: ChatUsage {
        ChatUsage(
            promptTokens: promptTokens ?? 0, completionTokens: completionTokens ?? 0,
            cachedTokens: promptTokensDetails?.cachedTokens ?? 0,
            reasoningTokens: completionTokensDetails?.reasoningTokens ?? 0)
    }
}
