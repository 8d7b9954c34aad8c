import DaemonRuntime
import EventLoop
import FoundationEssentials
import HTTPServing
import HTTPTransfer
import LLMProxy
import Logging
import Providers
import Records
import Redis
import Scoring
import Spending
import Stores
import SystemCalls

/// The parts of the proxy, which are the same wherever it gets its facts from.
struct ProxyParts {
    /// Where the proxy gets its facts from.
    struct Sources {
        let callers: CallerRecognition
        let routes: RouteSource
        let governor: Governor
        /// `nil` where there is only one proxy, and no answers are kept.
        let redis: RedisClient?
        let budgets: BudgetSource
        let prices: @Sendable () async throws -> [PriceEntry]
        let limits: @Sendable () async throws -> [CallLimitRule]
        let keys: @Sendable ([ProviderID]) async throws -> [SealedProviderKey]
        let open: @Sendable ([UInt8]) throws -> ProviderKey
        /// What is out of service; `nil` where it is said to the proxy by hand.
        let drains: (@Sendable () async throws -> Set<DrainedPlace>)?
        /// Stores how deployments did; `nil` where nothing is stored.
        let history: (@Sendable ([DeploymentSpan]) async throws -> Void)?
    }

    let routes: LoopLocal<RouteCache>
    let prices: Prices
    let limits: LimitTable
    let pools: KeyPools
    let budgets: Budgets
    let drains: Drains
    let usageLog: UsageLog
    private let states: DeploymentStates
    private let governor: Governor
    private let equipment: CallEquipment
    private let source: RouteSource
    /// What this process is told apart by.
    private let replica = UUID()

    /// Makes all parts and adds to `composition` what runs.
    init(
        _ settings: ProxyServerSettings, _ sources: Sources, in composition: inout Composition<ProxyServerSettings>
    ) throws {
        let (loops, metrics, logger) = (composition.loops, composition.metrics, composition.logger)
        let now: @Sendable () -> Date = { Date() }
        let client = HTTPClient(loops: loops, settings: settings.client)
        composition.add(Service("providers", stop: { _ in await client.close() }))
        let tokens = AccessTokens(client: client, loops: loops, now: now)
        source = sources.routes
        governor = sources.governor
        states = DeploymentStates(policy: settings.calls.breaker, metrics: metrics)
        drains =
            if let drained = sources.drains {
                Drains(states: states, logger: logger, source: drained)
            } else {
                Drains(states: states)
            }
        prices = Prices(source: sources.prices, logger: logger, now: now)
        limits = LimitTable(source: sources.limits, logger: logger)
        pools = KeyPools(
            governor: sources.governor, limits: limits, logger: logger, source: sources.keys, open: sources.open)
        budgets = Budgets(
            source: sources.budgets, loop: loops.next(), settings: BudgetSettings(), metrics: metrics, logger: logger,
            now: now)
        usageLog = UsageLog(
            try settings.usageLog.map { path in try AppendedFile(path) }, loops: loops, metrics: metrics,
            logger: logger)
        let probes = ProviderProbes(client: client, tokens: tokens, interval: settings.calls.probeInterval, now: now)
        let preparation = RoutePreparation(
            states: states, probes: probes, governor: sources.governor, limits: limits, prices: prices, pools: pools)
        let lastKnown = LastKnownRoutes()
        routes = LoopLocal(loops) { [source] in
            RouteCache(loop: $0, source: source, preparation: preparation, lastKnown: lastKnown)
        }
        let cache = sources.redis.map { ExactCache(redis: $0, settings: CacheSettings(), metrics: metrics) }
        equipment = CallEquipment(
            client: client, settings: settings.calls, callers: sources.callers, routes: routes,
            gates: Self.gates(loops, settings.calls), governor: sources.governor, budgets: budgets,
            cache: cache, tokens: tokens, metrics: ProxyMetrics(metrics), usageLog: usageLog, now: now)
        StandingMetrics(governor: sources.governor, pools: pools, budgets: budgets, tenants: settings.tenantsInMetrics)
            .expose(in: metrics)
        keepRunning(probes, in: &composition)
        if let history = sources.history {
            record(HealthRecorder(states: states, logger: logger, now: now, write: history), in: &composition)
        }
        if let cache {
            composition.add(Service("cache", start: { await Self.prepare(cache, logger) }, stop: { _ in }))
        }
    }

    /// What holds calls to the limits of providers; it comes before all that asks it.
    static func governor(
        redis: RedisClient?, among proxies: Int, in composition: inout Composition<ProxyServerSettings>
    ) -> Governor {
        var settings = GovernorSettings()
        settings.expectedProxies = proxies
        let governor = Governor(
            redis: redis, loop: composition.loops.next(), settings: settings, proxy: UUID(),
            metrics: composition.metrics, logger: composition.logger)
        composition.add(
            Service("governor", start: { governor.start() }, stop: { _ in await governor.stop() }))
        return governor
    }

    /// Without it the first who keeps an answer pays a round trip.
    private static func prepare(_ cache: ExactCache, _ logger: Logger) async {
        do {
            try await cache.prepare()
        } catch {
            logger.info("the cache of answers is not prepared", metadata: ["error": "\(error)"])
        }
    }

    /// What callers find.
    var front: Router { FrontRoutes(equipment, source).router }

    /// What operators find; `open` unseals the keys that they want to try. One that serves `alone` is asked by the names of
    /// its file.
    func operators(alone: Gateway? = nil, open: @escaping @Sendable ([UInt8]) throws -> String) -> Router {
        OperatorFront(
            replica: replica, states: states, governor: governor, pools: pools, drains: drains,
            tests: TestCalls(equipment),
            abilities: AbilityProbes(equipment, open: open), alone: alone
        ).router
    }

    private func keepRunning(_ probes: ProviderProbes, in composition: inout Composition<ProxyServerSettings>) {
        let (budgets, prices, limits, pools, drains) = (budgets, prices, limits, pools, drains)
        composition.add(
            Service("budgets", start: { budgets.start() }, stop: { await budgets.stop(within: $0) }))
        composition.work("prices") { drain in try await drain.cancelling { await prices.run() } }
        composition.work("limits") { drain in try await drain.cancelling { await limits.run() } }
        composition.work("keys") { drain in try await drain.cancelling { await pools.run() } }
        if !drains.areByHand {
            composition.work("drains") { drain in try await drain.cancelling { await drains.run() } }
        }
        composition.work("probes") { drain in try await drain.cancelling { try await probes.run() } }
    }

    private func record(_ recorder: HealthRecorder, in composition: inout Composition<ProxyServerSettings>) {
        composition.work("health history") { drain in
            try await drain.cancelling { try await recorder.run() }
            await recorder.finish()
        }
    }

    /// Every loop has its part of what each provider may have at the same time.
    private static func gates(_ loops: LoopGroup, _ settings: ProxySettings) -> LoopLocal<ProviderGate> {
        let share = loops.loops.count
        return LoopLocal(loops) { loop in
            ProviderGate(
                loop: loop, limit: (settings.callsPerProvider + share - 1) / share,
                waitingLimit: (settings.waitingPerProvider + share - 1) / share)
        }
    }
}
