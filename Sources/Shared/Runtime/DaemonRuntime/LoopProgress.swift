internal import EventLoop
internal import Synchronization

/// Knows whether every loop still gets round: a loop that is stuck in a computation or a blocking call does not.
final class LoopProgress: Sendable {
    private let pulses: [Pulse]
    private let interval: Duration

    /// A sign of life, and how late it was.
    private struct Beat {
        var at = ContinuousClock.now
        var lag = Duration.zero
    }

    /// The last sign of life of one loop.
    private final class Pulse: Sendable {
        let loop: Loop
        let last: Mutex<Beat>
        let isStopped = Atomic(false)

        init(_ loop: Loop) {
            self.loop = loop
            last = Mutex(Beat())
        }

        /// Notes the time, again and again. On the loop.
        func beat(every interval: Duration) {
            last.withLock { beat in
                let now = ContinuousClock.now
                beat = Beat(at: now, lag: max(.zero, beat.at.duration(to: now) - interval))
            }
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
        return pulses.filter { $0.last.withLock { $0.at }.duration(to: now) > limit }.map(\.loop.name)
    }

    /// By how much the last sign of the slowest loop was late, or is.
    var lag: Duration {
        let now = ContinuousClock.now
        return pulses.map { pulse in
            pulse.last.withLock { max($0.lag, $0.at.duration(to: now) - interval) }
        }.max() ?? .zero
    }
}
