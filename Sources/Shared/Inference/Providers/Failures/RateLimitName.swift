internal import HTTPMessages

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

    /// `nil` when the field is about something else.
    init?(_ name: Span<UInt8>) {
        // No name is shorter than `x-ratelimit-limit`, and most of the others differ here already.
        guard name.count >= 17,
            name[0] | 0x20 == UInt8(ascii: "x") || name[0] | 0x20 == UInt8(ascii: "a")
                || name[0] | 0x20 == UInt8(ascii: "r")
        else { return nil }
        var mark = Self.markStart
        for index in name.indices { mark = Self.mark(mark, name[index]) }
        guard let known = Self.known[mark], HTTPHeaders.same(name, known.text.utf8.span) else { return nil }
        self = known.name
    }

    /// A name that is known, with its text.
    private struct Known {
        let text: String
        let name: RateLimitName
    }

    private static let markStart: UInt64 = 0xcbf2_9ce4_8422_2325

    /// FNV-1a without regard to case: names are looked up as they came, without making strings of them.
    private static func mark(_ mark: UInt64, _ byte: UInt8) -> UInt64 {
        (mark ^ UInt64(byte | 0x20)) &* 0x100_0000_01b3
    }

    private init(_ aspect: Aspect, _ meter: Meter) {
        self.aspect = aspect
        self.meter = meter
    }

    /// Every name, so that none has to be taken apart while a call waits.
    private static let known: [UInt64: Known] = {
        var known: [UInt64: Known] = [:]
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

        /// Some say the window as well: `limit-requests-minute`. Those of other windows are not looked at.
        func add(_ name: String, _ aspect: Aspect, _ meter: Meter) {
            for window in ["", "-minute", "-query", "-cost"] {
                let text = name + window
                let mark = text.utf8.reduce(markStart) { Self.mark($0, $1) }
                precondition(known[mark].map { $0.text == text } ?? true, "two names of limits have one mark")
                known[mark] = Known(text: text, name: RateLimitName(aspect, meter))
            }
        }
    }()

    private static let meters: [(String, Meter)] = [
        ("", .requests), ("-requests", .requests), ("-req", .requests), ("-tokens", .tokens),
        ("-input-tokens", .inputTokens),
        ("-output-tokens", .outputTokens),
    ]
}
