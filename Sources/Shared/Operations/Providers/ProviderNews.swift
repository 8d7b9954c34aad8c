internal import EventLoop
internal import FoundationEssentials
package import Logging
internal import Records
package import Redis
internal import Scoring
package import Stores
internal import Tenancy
internal import WireAPI

/// Notes when a provider becomes unhealthy and when it is well again, and when budgets come to an end.
package struct ProviderNews: Sendable {
    private let watch: ProxyWatch
    private let providers: ProviderStore
    private let budgets: BudgetAlerts
    private let notices: Notices
    private let news: StateNews
    private let interval: Duration
    private let logger: Logger

    /// What is told of a provider.
    private enum State: String {
        case well
        case unhealthy
    }

    package init(
        watch: ProxyWatch, providers: ProviderStore, budgets: BudgetAlerts, notices: Notices, redis: RedisClient,
        every interval: Duration = .seconds(10), logger: Logger
    ) {
        self.watch = watch
        self.providers = providers
        self.budgets = budgets
        self.notices = notices
        news = StateNews(redis: redis, prefix: "scorable:provider-health", usual: State.well.rawValue)
        self.interval = interval
        self.logger = logger
    }

    /// Looks again and again until cancelled. Call it on a loop.
    package func run() async throws {
        guard let loop = Loop.current else { preconditionFailure("providers are watched on a loop") }
        while true {
            try await loop.sleep(for: interval * Double.random(in: 0.9...1.1))
            do {
                try await look()
                _ = try await budgets.look(at: Date())
            } catch {
                try Task.checkCancellation()
                // The database or Redis is away, which is told elsewhere; news wait until they are back.
                logger.debug("providers and budgets could not be looked at", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// Looks once, and tells what is new.
    func look() async throws {
        let readings = try await watch.readings()
        guard readings.readings.contains(where: { !$0.deployments.isEmpty }) else { return }
        let view = ProviderView(readings: readings, drains: [:], runsInstallation: true)
        for provider in try await providers.watched() {
            guard let health = view.health(of: provider), health.condition != .unknown else { continue }
            let state: State = health.condition == .unhealthy ? .unhealthy : .well
            try await news.see(provider.id.description, state.rawValue) { try await tell(provider, state, health) }
        }
    }

    private func tell(_ provider: Provider, _ state: State, _ health: OperatorHealth) async throws {
        let (severity, summary): (Notice.Severity, String) =
            switch state {
            case .well: (.info, "The provider “\(provider.name)” is well again.")
            case .unhealthy: (.critical, "The provider “\(provider.name)” is unhealthy. \(health.sentence)")
            }
        try await notices.post(
            severity, summary,
            about: Notice.Subject(kind: .provider, id: provider.id.description, name: provider.name),
            to: provider.organizationID, needs: .providerRead)
    }
}
