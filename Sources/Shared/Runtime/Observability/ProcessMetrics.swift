internal import Synchronization
internal import SystemCalls

extension Metrics {
    /// Adds what every process is asked for: memory, processor time, descriptors, start, version.
    package func addProcessFigures(version: String) {
        let figures = LastFigures()
        gauge("process_resident_memory_bytes", "Resident memory size in bytes.") { figures.of(\.residentBytes) }
        gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.") { figures.of(\.virtualBytes) }
        gauge("process_open_fds", "Number of open file descriptors.") { figures.of(\.openDescriptors) }
        gauge("process_max_fds", "Maximum number of open file descriptors.") { figures.of(\.maximumDescriptors) }
        gauge("process_start_time_seconds", "Start time of the process since the Unix epoch in seconds.") {
            figures.current()?.startTime ?? .nan
        }
        counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.") {
            figures.current()?.cpuTime.inSeconds ?? .nan
        }
        gauge("scorable_build_info", "1, with the version that runs as a label.", labels: ["version": version]) { 1 }
    }
}

/// The figures of the process, read once for the series of one answer: reading them walks through `/proc`.
private final class LastFigures: Sendable {
    private let last = Mutex<(figures: ProcessFigures?, readAt: ContinuousClock.Instant)?>(nil)

    /// How old they may be.
    private static let patience = Duration.milliseconds(100)

    /// `nil` where `/proc` tells nothing.
    func current() -> ProcessFigures? {
        last.withLock { last in
            let now = ContinuousClock.now
            if let last, last.readAt.duration(to: now) < Self.patience { return last.figures }
            let figures = ProcessFigures.current()
            last = (figures, now)
            return figures
        }
    }

    /// One of them, not-a-number where `/proc` tells nothing.
    func of(_ path: any KeyPath<ProcessFigures, Int> & Sendable) -> Double {
        current().map { Double($0[keyPath: path]) } ?? .nan
    }
}
