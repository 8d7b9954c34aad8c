internal import EventLoop
package import FoundationEssentials
internal import JSON
internal import Queueing
internal import SystemCalls

/// What a worker says about itself with its heartbeat.
package struct WorkerReport: Sendable, Hashable, Codable {
    /// A job that it does now.
    package struct Slot: Sendable, Hashable, Codable {
        package let job: UUID
        package let kind: String
        package let queue: String
        package let organization: UUID?
        package let batch: UUID?
        package let attempt: Int
        package let timeoutSeconds: Int
        package let since: Date
    }

    package let host: String
    package let pid: Int
    package let release: String
    package let startedAt: Date
    package let queues: [String]
    package let slots: Int
    package let memoryInBytes: Int
    /// It takes no more work.
    package let isDraining: Bool
    /// Why it counts as stuck, if it does.
    package let complaint: String?
    /// How long before this was said a job last began or ended, or none was there to begin.
    package let secondsSinceProgress: Double
    /// Attempts since it started: those that went well, and those that did not.
    package let finished: Int
    package let failed: Int
    /// At most one a slot.
    package let running: [Slot]

    /// Reads what `json` wrote; `nil` for what another release may have written.
    init?(json: [UInt8]) {
        do {
            self = try JSONCodec.decode(WorkerReport.self, from: json)
        } catch {
            return nil
        }
    }

    /// What a worker has done.
    struct Progress: Sendable {
        var at: Moment
        var finished = 0
        var failed = 0
    }

    /// The report of a worker of this process.
    init(
        options: WorkerOptions, startedAt: Date, isDraining: Bool, complaint: String?, progress: Progress,
        running: [Slot]
    ) {
        host = options.host
        pid = options.pid
        release = options.release
        self.startedAt = startedAt
        queues = options.queues.map(\.rawValue)
        slots = options.slots
        memoryInBytes = ProcessFigures.current()?.residentBytes ?? 0
        self.isDraining = isDraining
        self.complaint = complaint
        secondsSinceProgress = progress.at.duration(to: .now) / .seconds(1)
        finished = progress.finished
        failed = progress.failed
        self.running = running
    }

    var json: [UInt8] { JSONCodec.encode(self, absent: .omitted) }
}
