internal import ChatModel
internal import EventLoop
package import FoundationEssentials
package import HTTPTransfer
internal import Providers
internal import Synchronization

/// Asks providers for their list of models now and then, which costs nothing, so that it is known how they do also while
/// nobody calls them, and an open breaker learns soon that its provider is back.
package final class ProviderProbes: Sendable {
    private let client: HTTPClient
    private let credentials: Credentials
    private let interval: Duration
    private let now: @Sendable () -> Date
    /// The deployments that were asked last, by what is asked for them: their provider, or an address or a key of their own.
    private let targets = Mutex<[String: Target]>([:])

    private struct Target {
        /// Any deployment of the place will do.
        var reach: DeploymentReach
        var states: [DeploymentState.Name: DeploymentState] = [:]
        var wantedUntil: Moment
    }

    /// How long a provider is probed that nobody asks for any more.
    private static let interest: Duration = .seconds(3600)
    private static let patience: Duration = .seconds(10)

    package init(
        client: HTTPClient, tokens: AccessTokens, interval: Duration, now: @escaping @Sendable () -> Date
    ) {
        self.client = client
        credentials = Credentials(tokens: tokens)
        self.interval = interval
        self.now = now
    }

    /// From now on a deployment's provider is probed.
    func include(_ deployment: PreparedDeployment) {
        guard case .provider = deployment.deployment.server else { return }
        let until = Moment.now + Self.interest
        let name = Self.target(of: deployment)
        targets.withLock { targets in
            var target = targets[name] ?? Target(reach: deployment.reach, wantedUntil: until)
            target.reach = deployment.reach
            target.states[deployment.state.name] = deployment.state
            target.wantedUntil = until
            targets[name] = target
        }
    }

    /// What comes of asking with a model's own key says nothing of the models that are asked with another one.
    private static func target(of deployment: PreparedDeployment) -> String {
        let place = deployment.state.name.place
        switch deployment.deployment.keys {
        case .pool, .fixed(nil): return place
        case .fixed(.some): return place + "/" + deployment.modelName
        }
    }

    /// Probes until the task is cancelled. On a loop.
    package func run() async throws {
        guard interval > .zero else { return try await Loop.current?.sleep(for: .seconds(1 << 30)) ?? () }
        while true {
            // Replicas that were started together are not to probe together.
            try await Loop.current?.sleep(for: interval * Double.random(in: 0.75..<1.25))
            await probeAll()
        }
    }

    /// Probes every provider once.
    func probeAll() async {
        let moment = Moment.now
        let due = targets.withLock { targets in
            targets = targets.filter { $0.value.wantedUntil > moment }
            return targets.values.map { $0 }
        }
        await withTaskGroup(of: Void.self) { group in
            for target in due {
                group.addTask { [self] in
                    guard let outcome = await probe(target.reach) else { return }
                    let result = ProbeResult(outcome: outcome, moment: .now)
                    for state in target.states.values { state.probed(result) }
                }
            }
        }
    }

    /// `nil` when the provider cannot be asked for its models, or the probe was given up.
    private func probe(_ reach: DeploymentReach) async -> ProbeResult.Outcome? {
        let began = Moment.now
        do {
            guard let endpoint = try await credentials.endpoint(for: reach),
                let request = endpoint.provider.modelsRequest(now: now())
            else { return nil }
            var patience = CallPatience()
            patience.firstByte = Self.patience
            let exchange = Exchange(
                client: client, endpoint: endpoint, patience: patience, deadline: .after(Self.patience),
                responseBytes: 8 << 20, now: now)
            _ = try await exchange.send(request)
            return .answered(after: began.duration(to: .now))
        } catch let failure as AttemptFailure {
            switch failure.failure.code {
            // It is there, and this is no illness: some servers list nothing, or not to everybody.
            case .noProvider, .invalidRequest, .rateLimited: return .answered(after: began.duration(to: .now))
            case .contextLength, .refused, .authentication, .quotaExhausted, .overBudget, .overloaded, .timeout,
                .providerError, .invalidResponse, .streamInterrupted:
                return .failed(Self.sentence(failure.failure))
            }
        } catch {
            return nil
        }
    }

    /// What came of it in words that hold for every model of the provider: what failures say otherwise is of one.
    private static func sentence(_ failure: ChatFailure) -> String {
        guard let status = failure.providerStatus else { return failure.message }
        return "provider \(failure.provider ?? "") answered with status \(status) when it was asked for its models"
    }
}
