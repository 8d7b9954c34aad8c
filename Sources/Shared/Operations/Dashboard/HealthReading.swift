package import FoundationEssentials

/// What a part of the installation says of itself.
package struct HealthReading: Sendable, Hashable {
    package var version: String?
    package var memoryBytes: Int64?
    package var uptime: TimeInterval?
    /// What it says is wrong; `nil` when it is well.
    package var complaint: String?
    package var queues: [QueueReading] = []

    /// What is read of a metrics page.
    private static let metrics = [
        "scorable_build_info", "process_resident_memory_bytes", "process_start_time_seconds", "scorable_queue_depth",
        "scorable_queue_oldest_age_seconds", "scorable_evaluations_in_progress",
    ]

    /// Nothing is known but that it answers.
    package init(version: String? = nil, memoryBytes: Int64? = nil, uptime: TimeInterval? = nil) {
        self.version = version
        self.memoryBytes = memoryBytes
        self.uptime = uptime
    }

    /// What a daemon's metrics page says of it: its process, and the queues that it names by the metrics
    /// `scorable_queue_depth` with the labels `queue` and `state`, and `scorable_queue_oldest_age_seconds`; of the
    /// evaluation service the evaluators that wait for others of their judge.
    package init(metrics text: String, of daemon: String, at moment: Date) {
        let metrics = MetricsText(text, of: Self.metrics)
        version = metrics.samples(of: "scorable_build_info").first?.labels["version"]
        memoryBytes = metrics.value(of: "process_resident_memory_bytes").flatMap { Int64(exactly: $0.rounded()) }
        uptime = metrics.value(of: "process_start_time_seconds").flatMap { start in
            start.isFinite ? max(0, moment.timeIntervalSince1970 - start) : nil
        }
        let depths = metrics.samples(of: "scorable_queue_depth")
        for waiting in depths where waiting.labels["state"] == "waiting" {
            guard let queue = waiting.labels["queue"] else { continue }
            let running = depths.first { $0.labels["queue"] == queue && $0.labels["state"] == "running" }
            let oldest = metrics.samples(of: "scorable_queue_oldest_age_seconds").first { $0.labels["queue"] == queue }
            queues.append(
                QueueReading(
                    name: "\(daemon).\(queue)", waiting: Self.count(waiting.value) ?? 0,
                    running: running.flatMap { Self.count($0.value) }, limit: nil,
                    oldestSeconds: waiting.value > 0 ? oldest?.value : nil))
        }
        let evaluations = metrics.samples(of: "scorable_evaluations_in_progress")
        func evaluators(_ state: String) -> Int? {
            evaluations.first { $0.labels["state"] == state }.flatMap { Self.count($0.value) }
        }
        if let waiting = evaluators("waiting") {
            queues.append(
                QueueReading(
                    name: "\(daemon).evaluations", waiting: waiting, running: evaluators("running"), limit: nil,
                    oldestSeconds: nil))
        }
    }

    /// `nil` for what is no number of things: it comes from another program.
    private static func count(_ value: Double) -> Int? { Int(exactly: value.rounded()) }
}

/// Something that waits for its turn, or may have to.
package struct QueueReading: Sendable, Hashable {
    /// Where it is and what waits there, such as `evald.evaluations`.
    package let name: String
    package let waiting: Int
    /// How many have their turn; `nil` where nobody counts.
    package let running: Int?
    /// How many may wait; `nil` for no limit.
    package let limit: Int?
    /// How long the oldest has waited; `nil` when nothing waits or nobody knows.
    package let oldestSeconds: Double?

    package init(name: String, waiting: Int, running: Int?, limit: Int?, oldestSeconds: Double?) {
        self.name = name
        self.waiting = waiting
        self.running = running
        self.limit = limit
        self.oldestSeconds = oldestSeconds
    }

    /// What waits there and for what, in one sentence.
    package var summary: String {
        switch name {
        case "apid.records": "Finished executions that wait for their commit in this API server."
        case "apid.database": "Requests of this API server that wait for a connection to PostgreSQL."
        case "evald.evaluations": "Evaluators of judges that wait for the others of their judge."
        case "workerd.interactive": "Jobs that somebody waits for in front of a screen."
        case "workerd.evaluations": "Items of batches, and other jobs that call models."
        case "workerd.background": "The making of batches, and other jobs that nobody waits for by the second."
        case "workerd.maintenance": "The installation's own chores."
        default: "Work that waits in \(name.prefix { $0 != "." })."
        }
    }
}
