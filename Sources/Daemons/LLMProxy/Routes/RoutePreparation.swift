internal import ChatModel
internal import Scoring
internal import Spending
internal import Tenancy

/// Looks up what the calls of a route need beside the route itself: the state of its deployments, their prices, limits and
/// keys.
package struct RoutePreparation: Sendable {
    private let states: DeploymentStates
    private let probes: ProviderProbes
    private let governor: Governor
    private let limits: LimitTable
    private let prices: Prices
    private let pools: KeyPools

    package init(
        states: DeploymentStates, probes: ProviderProbes, governor: Governor, limits: LimitTable, prices: Prices,
        pools: KeyPools
    ) {
        self.states = states
        self.probes = probes
        self.governor = governor
        self.limits = limits
        self.prices = prices
        self.pools = pools
    }

    /// The route, ready for calls of `organization` on the loop that asks.
    func prepare(_ route: CallRoute, for organization: OrganizationID) async throws -> PreparedRoute {
        var prepared: [PreparedDeployment] = []
        for (number, stage) in route.stages.enumerated() {
            for deployment in stage.deployments {
                prepared.append(try await prepare(deployment, for: organization, isFallback: number > 0))
            }
        }
        return PreparedRoute(route, prepared)
    }

    private func prepare(
        _ deployment: Deployment, for organization: OrganizationID, isFallback: Bool
    ) async throws -> PreparedDeployment {
        var pool: KeyPool?
        if case .pool(let id) = deployment.keys {
            let known = try await pools.pool(of: id)
            // A provider without any key is called without one.
            pool = known.isEmpty ? nil : known
        }
        let name = DeploymentState.Name(
            provider: deployment.providerName, model: deployment.modelName, place: deployment.place)
        let prepared = PreparedDeployment(
            deployment, state: states.state(of: name), tariff: try await tariff(of: deployment, for: organization),
            places: places(of: deployment), pool: pool, isFallback: isFallback)
        probes.include(prepared)
        return prepared
    }

    /// Where its calls are limited, the narrowest last.
    private func places(of deployment: Deployment) -> [GovernedPlace] {
        guard let provider = deployment.providerID else { return [] }
        let model = deployment.modelName
        return [
            governor.place("provider:\(deployment.place)", limits.limits(of: .provider, at: provider)),
            governor.place("model:\(deployment.place):\(model)", limits.limits(of: .model(model), at: provider)),
        ]
    }

    private func tariff(of deployment: Deployment, for organization: OrganizationID) async throws -> Tariff? {
        switch deployment.server {
        case .demonstration: .free
        case .provider:
            try await prices.tariff(
                for: organization, provider: deployment.providerName, kind: deployment.providerKind,
                model: deployment.modelName)
        }
    }
}
