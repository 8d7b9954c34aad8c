internal import FoundationEssentials
internal import Jobs
internal import Queueing

/// How quickly jobs of a queue would be done that have not begun yet.
struct QueuePace: Sendable, Hashable {
    /// How many run at the same time at most; `nil` when it is not known which workers are there.
    let places: Int?
    /// How long each took lately; `nil` when none has ended.
    let each: Duration?
    let isPaused: Bool

    /// Over which time it is reckoned how long jobs take.
    static let window = Duration.seconds(86_400)
}

extension JobQueue {
    /// How quickly jobs of queues would be done, with the workers that have told of themselves.
    func paces(of queues: Set<QueueName>, _ workers: [WorkerReading]?) async throws -> [QueueName: QueuePace] {
        guard !queues.isEmpty else { return [:] }
        let now = try await readings.now()
        let seconds = Int(QueuePace.window.components.seconds)
        let minutes = try await readings.minutes(
            of: queues.sorted(), from: now.addingTimeInterval(-Double(seconds)), to: now, width: seconds)
        let controls = try await controls.all()
        var paces: [QueueName: QueuePace] = [:]
        for name in queues {
            let took = QueueFigures(minutes.filter { $0.queue == name }).sum(from: .distantPast)?.run
            let control = controls.first { $0.subject == .queue(name) }
            let slots = workers.map { workers in
                workers.filter { !$0.report.isDraining && $0.report.queues.contains(name.rawValue) }
                    .reduce(0) { $0 + $1.report.slots }
            }
            paces[name] = QueuePace(
                places: slots.map { min($0, control?.concurrency ?? $0) },
                each: took.flatMap { $0.total > 0 ? .milliseconds($0.milliseconds) / $0.total : nil },
                isPaused: control?.isPaused ?? false)
        }
        return paces
    }
}
