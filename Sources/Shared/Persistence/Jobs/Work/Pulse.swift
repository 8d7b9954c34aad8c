internal import EventLoop
internal import Synchronization

/// Whether a worker gets on: not whether its process lives, but whether it fetches and beats.
final class Pulse: Sendable {
    private let state: Mutex<State>

    private struct State {
        /// When a heartbeat was last accepted.
        var beat: Moment
        /// When Redis last gave any answer, be it a refusal: that it is away is no fault of the worker.
        var heard: Moment
        /// When fetching last got round.
        var fetched: Moment
        var hasBeaten = false
        var beats = 0
    }

    init(now: Moment) { state = Mutex(State(beat: now, heard: now, fetched: now)) }

    func beatAccepted(at now: Moment) {
        state.withLock {
            $0.beat = now
            $0.heard = now
            $0.hasBeaten = true
        }
    }

    /// Counts heartbeats, from 0.
    func countBeat() -> Int {
        state.withLock { state in
            defer { state.beats += 1 }
            return state.beats
        }
    }

    func heard(at now: Moment) { state.withLock { $0.heard = now } }

    func fetched(at now: Moment) { state.withLock { $0.fetched = now } }

    /// Whether new work may be begun: the last heartbeat is younger than `trust`.
    func isTrusted(at now: Moment, within trust: Duration) -> Bool {
        state.withLock { $0.hasBeaten && $0.beat + trust > now }
    }

    /// What is wrong; `nil` for nothing.
    func complaint(at now: Moment, patience: Duration, whileRedisIsAway isAway: Bool) -> String? {
        let (heard, fetched) = state.withLock { ($0.heard, $0.fetched) }
        if !isAway, heard + patience < now {
            return "Redis has not answered a heartbeat for \(heard.duration(to: now))"
        }
        if fetched + patience < now { return "no work was asked for for \(fetched.duration(to: now))" }
        return nil
    }
}
