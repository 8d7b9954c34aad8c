internal import EventLoop
internal import Logging
internal import Synchronization

/// Something that must be well for a daemon to be ready.
struct ReadinessCheck: Sendable {
    let name: String
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

    /// What is answered to those who ask.
    struct Report: Sendable, Encodable {
        let status: Phase
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
            let isWell = state.checkedAt != nil && state.results.values.allSatisfy { $0 == Self.well }
            return Report(
                status: state.phase, isReady: state.phase == .running && isWell, checks: state.results)
        }
    }

    /// How far the daemon's life has come.
    var phase: Phase { state.withLock { $0.phase } }

    /// Why it is not to be sent work, as of the last look, for people; `nil` when it is.
    var complaint: String? {
        state.withLock { state in
            switch state.phase {
            case .starting: return "starting"
            case .draining: return "finishing what has begun"
            case .running:
                guard state.checkedAt != nil else { return "not looked at yet" }
                let wrong = state.results.filter { $0.value != Self.well }.map { "\($0.key): \($0.value)" }.sorted()
                return wrong.isEmpty ? nil : wrong.joined(separator: "; ")
            }
        }
    }

    /// In a line for people: what is wrong, or that nothing is, as of the last report.
    var standing: String {
        state.withLock { state in
            let wrong = state.results.filter { $0.value != Self.well }.map { "\($0.key): \($0.value)" }.sorted()
            return switch state.phase {
            case .starting: "starting"
            case .draining: "finishing what has begun"
            case .running where !wrong.isEmpty: "running, but not ready: \(wrong.joined(separator: "; "))"
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
        state.withLock { state in
            state.phase == .running && state.checkedAt != nil && state.results.values.allSatisfy { $0 == Self.well }
        }
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
