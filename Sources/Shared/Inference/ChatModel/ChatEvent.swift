/// One step of an answer that comes in pieces.
package struct ChatEvent: Sendable, Hashable {
    /// What happened.
    package enum Kind: Sendable, Hashable {
        /// The answer begins; comes once, before everything else.
        case start(id: String?, model: String?)
        case text(String)
        case refusal(String)
        /// A piece of the thoughts.
        case reasoning(String, isSummary: Bool)
        /// The proof that ends a passage of thoughts.
        case reasoningSignature(String, Reasoning.Format)
        /// A passage of thoughts that only the provider can read.
        case encryptedReasoning(Reasoning)
        /// A tool call begins; calls are numbered from 0 in each answer.
        case toolCall(index: Int, id: String, name: String, signature: String?)
        /// A piece of a call's arguments.
        case toolArguments(index: Int, String)
        case logprobs([TokenLogprob])
        /// Why an answer ended.
        case finish(ChatReply.FinishReason, stopSequence: String?)
        /// What has been used so far; the last one counts.
        case usage(ChatUsage)
        /// The answer broke off or was never one; nothing comes after it.
        case failure(ChatFailure)
        /// The answer is complete; nothing comes after it.
        case end
    }

    /// Which of several answers it belongs to.
    package var choice: Int
    /// What it is.
    package var kind: Kind

    package init(_ kind: Kind, choice: Int = 0) {
        self.kind = kind
        self.choice = choice
    }
}
