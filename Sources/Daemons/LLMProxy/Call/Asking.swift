internal import ChatModel
internal import EventLoop
internal import Spending

/// Asks the deployments of a route, one after the other, until one answers or nobody is left.
struct Asking {
    let equipment: CallEquipment
    let route: PreparedRoute
    let caller: Caller
    /// How many tokens the call will likely take, for limits.
    let likelyTokens: Int
    let deadline: Deadline
    let account: CallAccount

    /// How many keys of a provider are tried one after the other, at once.
    private static let keysTried = 3

    /// The first answer that `attempt` gets, and the visit that it was got on, which goes on until the answer ends.
    ///
    /// Until then nothing has been passed on to the caller, so that everything can be tried again.
    /// - Throws: ``ChatFailure``, or `CancellationError` when the caller has left.
    func ask<Answer>(_ attempt: (Visit) async throws -> Answer) async throws -> (Visit, Answer) {
        var chance = SystemRandomNumberGenerator()
        var plan = AttemptPlan(route.arranged(at: .now, using: &chance), equipment.settings.retries)
        var step = plan.first
        var told: ChatFailure?
        while case .ask(let index, let pause) = step {
            if pause > .zero { try await account.waiting { try await Loop.current?.sleep(for: pause) } }
            let deployment = route.deployments[index]
            switch try await ask(deployment, attempt) {
            case .success(let answer): return answer
            case .failure(let failure):
                // A deployment that was not asked has less to tell than one that was.
                if told == nil || !failure.isOwnInability { told = failure.failure }
                step = plan.next(
                    after: judged(failure, deployment), of: index, at: .now,
                    remaining: deadline.remaining ?? equipment.settings.patience.total, jitter: .random(in: 0..<1))
            }
        }
        throw told ?? ChatFailure(.noProvider, "nobody serves the model \"\(account.model)\"")
    }

    /// Asks one deployment, with another of its keys when the one that was shown is the reason for a failure.
    private func ask<Answer>(
        _ deployment: PreparedDeployment, _ attempt: (Visit) async throws -> Answer
    ) async throws -> Result<(Visit, Answer), AttemptFailure> {
        var keysTried = 1
        while true {
            do {
                let visit = try await account.waiting { try await enter(deployment) }
                return .success((visit, try await made(attempt, visit)))
            } catch let failure as AttemptFailure {
                let hasAnotherKey = deployment.pool.map { !$0.candidates(for: deployment.modelName).isEmpty } ?? false
                guard failure.permitsAnotherKey, hasAnotherKey, keysTried < Self.keysTried else {
                    return .failure(failure)
                }
                keysTried += 1
            }
        }
    }

    private func made<Answer>(_ attempt: (Visit) async throws -> Answer, _ visit: Visit) async throws -> Answer {
        account.attempts += 1
        defer { account.spentAtProviders += visit.duration }
        do {
            return try await attempt(visit)
        } catch let failure as AttemptFailure where failure.isOwnInability {
            // Nobody was asked.
            account.attempts -= 1
            visit.withdraw()
            throw failure
        } catch let failure as AttemptFailure {
            visit.failed(failure.failure)
            throw failure
        } catch {
            visit.abandoned(nil, cost: nil)
            throw error
        }
    }

    /// The failure, not to be repeated when its deployment has got as many repetitions as it should.
    private func judged(_ failure: AttemptFailure, _ deployment: PreparedDeployment) -> AttemptFailure {
        failure.isRepeatable && !deployment.state.takeRetry() ? failure.unrepeatable : failure
    }

    // MARK: Entering

    private func enter(_ deployment: PreparedDeployment) async throws -> Visit {
        if let obstacle = deployment.deployment.obstacle { throw AttemptFailure(unable: obstacle) }
        let state = deployment.state
        guard !state.isDrained else {
            throw unasked(deployment, .overloaded, "is drained: it gets no new calls", retryAfter: .seconds(30))
        }
        guard state.mayAdmit(at: .now) else { throw isOpen(deployment) }
        let ticket = try await place(at: deployment)
        let (key, admission) = try await admission(at: deployment)
        // Last of all, because a trial that is let in has to be made.
        guard let breaker = state.admit(at: .now) else { throw isOpen(deployment) }
        return Visit(deployment, key: key, breaker: breaker, ticket: ticket, governor: admission)
    }

    private func place(at deployment: PreparedDeployment) async throws -> ProviderGate.Ticket {
        do {
            return try await equipment.gates.current.enter(deployment.deployment.place, until: waitingEnds)
        } catch {
            switch error {
            case .cancelled: throw CancellationError()
            case .full:
                throw unasked(deployment, .rateLimited, "has too many calls waiting for it", retryAfter: .seconds(1))
            case .timedOut: throw unasked(deployment, .rateLimited, "had no place that became free in time")
            }
        }
    }

    private func admission(at deployment: PreparedDeployment) async throws -> (PooledKey?, Admission?) {
        let keys = deployment.pool?.candidates(for: deployment.modelName) ?? []
        if let pool = deployment.pool, keys.isEmpty { throw keyless(deployment, pool) }
        let places = (caller.place.map { [$0] } ?? []) + deployment.places
        guard !places.isEmpty || !keys.isEmpty else { return (nil, nil) }
        let demand = CallDemand(
            places: places, keys: keys.map(\.place), project: caller.payer.project, lane: caller.lane,
            tokens: likelyTokens)
        do {
            let admission = try await equipment.governor.admit(demand, until: waitingEnds)
            return (admission.key.map { keys[$0] }, admission)
        } catch {
            guard error.kind != .cancelled else { throw CancellationError() }
            throw unasked(
                deployment, .rateLimited, "takes no more calls now: \(error)", retryAfter: error.retryAfter)
        }
    }

    /// With others to ask nobody waits long for one.
    private var waitingEnds: Deadline {
        route.deployments.count > 1 ? deadline.earlier(.after(equipment.settings.retries.patience)) : deadline
    }

    private func isOpen(_ deployment: PreparedDeployment) -> AttemptFailure {
        unasked(
            deployment, .overloaded,
            "is not asked for \(deployment.modelName) at the moment, because it failed too often",
            retryAfter: deployment.state.pause(at: .now))
    }

    private func keyless(_ deployment: PreparedDeployment, _ pool: KeyPool) -> AttemptFailure {
        let obstacle = pool.obstacle(for: deployment.modelName)
        let pause = obstacle?.retryAfter
        switch obstacle?.reason {
        case .throttled:
            return unasked(deployment, .rateLimited, "takes no more calls with any of its keys now", retryAfter: pause)
        case .exhausted:
            return unasked(deployment, .quotaExhausted, "has no quota left for any of its keys", retryAfter: pause)
        case .refused, .sealed, nil:
            return unasked(deployment, .authentication, "has no key that can be used", retryAfter: pause)
        }
    }

    private func unasked(
        _ deployment: PreparedDeployment, _ code: ChatFailure.Code, _ what: String, retryAfter: Duration? = nil
    ) -> AttemptFailure {
        let name = deployment.providerName
        return AttemptFailure(
            unable: ChatFailure(code, "provider \(name) \(what)", provider: name, retryAfter: retryAfter))
    }
}
