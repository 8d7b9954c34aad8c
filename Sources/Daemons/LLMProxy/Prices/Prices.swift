package import FoundationEssentials
package import Logging
package import Spending
package import Tenancy

/// What models cost, as the administrator says it and as far as it is known anyway.
package struct Prices: Sendable {
    private let book: Refreshed<PriceBook>
    private let now: @Sendable () -> Date

    /// Prices out of `source`, in front of those that every installation has; `now` is the wall clock.
    package init(
        source: @escaping @Sendable () async throws -> [PriceEntry], logger: Logger,
        now: @escaping @Sendable () -> Date
    ) {
        self.now = now
        book = Refreshed("prices", every: .seconds(5), logger: logger) {
            PriceBook(try await source() + PriceBook.freeKinds)
        }
    }

    /// Keeps the prices up to date until the task is cancelled. Call it on a loop.
    package func run() async { await book.run() }

    /// Looks prices up again before long, because somebody has changed them.
    package func invalidate() { book.invalidate() }

    /// Looks prices up now; returns when they hold.
    package func reload() async throws { _ = try await book.reload() }

    /// What a model costs now, by the name it has at its provider, which is known by its name here and its kind; `nil`
    /// when nobody has said.
    /// - Throws: what the source throws, while prices have never been looked up.
    package func tariff(
        for organization: OrganizationID, provider: String, kind: String, model: String
    ) async throws -> Tariff? {
        let book = if let known = book.value { known } else { try await book.reload() }
        return book.tariff(for: organization, provider: provider, kind: kind, model: model, at: now())
    }
}
