internal import ChatModel
internal import FoundationEssentials
internal import Providers
internal import Scoring
package import Settings
internal import Spending
package import YAML

/// Everything that a gateway without a database is told: providers, models, prices, and the keys of its callers.
package struct GatewayFile: Sendable {
    /// A gateway gives those that have changed other identifiers.
    var providers: [GatewayProvider]
    let models: [GatewayModel]
    let prices: [PriceEntry]
    let keys: [GatewayKey]
    /// What all callers together may spend.
    let budgets: [Budget]
    /// Whether callers need no key.
    let isOpen: Bool
    /// Whether the demonstration answers.
    let hasDemonstration: Bool
    /// The files in which secrets stand.
    let secretFiles: Set<String>

    /// Reads the section called `gateway` of the settings file `path`; `variable` looks up in the environment.
    package init(
        _ node: YAMLNode, path: String, variable: @escaping (String) -> String? = { _ in nil }
    ) throws(SettingsError) {
        let reading = GatewayReading(path, variable: variable)
        let root = try GatewaySection(node, at: "gateway", in: reading)
        var entries = GatewayEntries()
        for section in try root.sections("providers") {
            entries.providers.append((section, try GatewayProvider(section)))
        }
        for section in try root.sections("models") { entries.models.append((section, try GatewayModel(section))) }
        for section in try root.sections("prices") { entries.prices.append((section, try PriceEntry(section))) }
        for section in try root.sections("keys") { entries.keys.append((section, try GatewayKey(section))) }
        let whole = try root.section("budget").map { section throws(SettingsError) in
            [try Budget(section, named: "gateway", scope: .organization)]
        }
        providers = entries.providers.map(\.value)
        models = entries.models.map(\.value)
        prices = entries.prices.map(\.value)
        keys = entries.keys.map(\.value)
        budgets = (whole ?? []) + keys.flatMap(\.budgets)
        isOpen = try root.flag("open") ?? false
        hasDemonstration = try root.flag("demonstration") ?? false
        secretFiles = reading.secretFiles
        try root.refuseUnknown()
        if keys.isEmpty, !isOpen {
            throw root.refusal("keys", expected: "at least one key, or open: true to serve everybody")
        }
        try entries.refuseContradictions(besides: demonstrationNames)
    }

    /// The names by which the demonstration is asked for: the well-known ones of other models only where there are none.
    var demonstrationNames: [String] {
        guard hasDemonstration else { return [] }
        return providers.isEmpty ? [DemoModel.name] + DemoModel.aliases : [DemoModel.name]
    }
}
