internal import ChatModel
internal import EventLoop

/// Which deployment of a route is asked next, and when: decided from what the ones before have said.
///
/// Every deployment of a stage is asked once before any is asked again, at once: another one may do what the first could
/// not. When all of them failed, those whose failure passes are asked again after a pause, unless that is long and there
/// is a further stage. Where others can be asked nobody waits long for a place; when nobody could do better, the first one
/// that had none is waited for. A plain value that is told the time and chance.
struct AttemptPlan: Sendable {
    /// What to do.
    enum Step: Sendable, Hashable {
        /// Ask this deployment, after a pause.
        case ask(Int, after: Duration)
        /// Nobody is left who could do better.
        case giveUp
    }

    private let policy: RetryPolicy
    /// The deployments of every stage that are still worth asking, in order, from the stage that is at work on.
    private var stages: ArraySlice<[Int]>
    /// How far the first round through the stage has come.
    private var position = 0
    /// When each deployment of the stage may be asked again.
    private var readiness: [(deployment: Int, moment: Moment)] = []
    private var isFirstRound = true
    private var retriesLeft: Int
    private var retriesMade = 0
    /// The first deployment that had no place in time, where there is more than one.
    private var crowded: Int?
    private let hasChoice: Bool
    /// The first step.
    let first: Step
    /// Whether all others have been asked, so that there is nobody to save time for.
    private(set) var isLastResort = false

    /// A plan through `stages`, each with its deployments in the order in which they are to be asked.
    init(_ stages: [[Int]], _ policy: RetryPolicy) {
        self.policy = policy
        self.stages = stages.filter { !$0.isEmpty }[...]
        first = Self.beginning(of: self.stages)
        retriesLeft = policy.attempts - 1
        hasChoice = stages.count > 1 || stages.first.map { $0.count > 1 } ?? false
    }

    private static func beginning(of stages: ArraySlice<[Int]>) -> Step {
        stages.first.map { .ask($0[0], after: .zero) } ?? .giveUp
    }

    /// The step after a deployment has failed; `remaining` is what is left until the caller's deadline.
    mutating func next(
        after failure: AttemptFailure, of deployment: Int, at now: Moment, remaining: Duration,
        jitter: Double
    ) -> Step {
        if failure.isCrowdedOut, crowded == nil, hasChoice { crowded = deployment }
        guard failure.permitsAnother, let stage = stages.first else { return .giveUp }
        // Whoever let the time pass once will most likely do so again, and a fallback is worth more than the wait.
        let isSlow = failure.failure.code == .timeout && stages.count > 1
        if failure.isRepeatable, !isSlow {
            let pause = policy.pause(after: failure.failure, retry: retriesMade + 1, jitter: jitter)
            readiness.append((deployment, now + pause))
        }
        if isFirstRound {
            position += 1
            if position < stage.count { return .ask(stage[position], after: .zero) }
            isFirstRound = false
        }
        return again(at: now, remaining) ?? nextStage(remaining)
    }

    /// Asks one of the stage once more, when that is worth the wait.
    private mutating func again(at now: Moment, _ remaining: Duration) -> Step? {
        guard retriesLeft > 0, let soonest = readiness.indices.min(by: { readiness[$0].moment < readiness[$1].moment })
        else { return nil }
        let pause = max(.zero, now.duration(to: readiness[soonest].moment))
        let isTooLong = pause > policy.patience && stages.count > 1
        guard !isTooLong, pause + policy.leastTime <= remaining else { return nil }
        retriesLeft -= 1
        retriesMade += 1
        return .ask(readiness.remove(at: soonest).deployment, after: pause)
    }

    private mutating func nextStage(_ remaining: Duration) -> Step {
        stages = stages.dropFirst()
        if stages.isEmpty, let crowded, remaining > policy.leastTime {
            isLastResort = true
            return .ask(crowded, after: .zero)
        }
        position = 0
        readiness = []
        isFirstRound = true
        retriesMade = 0
        return Self.beginning(of: stages)
    }
}
