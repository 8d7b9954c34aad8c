internal import ChatModel
internal import JSON

/// Reads an answer of `generateContent`, or a piece of one.
enum GeminiReplyReader {
    static func read(_ body: JSONNode) throws(ChatFailure) -> ChatReply {
        if let reason = blockReason(body) { throw blocked(reason) }
        var choices: [ChatReply.Choice] = []
        do throws(JSONDecodingError) {
            let id = body.string("responseId") ?? ""
            for candidate in try body.required("candidates").elements() {
                let parts = try parts(of: candidate, id: id, firstCall: 0)
                choices.append(
                    ChatReply.Choice(
                        parts: parts, finishReason: finish(candidate, hasCalls: parts.contains { $0.toolCall != nil }),
                        logprobs: try logprobs(candidate)))
            }
        } catch {
            throw ChatFailure(.invalidResponse, "the answer cannot be read: \(error.message)")
        }
        guard !choices.isEmpty else { throw ChatFailure(.invalidResponse, "the answer has no candidates") }
        if let failure = choices.lazy.compactMap({ failure($0.finishReason) }).first { throw failure }
        return ChatReply(
            id: body.string("responseId"), model: body.string("modelVersion"), choices: choices,
            usage: usage(body["usageMetadata"]))
    }

    /// Why a prompt was not answered at all.
    static func blockReason(_ body: JSONNode) -> String? {
        guard let reason = body.string("promptFeedback", "blockReason"), body["candidates"]?.count ?? 0 == 0 else {
            return nil
        }
        return reason
    }

    static func blocked(_ reason: String) -> ChatFailure {
        ChatFailure(.refused, "the prompt was declined (\(reason))")
    }

    /// The parts of a candidate; calls without an identifier get one that is unique in the answer.
    static func parts(
        of candidate: JSONNode, id: String, firstCall: Int
    ) throws(JSONDecodingError) -> [ChatPart] {
        guard let content = candidate["content"], let given = content["parts"] else { return [] }
        var parts: [ChatPart] = []
        var calls = firstCall
        for part in try given.elements() {
            let signature = part.string("thoughtSignature")
            if let call = part["functionCall"] {
                parts.append(
                    ChatPart(
                        .toolCall(
                            ToolCall(
                                id: call.string("id") ?? "call_\(id)_\(calls)",
                                name: try call.required("name").text(),
                                arguments: call["args"].map { String(decoding: $0.raw, as: UTF8.self) } ?? "{}",
                                signature: signature))))
                calls += 1
                continue
            }
            if let text = part.string("text"), !text.isEmpty {
                let isThought = part.bool("thought") == true
                parts.append(
                    isThought
                        ? ChatPart(.reasoning(Reasoning(text: text, isSummary: true, format: .google))) : .text(text))
            } else if let data = part["inlineData"] {
                // No dialect has a place for it in an answer, and without it the answer would look whole.
                throw data.invalid("is a picture or a file, which cannot be passed on; use a model of texts")
            }
            if let signature { parts.append(ChatPart(.reasoning(Reasoning(signature: signature, format: .google)))) }
        }
        return parts
    }

    static func finish(_ candidate: JSONNode, hasCalls: Bool) -> ChatReply.FinishReason? {
        guard let word = candidate.string("finishReason"), word != "FINISH_REASON_UNSPECIFIED" else { return nil }
        switch word {
        case "STOP": return hasCalls ? .toolCalls : .stop
        case "MAX_TOKENS": return .length
        case "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "IMAGE_SAFETY",
            "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "MODEL_ARMOR", "ESCALATION":
            return .contentFilter
        default: return .other(word)
        }
    }

    /// Reasons that mean that the model produced nothing usable.
    static func failure(_ reason: ChatReply.FinishReason?) -> ChatFailure? {
        guard case .other(let word)? = reason else { return nil }
        let broken = [
            "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MISSING_THOUGHT_SIGNATURE",
            "MALFORMED_RESPONSE", "IMAGE_OTHER", "NO_IMAGE",
        ]
        guard broken.contains(word) else { return nil }
        return ChatFailure(.invalidResponse, "the model broke off (\(word))", isTransient: true)
    }

    static func logprobs(_ candidate: JSONNode) throws(JSONDecodingError) -> [TokenLogprob]? {
        guard let result = candidate["logprobsResult"], let chosen = result["chosenCandidates"] else { return nil }
        var tops: [[TokenLogprob.Alternative]] = []
        if let given = result["topCandidates"] {
            for place in try given.elements() {
                var top: [TokenLogprob.Alternative] = []
                if let candidates = place["candidates"] {
                    for candidate in try candidates.elements() { top.append(try alternative(candidate)) }
                }
                tops.append(top)
            }
        }
        var tokens: [TokenLogprob] = []
        for (index, token) in try chosen.elements().enumerated() {
            tokens.append(
                TokenLogprob(chosen: try alternative(token), top: index < tops.count ? tops[index] : []))
        }
        return tokens
    }

    private static func alternative(_ token: JSONNode) throws(JSONDecodingError) -> TokenLogprob.Alternative {
        TokenLogprob.Alternative(
            token: token.string("token") ?? "", logprob: try token["logProbability"]?.number() ?? 0)
    }

    /// Google counts thoughts beside the answer, and what its tools read beside the prompt.
    static func usage(_ value: JSONNode?) -> ChatUsage? {
        guard let value, let prompt = value.integer("promptTokenCount") else { return nil }
        let thoughts = max(0, value.integer("thoughtsTokenCount") ?? 0)
        let read = max(0, value.integer("toolUsePromptTokenCount") ?? 0)
        let written = max(0, value.integer("candidatesTokenCount") ?? 0)
        return ChatUsage(
            promptTokens: sum(max(0, prompt), read), completionTokens: sum(written, thoughts),
            cachedTokens: value.integer("cachedContentTokenCount") ?? 0, reasoningTokens: thoughts,
            audioPromptTokens: audio(value["promptTokensDetails"]),
            audioCompletionTokens: audio(value["candidatesTokensDetails"]))
    }

    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }

    private static func audio(_ details: JSONNode?) -> Int {
        guard let details, details.kind == .array else { return 0 }
        do {
            for detail in try details.elements() where detail.has("modality", text: "AUDIO") {
                return detail.integer("tokenCount") ?? 0
            }
        } catch {
            return 0
        }
        return 0
    }
}
