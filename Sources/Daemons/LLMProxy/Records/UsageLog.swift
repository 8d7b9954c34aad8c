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
    private let file: AppendedFile?
    private let buffers: LoopLocal<LoopConfined<Buffer>>
    private let logger: Logger
    private let dropped: Counter

    /// Lines beyond this many bytes are dropped while the file cannot be written.
    private static let bufferLimit = 16 << 20

    private struct Buffer {
        /// What this turn has left. It becomes lines when the answers are on their way.
        var records: [UsageRecord] = []
        var lines: [UInt8] = []
        var isFlushPlanned = false
        /// Whether the last attempt failed, which is told once.
        var isFailing = false
    }

    /// A log in `file`; none keeps nothing.
    package init(_ file: AppendedFile?, loops: LoopGroup, metrics: Metrics, logger: Logger) {
        self.file = file
        self.logger = logger
        buffers = LoopLocal(loops) { LoopConfined(Buffer(), on: $0) }
        dropped = metrics.counter(
            "scorable_llm_usage_log_dropped_total",
            "Lines of the usage log that were lost because it could not be written."
        )
    }

    /// Writes a call down. On a loop.
    func append(_ record: UsageRecord) {
        guard let file else { return }
        let buffer = buffers.current
        let mustPlan = buffer.withState { state in
            if state.lines.count < Self.bufferLimit { state.records.append(record) } else { dropped.increment() }
            // Also when there is no room: only writing makes some.
            defer { state.isFlushPlanned = true }
            return !state.isFlushPlanned
        }
        if mustPlan { buffer.loop.atEndOfTurn { [self] in flush(buffer, to: file) } }
    }

    /// Goes on in a fresh file of the same name, after somebody has moved the old one away.
    package func reopen() throws(SystemError) { try file?.reopen() }

    private func flush(_ buffer: LoopConfined<Buffer>, to file: AppendedFile) {
        buffer.withState { state in
            state.isFlushPlanned = false
            var json = JSONWriter(capacity: 512)
            for record in state.records { record.write(to: &json) }
            json.append(to: &state.lines)
            state.records.removeAll(keepingCapacity: true)
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
