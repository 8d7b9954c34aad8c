internal import EventLoop
internal import Synchronization

/// Knows whether every loop still gets round: a loop that is stuck in a computation or a blocking call does not.
final class LoopProgress: Sendable {
    private let pulses: [Pulse]
    private let interval: Duration

    /// The last sign of life of one loop.
    private final class Pulse: Sendable {
        let loop: Loop
        let last: Mutex<ContinuousClock.Instant>
        let isStopped = Atomic(false)

        init(_ loop: Loop) {
            self.loop = loop
            last = Mutex(.now)
        }

        /// Notes the time, again and again. On the loop.
        func beat(every interval: Duration) {
            last.withLock { $0 = .now }
            guard !isStopped.load(ordering: .relaxed) else { return }
            _ = loop.after(interval) { [self] in beat(every: interval) }
        }
    }

    /// Each loop gives a sign every `interval`, which is far shorter than any limit that is asked about.
    init(_ group: LoopGroup, interval: Duration = .seconds(1)) {
        pulses = group.loops.map(Pulse.init)
        self.interval = interval
    }

    func start() {
        for pulse in pulses {
            pulse.loop.submit { [interval] in pulse.beat(every: interval) }
        }
    }

    func stop() {
        for pulse in pulses { pulse.isStopped.store(true, ordering: .relaxed) }
    }

    /// The names of the loops that gave no sign for `limit`.
    func stalled(for limit: Duration) -> [String] {
        let now = ContinuousClock.now
        return pulses.filter { $0.last.withLock { $0 }.duration(to: now) > limit }.map(\.loop.name)
    }
}
