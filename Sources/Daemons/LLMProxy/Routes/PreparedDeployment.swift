internal import Providers
internal import Spending

/// A deployment with what is known of it and what limits it, for the calls of the loop whose cache made it.
final class PreparedDeployment {
    let reach: DeploymentReach
    let providerName: String
    /// The model by the name it has at its provider.
    let modelName: String
    let state: DeploymentState
    /// What it costs; `nil` when nobody has said.
    let tariff: Tariff?
    /// Whether it is another model, which stands in for the one that was asked for.
    let isFallback: Bool
    /// The most tokens that it writes when nobody tells it how many.
    let longestAnswer: Int
    let places: [GovernedPlace]
    /// What the usage log says of it in each line, written once and not for every call.
    let logged: [UInt8]
    /// How it is reached with the keys that were used so far.
    private var accesses: [(key: PooledKey?, access: DeploymentReach.Access)] = []
    /// Its place among the calls of its provider on this loop, once it is known.
    private var line: ProviderGate.Line?

    init(
        _ deployment: Deployment, state: DeploymentState, tariff: Tariff?, places: [GovernedPlace], pool: KeyPool?,
        isFallback: Bool
    ) {
        reach = DeploymentReach(deployment: deployment, pool: pool)
        providerName = deployment.providerName
        modelName = deployment.modelName
        self.state = state
        self.tariff = tariff
        self.isFallback = isFallback
        longestAnswer =
            switch deployment.server {
            case .provider(let provider, let model): ModelTraits(kind: provider.kind, model: model).longestAnswer
            case .demonstration: ModelTraits().longestAnswer
            }
        self.places = places
        logged = UsageRecord.server(providerName, modelName)
    }

    var deployment: Deployment { reach.deployment }
    var pool: KeyPool? { reach.pool }

    /// How it is reached with `key`, or with its only one.
    func access(_ key: PooledKey?) -> DeploymentReach.Access {
        if let known = accesses.first(where: { $0.key === key }) { return known.access }
        let access = reach.access(key)
        // Keys that are renewed are other ones.
        if accesses.count > 16 { accesses.removeAll() }
        accesses.append((key, access))
        return access
    }

    /// Where its calls wait for a place at their provider.
    func line(at gate: ProviderGate) -> ProviderGate.Line {
        if let line { return line }
        let line = gate.line(of: deployment.place)
        self.line = line
        return line
    }
}
