internal import SystemCalls

extension Metrics {
    /// Adds what every process is asked for: memory, processor time, descriptors, start, version.
    package func addProcessFigures(version: String) {
        gauge("process_resident_memory_bytes", "Resident memory size in bytes.") { figure(\.residentBytes) }
        gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.") { figure(\.virtualBytes) }
        gauge("process_open_fds", "Number of open file descriptors.") { figure(\.openDescriptors) }
        gauge("process_max_fds", "Maximum number of open file descriptors.") { figure(\.maximumDescriptors) }
        gauge("process_start_time_seconds", "Start time of the process since the Unix epoch in seconds.") {
            ProcessFigures.current()?.startTime ?? .nan
        }
        counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.") {
            ProcessFigures.current()?.cpuTime.inSeconds ?? .nan
        }
        gauge("scorable_build_info", "1, with the version that runs as a label.", labels: ["version": version]) { 1 }
    }
}

/// One figure of the process, not-a-number where `/proc` tells nothing.
private func figure(_ path: any KeyPath<ProcessFigures, Int> & Sendable) -> Double {
    ProcessFigures.current().map { Double($0[keyPath: path]) } ?? .nan
}
