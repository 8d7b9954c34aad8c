internal import ChatModel
internal import EventLoop
internal import Spending
internal import Tenancy

/// Asks the deployments of a route, one after the other, until one answers or nobody is left. Once.
final class Asking {
    let call: IncomingCall
    let route: PreparedRoute
    /// How long its answers may be.
    let answerLimit: AnswerLimit
    let deadline: Deadline
    private var plan: AttemptPlan
    private var step: AttemptPlan.Step
    /// What the caller is told if nobody answers.
    private var told: ChatFailure?
    /// How many keys of the deployment were tried.
    private var keysTried = 0

    private var equipment: CallEquipment { call.equipment }
    private var account: CallAccount { call.account }

    /// How many keys of a provider are tried one after the other, at once.
    private static let mostKeysTried = 3

    /// Plans whom to ask for a call of this moment.
    init(_ call: IncomingCall, _ route: PreparedRoute, _ answerLimit: AnswerLimit, until deadline: Deadline) {
        self.call = call
        self.route = route
        self.answerLimit = answerLimit
        self.deadline = deadline
        var chance = SystemRandomNumberGenerator()
        plan = route.plan(call.equipment.settings, at: .turn, using: &chance)
        step = plan.first
    }

    /// The first answer that `attempt` gets, and the visit that it was got on, which goes on until the answer ends.
    ///
    /// Until then nothing has been passed on to the caller, so that everything can be tried again.
    /// - Throws: ``ChatFailure``, or `CancellationError` when the caller has left.
    func ask<Answer>(_ attempt: (Visit) async throws -> Answer) async throws -> (Visit, Answer) {
        while case .ask(let index, let pause) = step {
            if pause > .zero { try await rest(for: pause) }
            if account.isUncovered { try await account.coverNextAttempt(until: deadline) }
            do {
                let visit: Visit
                switch try enterAtOnce(index) {
                case .entered(let entered): visit = entered
                case .waits(let entering, let waiting):
                    try await finishEntering(entering, waiting)
                    visit = entering
                }
                return (visit, try await made(attempt, visit))
            } catch let failure as AttemptFailure {
                goOn(after: failure, of: index)
            }
        }
        throw told ?? ChatFailure(.noProvider, "nobody serves the model \"\(account.model)\"")
    }

    /// Decides what is done after a failure. Apart from what waits, as is ``enterAtOnce(_:)``: the code of a function that
    /// waits stands in each of the parts that it is cut into.
    @inline(never)
    private func goOn(after failure: AttemptFailure, of index: Int) {
        let deployment = route.deployments[index]
        keysTried += 1
        if keysTried < Self.mostKeysTried, failure.isOfOldToken || mayTryAnotherKey(of: deployment, after: failure) {
            step = .ask(index, after: .zero)
            return
        }
        keysTried = 0
        // A deployment that was not asked has less to tell than one that was.
        if told == nil || !failure.isOwnInability { told = failure.failure }
        step = plan.next(
            after: judged(failure, deployment), of: index, at: .now,
            remaining: deadline.remaining ?? equipment.settings.patience.total, jitter: .random(in: 0..<1))
    }

    private func made<Answer>(_ attempt: (Visit) async throws -> Answer, _ visit: Visit) async throws -> Answer {
        account.attempts += 1
        do {
            let answer = try await attempt(visit)
            account.spentAtProviders += visit.duration
            account.trace(visit, failure: nil)
            return answer
        } catch {
            account.spentAtProviders += visit.duration
            account.trace(visit, failure: (error as? AttemptFailure)?.failure.code.rawValue ?? "cancelled")
            switch error {
            case let failure as AttemptFailure where failure.isOwnInability:
                // Nobody was asked.
                account.attempts -= 1
                visit.withdraw()
            case var failure as AttemptFailure:
                if failure.failure.providerStatus == 401, equipment.credentials.dropsToken(of: visit) {
                    failure.isOfOldToken = true
                    visit.excuseKey()
                }
                account.attemptFailed(failure, on: visit, written: tokensUntilNow(of: visit))
                throw failure
            // The provider works until it notices, and has read the question in any case.
            case is CancellationError: account.abandoned(visit, passedOn: tokensUntilNow(of: visit))
            default: visit.abandoned(nil, cost: nil)
            }
            throw error
        }
    }

    /// How much of an answer that nobody waits for any more a model has written by now, about.
    private func tokensUntilNow(of visit: Visit) -> Int {
        min(outputTokens(of: visit.deployment), Int(visit.duration / .milliseconds(20)))
    }

    /// How many tokens come back at the most.
    private func outputTokens(of deployment: PreparedDeployment) -> Int {
        answerLimit.tokens(of: deployment, route.terms)
    }

    private func rest(for pause: Duration) async throws {
        let began = Moment.now
        defer { account.waited += began.duration(to: .now) }
        try await Loop.current?.sleep(for: pause)
    }

    /// Whether the key that was shown is the reason for a failure, and the provider has another one.
    private func mayTryAnotherKey(of deployment: PreparedDeployment, after failure: AttemptFailure) -> Bool {
        guard failure.permitsAnotherKey, let pool = deployment.pool else { return false }
        return !pool.usable(for: deployment.modelName).keys.isEmpty
    }

    /// The failure, not to be repeated when its deployment has got as many repetitions as it should.
    private func judged(_ failure: AttemptFailure, _ deployment: PreparedDeployment) -> AttemptFailure {
        failure.isRepeatable && !deployment.state.takeRetry() ? failure.unrepeatable : failure
    }

    // MARK: Entering

    private enum Entry {
        case entered(Visit)
        /// For its turn, or only for a place of the provider.
        case waits(Visit, Waiting?)
    }

    /// Begins a visit as far as that needs no waiting.
    @inline(never)
    private func enterAtOnce(_ index: Int) throws -> Entry {
        let deployment = route.deployments[index]
        try checkIsAskable(deployment)
        let visit = Visit(deployment)
        // Those that wait for their turn hold none of the places of the provider, which others want.
        if let waiting = try admit(visit, until: waitingEnds) { return .waits(visit, waiting) }
        let line = deployment.line(at: equipment.gates)
        guard line.enterAtOnce() else { return .waits(visit, nil) }
        try begin(visit, holding: line)
        return .entered(visit)
    }

    private func finishEntering(_ visit: Visit, _ waiting: Waiting?) async throws {
        let end = waitingEnds
        if let waiting { try await wait(waiting, for: visit, until: end) }
        let line = visit.deployment.line(at: equipment.gates)
        if !line.enterAtOnce() { try await wait(in: line, at: visit.deployment, until: end) }
        try begin(visit, holding: line)
    }

    /// Throws where asking would be in vain.
    private func checkIsAskable(_ deployment: PreparedDeployment) throws(AttemptFailure) {
        if deployment.hasObstacle, let obstacle = deployment.deployment.obstacle {
            throw AttemptFailure(unable: obstacle)
        }
        let state = deployment.state
        guard !state.isDrained else {
            throw unasked(deployment, .overloaded, "is drained: it gets no new calls", retryAfter: .seconds(30))
        }
        guard state.mayAdmit(at: .turn) else { throw isOpen(deployment) }
    }

    /// Last of all, because a trial that is let in has to be made.
    private func begin(_ visit: Visit, holding line: ProviderGate.Line) throws(AttemptFailure) {
        visit.hold(line)
        guard let admission = visit.deployment.state.admit(at: .turn) else { throw isOpen(visit.deployment) }
        visit.begin(admission)
    }

    private func wait(
        in line: ProviderGate.Line, at deployment: PreparedDeployment, until end: Deadline
    ) async throws {
        let began = Moment.now
        defer { account.waited += began.duration(to: .now) }
        do {
            try await line.enter(WaitingOwner(lane: call.caller.lane, project: sharer), until: end)
        } catch {
            switch error {
            case .cancelled: throw CancellationError()
            case .full:
                throw unasked(deployment, .rateLimited, "has too many calls waiting for it", retryAfter: .seconds(1))
            case .timedOut:
                var failure = unasked(
                    deployment, .rateLimited, "had no place that became free in time", retryAfter: .seconds(1))
                failure.isCrowdedOut = true
                throw failure
            }
        }
    }

    /// A call that waits for its turn, and the keys that it may get.
    private struct Waiting {
        let call: WaitingCall
        let usable: UsableKeys?
    }

    /// Holds the visit to the limits of everything that it uses, and chooses its key; or returns what has to be waited for.
    private func admit(_ visit: Visit, until end: Deadline) throws -> Waiting? {
        let deployment = visit.deployment
        var usable = deployment.usableKeys
        if let pool = deployment.pool, usable?.keys.isEmpty ?? true {
            let soon = pool.soonUsable(for: deployment.modelName, within: equipment.settings.retries.patience)
            if soon.keys.isEmpty { throw keyless(deployment, pool) }
            usable = soon
        }
        let places = call.caller.place.map { [$0] + deployment.places } ?? deployment.places
        guard !places.isEmpty || usable != nil else { return nil }
        let demand = CallDemand(
            places: places, keys: usable?.places ?? [], project: sharer, lane: call.caller.lane,
            tokens: account.promptSize.likelyTokens + min(outputTokens(of: deployment), 1024))
        do {
            switch try equipment.governor.enter(demand, until: end) {
            case .admitted(let admission):
                hold(admission, usable, visit)
                return nil
            case .queued(let call): return Waiting(call: call, usable: usable)
            }
        } catch {
            try bear(error, on: deployment, until: end)
            return try admit(visit, until: deadline)
        }
    }

    private func wait(_ waiting: Waiting, for visit: Visit, until end: Deadline) async throws {
        do {
            hold(try await equipment.governor.wait(waiting.call, until: end), waiting.usable, visit)
        } catch {
            try bear(error, on: visit.deployment, until: end)
            if let waiting = try admit(visit, until: deadline) {
                try await wait(waiting, for: visit, until: deadline)
            }
        }
    }

    private func hold(_ admission: Admission, _ usable: UsableKeys?, _ visit: Visit) {
        account.waited += admission.waited
        visit.hold(admission, key: admission.key.flatMap { usable?.keys[$0] })
    }

    /// Returns where a refusal is a reason to try it again for as long as the call may take: where it is the caller's own
    /// limit that gave nothing by `end`, no other deployment will do.
    private func bear(_ refusal: GovernorRefusal, on deployment: PreparedDeployment, until end: Deadline) throws {
        guard refusal.kind != .cancelled else { throw CancellationError() }
        guard refusal.place == call.caller.place?.name else { throw held(deployment, refusal) }
        guard refusal.kind == .timedOut, end.moment < deadline.moment else { throw Self.overOwnLimit(refusal) }
    }

    /// Why a caller's own limit lets nobody through, whoever would be asked.
    private static func overOwnLimit(_ refusal: GovernorRefusal) -> ChatFailure {
        ChatFailure(
            .rateLimited, "the limits of the caller's own key hold the call back: \(refusal)",
            retryAfter: refusal.retryAfter, isTransient: refusal.kind != .tooLarge)
    }

    /// Why the limits let nobody through.
    private func held(_ deployment: PreparedDeployment, _ refusal: GovernorRefusal) -> AttemptFailure {
        guard refusal.kind != .tooLarge else {
            // It never will, so that nobody is to try again.
            var failure = unasked(deployment, .rateLimited, "can never take this call: \(refusal)")
            failure.failure.isTransient = false
            return failure
        }
        var failure = unasked(
            deployment, .rateLimited, "takes no more calls now: \(refusal)", retryAfter: refusal.retryAfter)
        failure.isCrowdedOut = refusal.kind == .timedOut || refusal.kind == .blocked
        return failure
    }

    /// Between whose calls places are shared fairly. Calls of no project count as those of one more project, which is the
    /// organisation's own.
    private var sharer: ProjectID? {
        let payer = call.caller.payer
        return payer.project ?? ProjectID(uuid: payer.organization.uuid)
    }

    /// With others to ask nobody waits long for one.
    private var waitingEnds: Deadline {
        guard route.deployments.count > 1, !plan.isLastResort else { return deadline }
        return deadline.earlier(.after(equipment.settings.retries.patience))
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
            var failure = unasked(
                deployment, .rateLimited, "takes no more calls with any of its keys now", retryAfter: pause)
            // Whoever has just been told so itself tries again when it may; for longer nobody waits.
            if let pause, pause <= equipment.settings.retries.patience {
                failure.isOwnInability = false
                failure.isSafeToRepeat = true
            }
            return failure
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
