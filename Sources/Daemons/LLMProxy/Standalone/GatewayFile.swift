internal import ChatModel
internal import FoundationEssentials
internal import Providers
internal import Scoring
package import Settings
internal import Spending
package import YAML

/// Everything that a gateway without a database is told: providers, models, prices, and the keys of its callers.
package struct GatewayFile: Sendable {
    let providers: [GatewayProvider]
    let models: [GatewayModel]
    let prices: [PriceEntry]
    let keys: [GatewayKey]
    /// What all callers together may spend.
    let budgets: [Budget]
    /// Whether callers need no key.
    let isOpen: Bool
    /// Whether the demonstration answers.
    let hasDemonstration: Bool

    /// Reads the section called `gateway` of the settings file `path`.
    package init(_ node: YAMLNode, path: String) throws(SettingsError) {
        let root = try GatewaySection(node, at: "gateway", in: path)
        var providers: [GatewayProvider] = []
        for section in try root.sections("providers") { providers.append(try GatewayProvider(section)) }
        var models: [GatewayModel] = []
        for section in try root.sections("models") { models.append(try GatewayModel(section)) }
        var prices: [PriceEntry] = []
        for section in try root.sections("prices") { prices.append(try PriceEntry(section)) }
        var keys: [GatewayKey] = []
        for section in try root.sections("keys") { keys.append(try GatewayKey(section)) }
        let whole = try root.section("budget").map { section throws(SettingsError) in
            [try Budget(section, named: "gateway", scope: .organization)]
        }
        self.providers = providers
        self.models = models
        self.prices = prices
        self.keys = keys
        budgets = (whole ?? []) + keys.flatMap(\.budgets)
        isOpen = try root.flag("open") ?? false
        hasDemonstration = try root.flag("demonstration") ?? false
        try root.refuseUnknown()
        if keys.isEmpty, !isOpen {
            throw root.refusal("keys", expected: "at least one key, or open: true to serve everybody")
        }
        try refuseContradictions(root)
    }

    private func refuseContradictions(_ root: GatewaySection) throws(SettingsError) {
        func repeated(_ names: [String]) -> String? {
            var seen: Set<String> = []
            return names.first { !seen.insert($0).inserted }
        }
        if let name = repeated(providers.map(\.name)) {
            throw root.refusal("providers", expected: "every name once, but there are two called \(name)")
        }
        if let name = repeated(models.flatMap { [$0.name] + $0.aliases }) {
            throw root.refusal("models", expected: "every name once, but there are two called \(name)")
        }
        if let name = repeated(keys.map(\.name)) {
            throw root.refusal("keys", expected: "every name once, but there are two called \(name)")
        }
        for model in models {
            for server in model.servers where !providers.contains(where: { $0.name == server.provider }) {
                throw root.refusal(
                    "models", expected: "providers that are listed, but \(model.name) names \(server.provider)")
            }
            for name in model.fallbacks where !models.contains(where: { $0.name == name && name != model.name }) {
                throw root.refusal("models", expected: "fallbacks that are listed, but \(model.name) names \(name)")
            }
        }
        for key in keys {
            for name in key.models ?? [] where !models.contains(where: { $0.name == name || $0.aliases.contains(name) })
            {
                throw root.refusal("keys", expected: "models that are listed, but \(key.name) names \(name)")
            }
        }
    }
}
