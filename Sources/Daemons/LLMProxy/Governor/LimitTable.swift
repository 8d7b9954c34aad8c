package import Logging
package import Scoring
package import Spending

/// The limits of providers, keys and models as the administrator has set them.
package struct LimitTable: Sendable {
    private let rules: Refreshed<[ProviderID: [CallLimitSubject: CallLimits]]>

    /// Limits out of `source`.
    package init(source: @escaping @Sendable () async throws -> [CallLimitRule], logger: Logger) {
        rules = Refreshed("limits of providers", every: .seconds(5), logger: logger) {
            try await source().reduce(into: [:]) { table, rule in
                table[rule.providerID, default: [:]][rule.subject] = rule.limits
            }
        }
    }

    /// Keeps the limits up to date until the task is cancelled. Call it on a loop.
    package func run() async { await rules.run() }

    /// Looks limits up now; returns when they hold.
    package func reload() async throws { _ = try await rules.reload() }

    /// Looks limits up again before long, because somebody has changed them.
    package func invalidate() { rules.invalidate() }

    /// The limits of something at a provider; none while they have never been looked up, so that a database that is away
    /// stops nobody.
    package func limits(of subject: CallLimitSubject, at provider: ProviderID) -> CallLimits {
        rules.value?[provider]?[subject] ?? .none
    }
}
