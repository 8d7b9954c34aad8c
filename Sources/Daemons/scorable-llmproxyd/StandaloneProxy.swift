import DaemonRuntime
import EventLoop
import FoundationEssentials
import HTTPServing
import LLMProxy
import Logging
import Providers
import Settings

/// Puts together the proxy that serves alone, with what its file says and nothing else.
struct StandaloneProxy {
    private let alone: ProxyServerSettings.Alone
    private let settings: ProxyServerSettings

    init(_ alone: ProxyServerSettings.Alone, _ settings: ProxyServerSettings) {
        self.alone = alone
        self.settings = settings
    }

    /// Adds every part and the routes.
    func compose(_ composition: inout Composition<ProxyServerSettings>) throws {
        let governor = ProxyParts.governor(redis: nil, among: 1, in: &composition)
        let gateway = Gateway(alone.file, governor: governor)
        let logger = composition.logger
        let warn: @Sendable (GatewayFile) -> Void = { file in
            for remark in file.remarks(at: Date()) { logger.warning("\(remark)") }
        }
        warn(alone.file)
        let budgets = FixedBudgets(gateway.budgets)
        let parts = try ProxyParts(settings, sources(gateway, governor, budgets.source), in: &composition)
        composition.listen("public", alone.listener, parts.front, answersProbes: true)
        if let token = alone.operatorToken {
            composition.serveInternally(
                parts.operators(alone: gateway, open: { String(decoding: $0, as: UTF8.self) }),
                through: [ServiceTokens([token.reveal()]).middleware])
        }
        composition.onReload { new in
            // First what may fail: a reload changes everything or nothing.
            try parts.usageLog.reopen()
            if case .alone(let alone) = new.surroundings {
                gateway.replace(with: alone.file)
                warn(alone.file)
            }
            budgets.replace(with: gateway.budgets)
            parts.budgets.invalidate(nil)
            try await parts.prices.reload()
            try await parts.limits.reload()
            parts.pools.invalidate()
            for cache in parts.routes.all { cache.invalidate() }
        }
    }

    private func sources(
        _ gateway: Gateway, _ governor: Governor, _ budgets: BudgetSource
    ) -> ProxyParts.Sources {
        ProxyParts.Sources(
            callers: gateway.callers, routes: gateway.routes, governor: governor, redis: nil,
            budgets: budgets, prices: { gateway.prices }, limits: { gateway.limits },
            keys: { gateway.providerKeys(of: $0) }, open: { ProviderKey(String(decoding: $0, as: UTF8.self)) },
            drains: nil, history: nil)
    }
}
