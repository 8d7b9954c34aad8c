package import EventLoop
package import FoundationEssentials
package import HTTPTransfer

/// What calls are made with: one of each a process, handed to everything that serves callers.
package final class CallEquipment: Sendable {
    let client: HTTPClient
    let settings: ProxySettings
    let callers: CallerRecognition
    let routes: LoopLocal<RouteCache>
    let gates: LoopLocal<ProviderGate>
    let governor: Governor
    let budgets: Budgets
    /// `nil` where no answers are kept.
    let cache: ExactCache?
    let credentials: Credentials
    let metrics: ProxyMetrics
    let usageLog: UsageLog
    let afterwork: Afterwork
    let now: @Sendable () -> Date

    package init(
        client: HTTPClient, settings: ProxySettings, callers: CallerRecognition, routes: LoopLocal<RouteCache>,
        gates: LoopLocal<ProviderGate>, governor: Governor, budgets: Budgets, cache: ExactCache?, tokens: AccessTokens,
        metrics: ProxyMetrics, usageLog: UsageLog, now: @escaping @Sendable () -> Date
    ) {
        self.client = client
        self.settings = settings
        self.callers = callers
        self.routes = routes
        self.gates = gates
        self.governor = governor
        self.budgets = budgets
        self.cache = cache
        credentials = Credentials(tokens: tokens)
        self.metrics = metrics
        self.usageLog = usageLog
        afterwork = Afterwork(usageLog)
        self.now = now
    }
}
