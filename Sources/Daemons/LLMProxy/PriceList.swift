package import ChatModel
internal import Scoring

/// What models cost, as the installation says it.
package struct PriceList: Sendable, Hashable {
    private var prices: [String: ModelPrice] = [:]

    /// What an entry looks like.
    package static let form = "MODEL=INPUT/OUTPUT or MODEL=INPUT/OUTPUT/CACHED in dollars for a million tokens"

    /// No prices.
    package init() {}

    /// Reads entries such as `gpt-4o-mini=0.15/0.60/0.075`; `nil` when one is not of that form.
    package init?(_ entries: [String]) {
        for entry in entries {
            guard let equals = entry.lastIndex(of: "="), equals > entry.startIndex else { return nil }
            let amounts = entry[entry.index(after: equals)...].split(separator: "/", omittingEmptySubsequences: false)
                .map(Self.amount)
            guard (2...3).contains(amounts.count), let input = amounts[0], let output = amounts[1] else { return nil }
            if amounts.count == 3, amounts[2] == nil { return nil }
            prices[String(entry[..<equals])] = ModelPrice(
                input: input, output: output, cachedInput: amounts.count == 3 ? amounts[2] : nil)
        }
    }

    /// The price of a model by its name.
    package subscript(name: String) -> ModelPrice? { prices[name] }

    private static func amount(_ text: Substring) -> Money? {
        guard let dollars = Double(text), dollars.isFinite, (0...1_000_000).contains(dollars) else { return nil }
        return Money(dollars: dollars)
    }
}
