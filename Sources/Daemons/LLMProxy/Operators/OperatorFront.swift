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
    /// What a proxy that serves alone has its facts from.
    private let alone: Gateway?

    /// `replica` is what this process is told apart by; one that serves `alone` is asked by the names of its file.
    package init(
        replica: UUID, states: DeploymentStates, governor: Governor, pools: KeyPools, drains: Drains, tests: TestCalls,
        abilities: AbilityProbes, alone: Gateway? = nil
    ) {
        self.replica = replica
        self.states = states
        self.governor = governor
        self.pools = pools
        self.drains = drains
        self.tests = tests
        self.abilities = abilities
        self.alone = alone
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
            let id = try alone.map { try $0.served(context.pathParameters["id"]).id } ?? context.parameter("id")
            return .json(ProxyKeyReport(try await pools.pool(of: id).status))
        }
        if drains.areByHand {
            router.on(.post, ProxyDrain.path) { context in
                let wish: ProxyDrain = try await context.decode()
                // Whoever mistypes a name is not to believe that it is out of service.
                try alone?.requireServed(wish.model, by: wish.provider)
                drains.set(DrainedPlace(.named(wish.provider), model: wish.model), to: wish.isDrained)
                return .noContent
            }
        }
        router.on(.post, ProxyTestCall.path, RouteOptions(timeout: TestCalls.patience)) { context in
            let call: ProxyTestCall = try await context.decode()
            guard
                let payer = call.organizationID.map({ OrganizationID(uuid: $0) })
                    ?? alone.map({ _ in Gateway.organization })
            else { throw APIProblem.invalid("organization_id", "Say whose model it is, and who pays.") }
            return .json(try await tests.make(for: payer, model: call.model, prompt: call.prompt, in: context))
        }
        router.on(.post, ProxyAbilityProbe.path, RouteOptions(timeout: AbilityProbes.patience)) { context in
            .json(try await abilities.probe(try await context.decode()))
        }
        return router
    }
}
