package import EventLoop
internal import JSON
package import Logging
package import Observability
package import SystemCalls

/// Where every call is written down, one line each.
///
/// What the calls of one turn of a loop leave is written with one system call at the turn's end, so that a call costs next
/// to nothing and its line is with the operating system before, or within microseconds of, the last byte of its answer: a
/// process that is killed has lost nothing that it has answered.
package final class UsageLog: Sendable {
    /// The loops of the calls.
    let loops: LoopGroup
    private let file: AppendedFile?
    private let buffers: LoopLocal<LoopConfined<Buffer>>
    private let logger: Logger
    private let dropped: Counter

    /// Lines beyond this many bytes are dropped while the file cannot be written.
    private static let bufferLimit = 16 << 20

    /// A class, because what writes JSON cannot be copied.
    private final class Buffer {
        /// The lines of this turn.
        var json = JSONWriter(capacity: 512)
        /// All that are to be written.
        var lines: [UInt8] = []
        /// Whether there is something to write, or to try again.
        var isFlushDue = false
        var isFlushPlanned = false
        /// Whether the last attempt failed, which is told once.
        var isFailing = false

        /// Notes that there will be a flush; whether there was to be none before.
        func plan() -> Bool {
            defer { isFlushPlanned = true }
            return !isFlushPlanned
        }
    }

    /// A log in `file`; none keeps nothing.
    package init(_ file: AppendedFile?, loops: LoopGroup, metrics: Metrics, logger: Logger) {
        self.file = file
        self.loops = loops
        self.logger = logger
        buffers = LoopLocal(loops) { LoopConfined(Buffer(), on: $0) }
        dropped = metrics.counter(
            "scorable_llm_usage_log_dropped_total",
            "Lines of the usage log that were lost because it could not be written."
        )
    }

    /// Writes a call down. On a loop.
    func append(_ record: borrowing UsageRecord) {
        guard let file else { return }
        let buffer = buffers.current
        let mustPlan = buffer.withState { state in
            if state.lines.count < Self.bufferLimit { record.write(to: &state.json) } else { dropped.increment() }
            // Also when there is no room: only writing makes some.
            state.isFlushDue = true
            return state.plan()
        }
        if mustPlan { buffer.loop.atEndOfTurn { [self] in flush(buffer, to: file) } }
    }

    /// Writes what `body` appends when that returns: for whoever is at the end of a turn already. On a loop.
    func together(_ body: () -> Void) {
        guard let file else { return body() }
        let buffer = buffers.current
        let isPlannedHere = buffer.withState { $0.plan() }
        body()
        if isPlannedHere { flush(buffer, to: file) }
    }

    /// Goes on in a fresh file of the same name, after somebody has moved the old one away.
    package func reopen() throws(SystemError) { try file?.reopen() }

    private func flush(_ buffer: LoopConfined<Buffer>, to file: AppendedFile) {
        buffer.withState { state in
            state.isFlushPlanned = false
            guard state.isFlushDue else { return }
            state.isFlushDue = false
            state.json.append(to: &state.lines)
            state.json = JSONWriter(capacity: 512)
            do {
                try file.append(state.lines)
                state.lines.removeAll(keepingCapacity: state.lines.count < 64 << 10)
                state.isFailing = false
            } catch {
                // Kept, and tried again with the next line.
                if !state.isFailing {
                    logger.error("the usage log cannot be written", metadata: ["reason": "\(error)"])
                }
                state.isFailing = true
            }
        }
    }
}
