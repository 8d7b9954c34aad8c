// What the words in an error mean, where its status says too little or another thing.
extension FailureReport {
    /// The status that goes with the machine's word for an error, for those that come without one: in a 200, or in the
    /// middle of a stream.
    var impliedStatus: Int? { [code, type].lazy.compactMap { $0 }.compactMap { Self.statuses[$0] }.first }

    private static let statuses = [
        "invalid_request_error": 400, "context_length_exceeded": 400, "authentication_error": 401,
        "invalid_api_key": 401, "billing_error": 402, "permission_error": 403, "not_found_error": 404,
        "model_not_found": 404, "request_too_large": 413, "rate_limit_error": 429, "rate_limit_exceeded": 429,
        "insufficient_quota": 429, "api_error": 500, "server_error": 500, "timeout_error": 504, "overloaded_error": 529,
    ]

    /// Whether the prompt is longer than the model can read.
    var saysTooLong: Bool {
        if code == "context_length_exceeded" || type == "exceed_context_size_error" { return true }
        return says([
            "context length", "context window", "context size", "context limit", "prompt is too long",
            "input is too long", "too many tokens", "too many input tokens", "input tokens exceed",
            "maximum number of tokens", "maximum prompt length",
        ])
    }

    /// Whether a filter stopped the prompt or the answer.
    var saysFiltered: Bool {
        if isModerated { return true }
        if let code = code ?? type {
            let words = [
                "content_filter", "content_policy_violation", "content_filtered", "ResponsibleAIPolicyViolation",
            ]
            if words.contains(code) { return true }
        }
        // Anthropic's, OpenAI's and Amazon's sentences, under their words for any request that is wrong.
        return says([
            "content filtering policy", "flagged as potentially violating", "blocked by our content filters",
        ])
    }

    /// Whether the account has no quota or credit left.
    var saysQuotaIsUsedUp: Bool {
        let words = [
            "insufficient_quota", "enforced_spend_limit_reached", "billing_error", "billing_hard_limit_reached",
            "billing_not_active", "contract_limit_reached", "ramp_limit_reached",
        ]
        // Anthropic answers an account without credit as if the request were wrong, and Cohere a month's limit as if it were
        // that of a minute.
        return words.contains { $0 == code || $0 == type } || says(["credit balance is too low", "api calls / month"])
    }

    /// Whether it is what the model wrote that was wrong, which another time may be right: Groq holds it against the request.
    var saysModelFailed: Bool { code == "tool_use_failed" || code == "json_validate_failed" }

    /// Whether a refusal is about the model that was asked for: the account may not use it, and the key is none the worse.
    var concernsModel: Bool { code?.contains("model") == true || says(["model"]) }

    private func says(_ signs: [String]) -> Bool {
        guard let message = message?.lowercased() else { return false }
        return signs.contains { message.contains($0) }
    }
}
