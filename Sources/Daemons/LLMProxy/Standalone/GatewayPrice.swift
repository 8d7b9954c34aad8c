internal import FoundationEssentials
internal import Scoring
internal import Settings
internal import Spending

extension PriceEntry {
    /// The price in a section of a gateway's file; dollars for a million tokens.
    init(_ section: GatewaySection) throws(SettingsError) {
        let model = try section.requiredText("model")
        let provider = try section.text("provider") ?? "*"
        guard let input = try section.money("input"), let output = try section.money("output") else {
            throw section.refusal("input", expected: "input and output in dollars for a million tokens")
        }
        let tariff = Tariff(
            input: input, output: output, cachedInput: try section.money("cached_input"),
            cacheWrite: try section.money("cache_write"), longCacheWrite: try section.money("long_cache_write"),
            reasoning: try section.money("reasoning"), audioInput: try section.money("audio_input"),
            audioOutput: try section.money("audio_output"), image: try section.money("image") ?? .zero,
            request: try section.money("request") ?? .zero)
        let from = try Self.day("from", section) ?? Date(timeIntervalSince1970: 0)
        let until = try Self.day("until", section)
        if let until, until <= from {
            throw section.refusal("until", expected: "a day after the one the price holds from")
        }
        self.init(
            id: .named("\(provider)/\(model)/\(from.timeIntervalSince1970)"), organizationID: nil, provider: provider,
            model: model, validFrom: from, validUntil: until, tariff: tariff)
        try section.refuseUnknown()
    }

    /// The beginning of a day in UTC, such as `2026-01-31`.
    private static func day(_ key: String, _ section: GatewaySection) throws(SettingsError) -> Date? {
        guard let text = try section.text(key) else { return nil }
        do {
            return try Date(text, strategy: .iso8601.year().month().day())
        } catch {
            throw section.refusal(key, expected: "a day such as 2026-01-31")
        }
    }
}
