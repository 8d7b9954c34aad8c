internal import EventLoop
internal import Logging
internal import Synchronization

/// What follows when something that a daemon depends on is not well.
package enum Dependence: Sendable, Hashable {
    /// The daemon is not to be sent work.
    case necessary
    /// It does its work all the same, some of it worse or later.
    case useful
}

/// Something that must be well for a daemon to be ready, or to be as good as it can be.
struct ReadinessCheck: Sendable {
    let name: String
    var dependence = Dependence.necessary
    /// Throws when it is not well, saying why.
    let body: @Sendable () async throws -> Void
}

/// Whether a daemon should be sent work, and if not, why.
final class Readiness: Sendable {
    /// How far the daemon's life has come.
    enum Phase: String, Sendable, Encodable {
        case starting
        case running
        case draining
    }

    /// How it is in a word, for those who ask.
    enum Status: String, Sendable, Encodable {
        case starting
        case running
        /// It runs and is to be sent work, and something that it can do without is not well.
        case degraded
        case draining
    }

    /// What is answered to those who ask.
    struct Report: Sendable, Encodable {
        let status: Status
        let isReady: Bool
        /// By the check's name: `ok`, or what is wrong.
        let checks: [String: String]
    }

    private let checks: [ReadinessCheck]
    private let logger: Logger
    private let lifetime: Duration
    private let patience: Duration
    private let state = Mutex(State())

    private struct State {
        var phase = Phase.starting
        var results: [String: String] = [:]
        var checkedAt: ContinuousClock.Instant?
        var isChecking = false
    }

    /// A result is good enough for `lifetime`, since checks cost their dependencies something; a check that takes longer
    /// than `patience` has failed.
    init(
        _ checks: [ReadinessCheck], logger: Logger, lifetime: Duration = .seconds(1),
        patience: Duration = .seconds(2)
    ) {
        self.checks = checks
        self.logger = logger
        self.lifetime = lifetime
        self.patience = patience
    }

    func enter(_ phase: Phase) { state.withLock { $0.phase = phase } }

    /// The answer of this moment; runs the checks when their last results are old and nobody else is at it.
    func report() async -> Report {
        let mustCheck = state.withLock { state in
            let isFresh = state.checkedAt.map { $0.duration(to: .now) < lifetime } ?? false
            guard !isFresh, !state.isChecking, state.phase != .draining else { return false }
            state.isChecking = true
            return true
        }
        if mustCheck { await runChecks() }
        return state.withLock { state in
            let isReady = isReady(state)
            let status: Status =
                switch state.phase {
                case .starting: .starting
                case .running: isReady && !wrong(state).isEmpty ? .degraded : .running
                case .draining: .draining
                }
            return Report(status: status, isReady: isReady, checks: state.results)
        }
    }

    private func isReady(_ state: State) -> Bool {
        state.phase == .running && state.checkedAt != nil && wrong(state, for: .necessary).isEmpty
    }

    /// What is not well, with the reasons; of all, or of what has such consequences.
    private func wrong(_ state: State, for dependence: Dependence? = nil) -> [String] {
        checks.compactMap { check in
            guard dependence == nil || check.dependence == dependence, let result = state.results[check.name],
                result != Self.well
            else { return nil }
            return "\(check.name): \(result)"
        }.sorted()
    }

    /// How far the daemon's life has come.
    var phase: Phase { state.withLock { $0.phase } }

    /// What is wrong, as of the last look, for people; `nil` when nothing is.
    var complaint: String? {
        state.withLock { state in
            switch state.phase {
            case .starting: return "starting"
            case .draining: return "finishing what has begun"
            case .running:
                guard state.checkedAt != nil else { return "not looked at yet" }
                let wrong = wrong(state)
                return wrong.isEmpty ? nil : wrong.joined(separator: "; ")
            }
        }
    }

    /// In a line for people: what is wrong, or that nothing is, as of the last report.
    var standing: String {
        state.withLock { state in
            let wrong = wrong(state).joined(separator: "; ")
            return switch state.phase {
            case .starting: "starting"
            case .draining: "finishing what has begun"
            case .running where isReady(state) && !wrong.isEmpty: "running, degraded: \(wrong)"
            case .running where !wrong.isEmpty: "running, but not ready: \(wrong)"
            case .running where state.checkedAt == nil && !checks.isEmpty: "running"
            case .running: "running, all is well"
            }
        }
    }

    /// Looks again and again, so that it is known also where nobody asks; on a loop, until its task is cancelled.
    func keepLooking(every interval: Duration = .seconds(5)) async {
        while !Task.isCancelled {
            _ = await report()
            do {
                try await Loop.current?.sleep(for: interval)
            } catch {
                return  // Cancelled.
            }
        }
    }

    /// What the last look found.
    var isReady: Bool {
        state.withLock { isReady($0) }
    }

    /// Whether it is ready, and yet something that it can do without is not well.
    var isDegraded: Bool {
        state.withLock { isReady($0) && !wrong($0).isEmpty }
    }

    private static let well = "ok"

    private func runChecks() async {
        let results = await withTaskGroup(of: (String, String).self) { group in
            for check in checks {
                group.addTask { [patience] in
                    do {
                        try await withDeadline(.after(patience), check.body)
                        return (check.name, Self.well)
                    } catch {
                        return (check.name, error is DeadlineExceeded ? "no answer within \(patience)" : "\(error)")
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        // Whoever asked has left, and the checks ended for that: they say nothing of what they look at.
        guard !Task.isCancelled else { return state.withLock { $0.isChecking = false } }
        let before = state.withLock { state in
            defer {
                state.results = results
                state.checkedAt = .now
                state.isChecking = false
            }
            return state.results
        }
        for (name, result) in results where result != before[name] ?? Self.well {
            logChange(name, result)
        }
    }

    private func logChange(_ name: String, _ result: String) {
        if result == Self.well {
            logger.notice("a dependency is well again", metadata: ["check": .string(name)])
        } else {
            logger.warning("a dependency is not well", metadata: ["check": .string(name), "reason": .string(result)])
        }
    }
}
