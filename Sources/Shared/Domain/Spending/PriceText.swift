internal import FoundationEssentials
internal import Scoring

/// Prices as settings files have them: one text for each model.
package enum PriceText {
    /// What a text looks like.
    package static let form =
        "MODEL=INPUT/OUTPUT[/CACHED] in dollars for a million tokens, with * for any text in MODEL"

    /// The entries that texts such as `gpt-4o-mini=0.15/0.60/0.075` stand for, which hold for everybody at all times and
    /// stand behind those of the database; `nil` when one is not of that form.
    package static func entries(_ texts: [String], id: () -> PriceEntryID) -> [PriceEntry]? {
        var entries: [PriceEntry] = []
        for text in texts {
            guard let equals = text.lastIndex(of: "="), equals > text.startIndex else { return nil }
            let amounts = text[text.index(after: equals)...].split(separator: "/", omittingEmptySubsequences: false)
                .map(Self.amount)
            guard (2...3).contains(amounts.count), let input = amounts[0], let output = amounts[1] else { return nil }
            if amounts.count == 3, amounts[2] == nil { return nil }
            entries.append(
                PriceEntry(
                    id: id(), organizationID: nil, provider: "*", model: String(text[..<equals]),
                    validFrom: .distantPast,
                    tariff: Tariff(input: input, output: output, cachedInput: amounts.count == 3 ? amounts[2] : nil)))
        }
        return entries
    }

    private static func amount(_ text: Substring) -> Money? {
        guard let dollars = Double(text), dollars.isFinite, (0...1_000_000).contains(dollars) else { return nil }
        return Money(dollars: dollars)
    }
}
