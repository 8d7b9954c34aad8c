/// The name of a field that tells of a limit, taken apart: `x-ratelimit-limit-requests`, as OpenAI orders it, or
/// `anthropic-ratelimit-requests-limit`; OpenRouter says just `x-ratelimit-limit`.
struct RateLimitName {
    /// What of a limit is told.
    enum Aspect: String, CaseIterable {
        case limit, remaining, reset
    }

    /// What is limited.
    enum Meter { case requests, tokens, inputTokens, outputTokens }

    let aspect: Aspect
    let meter: Meter

    /// No name has fewer bytes.
    static let shortest = "x-ratelimit-limit".utf8.count

    /// `nil` when the field, whose name is lowercase, is about something else.
    init?(_ name: String) {
        guard let known = Self.known[name] else { return nil }
        self = known
    }

    private init(_ aspect: Aspect, _ meter: Meter) {
        self.aspect = aspect
        self.meter = meter
    }

    /// Every name, so that none has to be taken apart while a call waits.
    private static let known: [String: RateLimitName] = {
        var known: [String: RateLimitName] = [:]
        for aspect in Aspect.allCases {
            for (subject, meter) in meters {
                for beginning in ["x-ratelimit", "anthropic-ratelimit"] {
                    add(beginning + "-" + aspect.rawValue + subject, aspect, meter)
                    add(beginning + subject + "-" + aspect.rawValue, aspect, meter)
                }
            }
            // Mistral counts tokens as size.
            add("ratelimitbysize-" + aspect.rawValue, aspect, .tokens)
            add("x-ratelimitbysize-" + aspect.rawValue, aspect, .tokens)
        }
        return known

        /// Some say the window as well: `limit-requests-minute`.
        func add(_ name: String, _ aspect: Aspect, _ meter: Meter) {
            for window in ["", "-minute", "-second", "-query", "-cost"] {
                known[name + window] = RateLimitName(aspect, meter)
            }
        }
    }()

    private static let meters: [(String, Meter)] = [
        ("", .requests), ("-requests", .requests), ("-tokens", .tokens), ("-input-tokens", .inputTokens),
        ("-output-tokens", .outputTokens),
    ]
}
