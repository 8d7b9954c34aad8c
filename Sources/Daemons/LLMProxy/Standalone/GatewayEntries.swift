internal import Providers
internal import Settings
internal import Spending

/// What a gateway's file lists, each entry with the place where it stands, so that what one says of another can be held
/// against it.
struct GatewayEntries {
    typealias Entry<Value> = (section: GatewaySection, value: Value)

    var providers: [Entry<GatewayProvider>] = []
    var models: [Entry<GatewayModel>] = []
    var prices: [Entry<PriceEntry>] = []
    var keys: [Entry<GatewayKey>] = []

    /// Throws for the first entry that does not fit the others; `served` are models that are not listed.
    func refuseContradictions(besides served: [String]) throws(SettingsError) {
        try refuseRepetitions()
        let names = Set(models.flatMap(\.value.names) + served)
        for (section, model) in models {
            for server in model.servers where !providers.contains(where: { $0.value.name == server.provider }) {
                throw section.refusal(
                    section.has("provider") ? "provider" : "deployments",
                    expected: "providers that are listed, but \(model.name) names \(server.provider)")
            }
            for name in model.fallbacks where !names.contains(name) || model.names.contains(name) {
                throw section.refusal(
                    "fallbacks", expected: "other models that are listed, but \(model.name) names \(name)")
            }
        }
        for (section, key) in keys {
            for name in key.models ?? [] where !names.contains(name) {
                throw section.refusal("models", expected: "models that are listed, but \(key.name) names \(name)")
            }
        }
        // A price for nobody would leave a model without one.
        let sellers = Set(providers.map(\.value.name) + Providers.ProviderKind.allCases.map(\.rawValue) + ["*"])
        for (section, price) in prices where !sellers.contains(price.provider) {
            throw section.refusal("provider", expected: "a provider that is listed, a kind of provider, or *")
        }
    }

    private func refuseRepetitions() throws(SettingsError) {
        try refuseRepeated(providers.map { ($0.section, [$0.value.name]) })
        try refuseRepeated(models.map { ($0.section, $0.value.names) })
        try refuseRepeated(keys.map { ($0.section, [$0.value.name]) })
        var holders: [CallerKeys.Digest: String] = [:]
        for (section, key) in keys {
            if let other = holders.updateValue(key.name, forKey: key.digest) {
                throw section.refusal(
                    "key", isSecret: true, expected: "a key of its own, but \(key.name) has the same one as \(other)")
            }
        }
        var offers: Set<PriceEntryID> = []
        for (section, price) in prices where !offers.insert(price.id).inserted {
            throw section.refusal("model", expected: "one price for a model of a provider from the same day on")
        }
    }

    private func refuseRepeated(_ entries: [(section: GatewaySection, names: [String])]) throws(SettingsError) {
        var seen: Set<String> = []
        for (section, names) in entries {
            for name in names where !seen.insert(name).inserted {
                throw section.refusal("name", expected: "every name once, but there are two called \(name)")
            }
        }
    }
}
