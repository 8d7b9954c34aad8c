package import EventLoop
package import Redis

/// Forgets what was looked up when somebody changes it. When Redis is away the lifetimes of what is kept do it.
package struct RouteChanges: Sendable {
    /// Where changes are announced; the message says of what.
    static let channel = "scorable:invalidate"

    /// What is changed, by the word it is announced with.
    private enum Subject: String, CaseIterable {
        case models
        case prices
        case budgets
        case keys
        case limits
        case drains
    }

    private let redis: RedisClient
    private let routes: LoopLocal<RouteCache>
    private let prices: Prices
    private let budgets: Budgets
    private let pools: KeyPools
    private let limits: LimitTable
    private let drains: Drains

    package init(
        redis: RedisClient, routes: LoopLocal<RouteCache>, prices: Prices, budgets: Budgets, pools: KeyPools,
        limits: LimitTable, drains: Drains
    ) {
        self.redis = redis
        self.routes = routes
        self.prices = prices
        self.budgets = budgets
        self.pools = pools
        self.limits = limits
        self.drains = drains
    }

    /// Follows the announcements until the task is cancelled.
    package func follow() async throws {
        for try await event in redis.subscribe(to: [Self.channel]) {
            switch event {
            case .message(_, let payload):
                if let subject = Subject(rawValue: String(decoding: payload, as: UTF8.self)) { forget(subject) }
            case .resumed:
                // What was announced meanwhile is not known.
                for subject in Subject.allCases { forget(subject) }
            }
        }
        try Task.checkCancellation()
    }

    private func forget(_ subject: Subject) {
        switch subject {
        case .models: break
        case .prices: prices.invalidate()
        case .budgets: budgets.invalidate(nil)
        case .keys: pools.invalidate()
        case .limits: limits.invalidate()
        case .drains: return drains.invalidate()
        }
        for cache in routes.all { cache.invalidate() }
    }
}
