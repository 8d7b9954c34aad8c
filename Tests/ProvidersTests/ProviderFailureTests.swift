import ChatModel
import FoundationEssentials
import HTTPMessages
import Providers
import Testing

/// What an error answer means, whichever provider it comes from.
@Suite struct ProviderFailureTests {
    private func failure(
        _ kind: ProviderKind, _ status: Int, _ body: String, _ headers: HTTPHeaders = [:]
    ) -> ChatFailure {
        Wire.endpoint(kind).failure(status: status, headers: headers, body: Array(body.utf8), now: Wire.now)
    }

    @Test(arguments: [
        (
            ProviderKind.openAI, 400, #"{"error":{"message":"bad","param":"temperature"}}"#,
            ChatFailure.Code.invalidRequest
        ),
        (.openAI, 400, #"{"error":{"message":"too long","code":"context_length_exceeded"}}"#, .contextLength),
        (.openAI, 401, #"{"error":{"message":"no"}}"#, .authentication),
        (.openAI, 404, #"{"error":{"message":"no such model"}}"#, .noProvider),
        (.openAI, 429, #"{"error":{"message":"slow","code":"rate_limit_exceeded"}}"#, .rateLimited),
        (.openAI, 429, #"{"error":{"message":"paid?","code":"insufficient_quota"}}"#, .quotaExhausted),
        (.openAI, 500, "", .providerError),
        (.openAI, 503, "", .overloaded),
        (.azureOpenAI, 400, #"{"error":{"code":"content_filter","message":"x"}}"#, .refused),
        (
            .anthropic, 400,
            #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 5 > 4"}}"#,
            .contextLength
        ),
        (.anthropic, 402, #"{"type":"error","error":{"type":"billing_error","message":"x"}}"#, .quotaExhausted),
        (
            .anthropic, 429,
            #"{"type":"error","error":{"type":"rate_limit_error","message":"x","details":{"error_code":"enforced_spend_limit_reached"}}}"#,
            .quotaExhausted
        ),
        (.anthropic, 429, #"{"type":"error","error":{"type":"rate_limit_error","message":"x"}}"#, .rateLimited),
        (.anthropic, 529, #"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#, .overloaded),
        (
            .gemini, 400,
            #"{"error":{"code":400,"message":"The input token count exceeds the maximum number of tokens allowed","status":"INVALID_ARGUMENT"}}"#,
            .contextLength
        ),
        (.gemini, 403, #"{"error":{"code":403,"message":"x","status":"PERMISSION_DENIED"}}"#, .authentication),
        (
            .gemini, 429,
            #"{"error":{"code":429,"message":"x","status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"RequestsPerDayPerProject"}]}]}}"#,
            .quotaExhausted
        ),
        (.gemini, 503, #"[{"error":{"code":503,"message":"x","status":"UNAVAILABLE"}}]"#, .overloaded),
        (.vertexAI, 504, #"{"error":{"code":504,"message":"x","status":"DEADLINE_EXCEEDED"}}"#, .timeout),
        (
            .mistral, 422, #"{"detail":[{"loc":["body","tools"],"msg":"Field required","type":"missing"}]}"#,
            .invalidRequest
        ),
        (.cohere, 498, #"{"id":"x","message":"invalid token"}"#, .authentication),
        (.groq, 498, #"{"error":{"message":"capacity exceeded"}}"#, .overloaded),
        (.openRouter, 402, #"{"error":{"code":402,"message":"no credits"}}"#, .quotaExhausted),
        (
            .vllm, 400, #"{"object":"error","message":"This model's maximum context length is 10","code":400}"#,
            .contextLength
        ),
        (.llamaCpp, 503, #"{"error":{"message":"Loading model"}}"#, .overloaded),
        (
            .ollama, 404,
            #"{"error":{"message":"model 'x' not found","type":"not_found_error","param":null,"code":null}}"#,
            .noProvider
        ),
        (.openAICompatible, 502, "<html>Bad Gateway</html>", .providerError),
        // What comes under another name than it has.
        (
            .gemini, 400,
            #"{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#,
            .authentication
        ),
        (
            .gemini, 400,
            #"{"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}}"#,
            .authentication
        ),
        (
            .anthropic, 400,
            #"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low."}}"#,
            .quotaExhausted
        ),
        (
            .anthropic, 400,
            #"{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}"#,
            .refused
        ),
        (
            .openAI, 400,
            #"{"error":{"code":"invalid_prompt","message":"Your prompt was flagged as potentially violating our policy"}}"#,
            .refused
        ),
        (
            .groq, 400,
            #"{"error":{"message":"Failed to call a function","code":"tool_use_failed","failed_generation":"x"}}"#,
            .invalidResponse
        ),
        (
            .openRouter, 403,
            #"{"error":{"code":403,"message":"The model requires moderation","metadata":{"reasons":["violence"],"flagged_input":"x"}}}"#,
            .refused
        ),
        (
            .openRouter, 400,
            #"{"error":{"code":400,"message":"Provider returned error","metadata":{"raw":"maximum context length is 10"}}}"#,
            .contextLength
        ),
        (.openRouter, 403, #"{"error":{"code":403,"message":"Only management keys can do this"}}"#, .authentication),
        (
            .openAI, 403, #"{"error":{"message":"Project p does not have access to it","code":"model_not_found"}}"#,
            .noProvider
        ),
        (
            .bedrock, 403, #"{"message":"You don't have access to the model with the specified model ID."}"#,
            .noProvider
        ),
        (
            .groq, 413,
            #"{"error":{"message":"Request too large: Limit 6000, Requested 9000","code":"rate_limit_exceeded"}}"#,
            .contextLength
        ),
        (
            .anthropic, 400,
            #"{"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 5 + 4 > 8"}}"#,
            .contextLength
        ),
        (.bedrock, 400, #"{"message":"Too many input tokens. Max input tokens: 8192"}"#, .contextLength),
        (
            .cohere, 429, #"{"message":"You are using a Trial key, limited to 1000 API calls / month."}"#,
            .quotaExhausted
        ),
        (.bedrock, 429, #"{"message":"Too many tokens, please wait before trying again."}"#, .rateLimited),
        (
            .llamaCpp, 501,
            #"{"error":{"code":501,"message":"This server does not support embeddings. Start it with `--embeddings`","type":"not_supported_error"}}"#,
            .noProvider
        ),
    ])
    func statusAndBodyMeanOneClass(kind: ProviderKind, status: Int, body: String, code: ChatFailure.Code) {
        let failure = failure(kind, status, body)
        #expect(failure.code == code)
        #expect(failure.providerStatus == status)
        #expect(failure.provider == "acme")
    }

    @Test(arguments: [
        ("ThrottlingException", 429, ChatFailure.Code.rateLimited), ("ModelNotReadyException", 429, .overloaded),
        ("ModelTimeoutException", 408, .timeout), ("ModelErrorException", 424, .providerError),
        ("AccessDeniedException:http://internal/", 403, .authentication),
        ("ResourceNotFoundException", 404, .noProvider), ("ValidationException", 400, .invalidRequest),
        ("ServiceQuotaExceededException", 400, .rateLimited), ("InternalServerException", 500, .providerError),
        ("ServiceUnavailableException", 503, .overloaded), ("ExpiredTokenException", 400, .authentication),
    ])
    func awsSaysItInAField(type: String, status: Int, code: ChatFailure.Code) {
        let failure = failure(
            .bedrock, status, #"{"message":"words"}"#, ["x-amzn-errortype": type, "x-amzn-requestid": "r-1"])
        #expect(failure.code == code)
        #expect(failure.providerMessage == "words")
        #expect(failure.providerRequestID == "r-1")
    }

    @Test func theTimeToWaitIsFoundWhereverItStands() {
        #expect(failure(.openAI, 429, "", ["retry-after": "3"]).retryAfter == .seconds(3))
        #expect(failure(.azureOpenAI, 429, "", ["retry-after-ms": "250"]).retryAfter == .milliseconds(250))
        #expect(
            failure(.anthropic, 429, "", ["Retry-After": "Mon, 23 Nov 2026 06:00:10 GMT"]).retryAfter == .seconds(10))
        let google =
            #"{"error":{"code":429,"message":"x","status":"RESOURCE_EXHAUSTED","details":[{"@type":"RetryInfo","retryDelay":"34.5s"}]}}"#
        #expect(failure(.gemini, 429, google).retryAfter == .seconds(34.5))
        // Whoever says nothing else says when what is used up is there again; not what else there is.
        let left: HTTPHeaders = [
            "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795413620000", "x-ratelimit-remaining-tokens": "5",
            "x-ratelimit-reset-tokens": "60s",
        ]
        #expect(failure(.openRouter, 429, "", left).retryAfter == .seconds(20))
        #expect(failure(.openRouter, 500, "", left).retryAfter == nil)
    }

    @Test func whatAProviderSaysOfAskingItAgainHolds() {
        let refusal = failure(.openAI, 503, "", ["x-should-retry": "false"])
        #expect(refusal.code == .overloaded && !refusal.isTransient && refusal.permitsFallback)
        #expect(failure(.openAI, 503, "", ["x-should-retry": "true"]).isTransient)
    }

    @Test(arguments: ["retry-after", "retry-after-ms"])
    func aTimeBeyondReasonIsADay(field: String) {
        for text in ["99999999999", "1e300", "inf"] {
            #expect(failure(.openAI, 429, "", [field: text]).retryAfter == .seconds(86_400), "\(text)")
        }
        for text in ["-1", "nan", "soon"] { #expect(failure(.openAI, 429, "", [field: text]).retryAfter == nil) }
    }

    @Test func theMemberThatIsRefusedIsNamed() {
        let openAI = #"{"error":{"message":"Unsupported value","param":"response_format.type"}}"#
        #expect(failure(.openAI, 400, openAI).parameter == "response_format")
        let other = #"{"message":"`temperature` is not supported by this model"}"#
        #expect(failure(.vllm, 400, other).parameter == "temperature")
    }

    @Test func ourKeyNeverAppearsInAProvidersWords() {
        let failure = failure(.openAI, 401, #"{"error":{"message":"Incorrect API key: sk-very-secret-key."}}"#)
        #expect(failure.providerMessage == "Incorrect API key: ‹redacted›.")
        #expect(!"\(Wire.endpoint(.openAI))".contains("very-secret"))
        let endpoint = Wire.endpoint(.openAI)
        var dumped = ""
        dump(endpoint, to: &dumped)
        #expect(!dumped.contains("very-secret"))
    }

    @Test(arguments: [
        (
            ProviderKind.openAI,
            [
                "x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "59",
                "x-ratelimit-reset-requests": "1s", "x-ratelimit-limit-tokens": "150000",
                "x-ratelimit-remaining-tokens": "149984", "x-ratelimit-reset-tokens": "6m0s",
            ]
        ),
        (
            .anthropic,
            [
                "anthropic-ratelimit-requests-limit": "60", "anthropic-ratelimit-requests-remaining": "59",
                "anthropic-ratelimit-requests-reset": "2026-11-23T06:00:01Z",
                "anthropic-ratelimit-tokens-limit": "150000", "anthropic-ratelimit-tokens-remaining": "149984",
                "anthropic-ratelimit-tokens-reset": "2026-11-23T06:06:00Z",
            ]
        ),
        (
            .mistral,
            [
                "x-ratelimit-limit-req-minute": "60", "ratelimitbysize-limit": "150000",
                "ratelimitbysize-remaining": "149984", "ratelimitbysize-reset": "360",
            ]
        ),
    ])
    func limitsAreReadByAnyName(kind: ProviderKind, headers: [String: String]) {
        var fields: HTTPHeaders = [:]
        for (name, value) in headers { fields.add(name, value) }
        let limits = RateLimitFields.read(fields, of: kind, now: Wire.now)
        #expect(limits.tokens == RateLimits.Quota(limit: 150_000, remaining: 149_984, reset: .seconds(360)))
        #expect(limits.requests?.limit == 60)
        guard kind != .mistral else { return }
        #expect(limits.requests == RateLimits.Quota(limit: 60, remaining: 59, reset: .seconds(1)))
    }

    @Test func groqsRequestsAreThoseOfADay() {
        let groq = RateLimitFields.read(["x-ratelimit-limit-requests": "14400"], of: .groq, now: Wire.now)
        #expect(groq.requestsAreDaily)
        #expect(RateLimitFields.read(["content-type": "x"], of: .groq, now: Wire.now).isEmpty)
        let odd: HTTPHeaders = ["x-ratelimit-reset-requests": "soon", "x-ratelimit-limit-tokens": "-1"]
        #expect(RateLimitFields.read(odd, of: .openAI, now: Wire.now).isEmpty)
    }

    @Test func theWindowOfALimitMayStandInItsName() {
        let limits = RateLimitFields.read(
            [
                "X-RateLimit-Limit-Requests-Minute": "60", "x-ratelimit-limit": "5",
                "anthropic-ratelimit-input-tokens-remaining": "7",
                "anthropic-ratelimit-output-tokens-reset": "1h2m3.5s",
                "x-ratelimitbysize-remaining-minute": "100", "x-ratelimit-limit-pictures": "1",
            ], of: .openAI, now: Wire.now)
        #expect(limits.requests == RateLimits.Quota(limit: 5))
        #expect(limits.inputTokens == RateLimits.Quota(remaining: 7))
        #expect(limits.outputTokens == RateLimits.Quota(reset: .seconds(3723.5)))
        #expect(limits.tokens == RateLimits.Quota(remaining: 100))
    }

    @Test func absurdNumbersAreCutOrNotRead() {
        let text = String(repeating: "30d", count: 4500)
        let absurd = RateLimitFields.read(
            [
                "x-ratelimit-limit-requests": "9223372036854775807", "x-ratelimit-remaining-requests": "1e300",
                "x-ratelimit-reset-requests": text, "x-ratelimit-limit-second": "5",
            ], of: .openAI, now: Wire.now)
        #expect(absurd.requests == RateLimits.Quota(limit: 1_000_000_000_000, remaining: 1_000_000_000_000))
    }

    @Test(arguments: [
        ("60ms", 0.06), ("6m0s", 360), ("1.5", 1.5), ("86400", 86_400), ("1d", 86_400),
        ("2026-11-23T06:00:10Z", 10), ("1795413610000", 10),
    ])
    func resetsAreReadInAnyForm(text: String, seconds: Double) throws {
        let limits = RateLimitFields.read(["x-ratelimit-reset-requests": text], of: .openRouter, now: Wire.now)
        let reset = try #require(limits.requests?.reset)
        #expect(abs((reset - .seconds(seconds)) / .seconds(1)) < 0.001)
    }
}
