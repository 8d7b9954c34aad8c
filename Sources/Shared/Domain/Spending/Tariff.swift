package import Scoring

/// What a model's calls cost. Amounts are for a million tokens, unless they are for one image or one request.
///
/// What has no price of its own never comes out cheaper than it can be: it takes the price of what contains it, and
/// writes to a provider's cache take the surcharge that providers usually ask for them.
package struct Tariff: Sendable, Hashable {
    /// Prompt tokens that were neither read from the provider's cache nor written to it.
    package var input: Money
    /// Tokens that came back.
    package var output: Money
    /// Prompt tokens read from the provider's cache; as `input` when `nil`.
    package var cachedInput: Money?
    /// Prompt tokens written to the provider's cache for minutes; `input` and a quarter when `nil`.
    package var cacheWrite: Money?
    /// The same for an hour; twice `input` when `nil`.
    package var longCacheWrite: Money?
    /// Tokens of reasoning; as `output` when `nil`.
    package var reasoning: Money?
    /// Prompt tokens that were sound; as `input` when `nil`.
    package var audioInput: Money?
    /// Tokens of sound that came back; as `output` when `nil`.
    package var audioOutput: Money?
    /// One image in the prompt, beside its tokens.
    package var image: Money
    /// One request, beside its tokens.
    package var request: Money

    package init(
        input: Money, output: Money, cachedInput: Money? = nil, cacheWrite: Money? = nil, longCacheWrite: Money? = nil,
        reasoning: Money? = nil, audioInput: Money? = nil, audioOutput: Money? = nil, image: Money = .zero,
        request: Money = .zero
    ) {
        self.input = input
        self.output = output
        self.cachedInput = cachedInput
        self.cacheWrite = cacheWrite
        self.longCacheWrite = longCacheWrite
        self.reasoning = reasoning
        self.audioInput = audioInput
        self.audioOutput = audioOutput
        self.image = image
        self.request = request
    }

    /// Costs nothing.
    package static let free = Tariff(input: .zero, output: .zero)

    /// What a request that consumed `counts` costs, rounded half up to a nano-dollar.
    package func cost(of counts: TokenCounts) -> Money {
        var sum = Sum()
        sum.add(counts.plainInput, input)
        sum.add(counts.cachedInput, cachedInput ?? input)
        sum.add(counts.cacheWrites, cacheWritePrice)
        sum.add(counts.longCacheWrites, longCacheWritePrice)
        sum.add(counts.audioInput, audioInput ?? input)
        sum.add(counts.plainOutput, output)
        sum.add(counts.reasoning, reasoning ?? output)
        sum.add(counts.audioOutput, audioOutput ?? output)
        sum.addEach(counts.images, image)
        sum.addEach(1, request)
        return sum.money
    }

    /// The most that a request can cost whose prompt has at most `promptTokens` and whose answers have at most
    /// `outputTokens` together: each token at the dearest price that it may turn out to have.
    package func worstCase(promptTokens: Int, outputTokens: Int, images: Int = 0) -> Money {
        let read = max(input, cachedInput ?? input)
        let written = max(cacheWritePrice, longCacheWritePrice)
        var sum = Sum()
        sum.add(promptTokens, max(read, written, audioInput ?? input))
        sum.add(outputTokens, max(output, reasoning ?? output, audioOutput ?? output))
        sum.addEach(images, image)
        sum.addEach(1, request)
        return sum.money
    }

    /// The amounts by the names that files and columns have for them.
    package var amounts: [(name: String, amount: Money?)] {
        [
            ("input", input), ("output", output), ("cached_input", cachedInput), ("cache_write", cacheWrite),
            ("long_cache_write", longCacheWrite), ("reasoning", reasoning), ("audio_input", audioInput),
            ("audio_output", audioOutput), ("image", image), ("request", request),
        ]
    }

    private var cacheWritePrice: Money { cacheWrite ?? Self.scaled(input, 5, 4) }
    private var longCacheWritePrice: Money { longCacheWrite ?? Self.scaled(input, 2, 1) }

    /// In 64 bits where they suffice: to divide 128 is a call.
    private static func scaled(_ amount: Money, _ numerator: Int64, _ denominator: Int64) -> Money {
        let (product, isWide) = amount.nanoDollars.multipliedReportingOverflow(by: numerator)
        guard isWide else { return Money(nanoDollars: product / denominator) }
        let wide = Int128(amount.nanoDollars) * Int128(numerator) / Int128(denominator)
        return Money(nanoDollars: Int64(clamping: wide))
    }

    /// A sum in millionths of a nano-dollar. 128 bits, because a token count and a price each may take 64.
    private struct Sum {
        private var millionths: Int128 = 0

        /// Most calls have tokens of few kinds, and only their prices are looked for.
        mutating func add(_ tokens: Int, _ price: @autoclosure () -> Money) {
            guard tokens != 0 else { return }
            millionths += Self.product(Int64(tokens), price().nanoDollars)
        }

        mutating func addEach(_ count: Int, _ price: Money) {
            guard count != 0, price != .zero else { return }
            millionths += Self.product(Int64(count), price.nanoDollars) * 1_000_000
        }

        var money: Money {
            let rounded = millionths + 500_000
            if let short = Int64(exactly: rounded) { return Money(nanoDollars: short / 1_000_000) }
            return Money(nanoDollars: Int64(clamping: rounded / 1_000_000))
        }

        /// Two numbers of 64 bits always have one of 128, so that nothing need be checked.
        private static func product(_ left: Int64, _ right: Int64) -> Int128 {
            let (high, low) = left.multipliedFullWidth(by: right)
            return Int128(high) &<< 64 | Int128(low)
        }
    }
}

/// What a call consumed, in parts that each have a price and do not overlap.
package struct TokenCounts: Sendable, Hashable {
    package var plainInput: Int
    package var cachedInput: Int
    /// Kept by the provider for minutes.
    package var cacheWrites: Int
    /// Kept by the provider for an hour.
    package var longCacheWrites: Int
    package var audioInput: Int
    package var plainOutput: Int
    package var reasoning: Int
    package var audioOutput: Int
    package var images: Int

    package init(
        plainInput: Int = 0, cachedInput: Int = 0, cacheWrites: Int = 0, longCacheWrites: Int = 0, audioInput: Int = 0,
        plainOutput: Int = 0, reasoning: Int = 0, audioOutput: Int = 0, images: Int = 0
    ) {
        self.plainInput = plainInput
        self.cachedInput = cachedInput
        self.cacheWrites = cacheWrites
        self.longCacheWrites = longCacheWrites
        self.audioInput = audioInput
        self.plainOutput = plainOutput
        self.reasoning = reasoning
        self.audioOutput = audioOutput
        self.images = images
    }

    /// Everything that was sent.
    package var promptTokens: Int { plainInput + cachedInput + cacheWrites + longCacheWrites + audioInput }
    /// Everything that came back.
    package var completionTokens: Int { plainOutput + reasoning + audioOutput }
}
