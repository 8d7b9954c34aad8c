internal import ChatModel
internal import EventLoop
package import FoundationEssentials
internal import HTTPMessages
package import HTTPServing
internal import Tenancy
internal import WireAPI

/// What operators find, through apid or by hand: how deployments do, taking them out of service, trying one out, finding
/// out what a server can do.
package struct OperatorFront: Sendable {
    private let replica: UUID
    private let states: DeploymentStates
    private let governor: Governor
    private let pools: KeyPools
    private let drains: Drains
    private let tests: TestCalls
    private let abilities: AbilityProbes

    /// `replica` is what this process is told apart by.
    package init(
        replica: UUID, states: DeploymentStates, governor: Governor, pools: KeyPools, drains: Drains, tests: TestCalls,
        abilities: AbilityProbes
    ) {
        self.replica = replica
        self.states = states
        self.governor = governor
        self.pools = pools
        self.drains = drains
        self.tests = tests
        self.abilities = abilities
    }

    /// The routes; whoever adds them protects them.
    package var router: Router {
        var router = Router()
        router.on(.get, ProxyDeployment.path) { _ in
            .json(
                ProxyDeploymentList(
                    replica: replica, deployments: states.all.map { ProxyDeployment($0.report(at: .now)) }))
        }
        router.on(.get, ProxyLimitReport.path) { _ in .json(ProxyLimitReport(governor.status)) }
        router.on(.get, ProxyKeyReport.pattern) { context in
            .json(ProxyKeyReport(try await pools.pool(of: context.parameter("id")).status))
        }
        if drains.areByHand {
            router.on(.post, ProxyDrain.path) { context in
                let wish: ProxyDrain = try await context.decode()
                drains.set(DrainedPlace(.named(wish.provider), model: wish.model), to: wish.isDrained)
                return .noContent
            }
        }
        router.on(.post, ProxyTestCall.path, RouteOptions(timeout: TestCalls.patience)) { context in
            let call: ProxyTestCall = try await context.decode()
            return .json(
                try await tests.make(
                    for: OrganizationID(uuid: call.organizationID), model: call.model, prompt: call.prompt,
                    in: context))
        }
        router.on(.post, ProxyAbilityProbe.path, RouteOptions(timeout: AbilityProbes.patience)) { context in
            .json(try await abilities.probe(try await context.decode()))
        }
        return router
    }
}
