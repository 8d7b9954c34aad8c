internal import EventLoop
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
    /// Whether it cannot be asked although it is known.
    let hasObstacle: Bool
    let places: [GovernedPlace]
    /// What the usage log says of it in each line, written once and not for every call.
    let logged: [UInt8]
    /// How it is reached with the keys that were used so far.
    private var accesses: [(key: PooledKey?, access: DeploymentReach.Access)] = []
    /// The endpoint with the key that was used last.
    private var latest: (key: PooledKey?, endpoint: ModelEndpoint)?
    /// The keys of its pool that could be used when that was last asked.
    private var known: UsableKeys?
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
        hasObstacle = deployment.obstacle != nil
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

    /// The endpoint that is reached with `key`, or with its only one; `nil` where there is none, or something has to be got for
    /// it first.
    func endpoint(with key: PooledKey?) -> ModelEndpoint? {
        if let latest, latest.key === key { return latest.endpoint }
        guard case .endpoint(let endpoint) = access(key) else { return nil }
        latest = (key, endpoint)
        return endpoint
    }

    /// The keys that its calls can be made with now; `nil` when they need none of several.
    var usableKeys: UsableKeys? {
        guard let pool else { return nil }
        if let known, known.holds(for: pool, at: .turn) { return known }
        let keys = pool.usable(for: modelName)
        known = keys
        return keys
    }

    /// Where its calls wait for a place at their provider.
    func line(at gates: LoopLocal<ProviderGate>) -> ProviderGate.Line {
        if let line { return line }
        let line = gates.current.line(of: deployment.place)
        self.line = line
        return line
    }
}
