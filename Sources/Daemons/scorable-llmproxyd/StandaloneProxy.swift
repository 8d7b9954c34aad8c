import DaemonRuntime
import EventLoop
import HTTPServing
import LLMProxy
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
        let budgets = FixedBudgets(gateway.budgets)
        let parts = try ProxyParts(settings, sources(gateway, governor, budgets.source), in: &composition)
        composition.listen("public", alone.listener, parts.front)
        if let token = alone.operatorToken {
            composition.serveInternally(
                parts.operators(open: { String(decoding: $0, as: UTF8.self) }),
                through: [ServiceTokens([token.reveal()]).middleware])
        }
        composition.onReload { new in
            if case .alone(let alone) = new.surroundings { gateway.replace(with: alone.file) }
            budgets.replace(with: gateway.budgets)
            parts.budgets.invalidate(nil)
            try await parts.prices.reload()
            parts.limits.invalidate()
            parts.pools.invalidate()
            for cache in parts.routes.all { cache.invalidate() }
            try parts.usageLog.reopen()
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
