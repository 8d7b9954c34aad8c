import FoundationEssentials
import Terminal
package import WireAPI

/// A queue with the time that it was counted at, so that ages go on between two readings.
package struct QueueRow: Sendable, Identifiable {
    package let queue: OperatorQueue
    let countedAt: Date

    package var id: String { queue.name }

    /// How long the oldest job waits now.
    func oldest(_ scope: Scope) -> Double? {
        guard queue.waiting > 0, let seconds = queue.oldestSeconds else { return nil }
        let passed = scope.date.map { max(0, $0.timeIntervalSince(countedAt)) } ?? 0
        return seconds + passed
    }

    /// The share of the attempts of the last hour that failed; `nil` where none ended.
    var failureShare: Double? {
        let ended = queue.finishedLastHour + queue.failedLastHour
        return ended > 0 ? Double(queue.failedLastHour) / Double(ended) : nil
    }

    var isFull: Bool { queue.control.concurrency.map { queue.running >= $0 && queue.waiting > 0 } ?? false }

    var condition: QueueCondition {
        if queue.control.isPaused { return .paused }
        if isFull { return .full }
        if queue.waiting > 0, queue.running == 0, queue.finishedPerSecond == 0 { return .standing }
        return queue.running > 0 ? .running : .idle
    }

    /// When it will be empty, in a few words.
    var forecast: String {
        if queue.waiting == 0 { return "-" }
        return queue.forecast.seconds.map { "~\(Formats.span(seconds: Int(min($0, 1e9))))" } ?? "never"
    }

    var forecastInk: Ink { queue.waiting > 0 && queue.forecast.seconds == nil ? .caution : .plain }

    static func ink(share: Double?) -> Ink {
        guard let share, share > 0 else { return .quiet }
        return share >= ItemFigures.badFailureShare ? .bad : .caution
    }
}

/// How a queue does.
enum QueueCondition: Sendable, Hashable {
    case paused
    /// As many run as its limit allows.
    case full
    /// Jobs wait and none runs.
    case standing
    case running
    case idle

    var word: String {
        switch self {
        case .paused: "paused"
        case .full: "at limit"
        case .standing: "stands"
        case .running: "runs"
        case .idle: "idle"
        }
    }

    var ink: Ink {
        switch self {
        case .paused, .full: .caution
        case .standing: .bad
        case .running: .good
        case .idle: .quiet
        }
    }

    var meaning: String {
        switch self {
        case .paused: "Paused: what runs is finished, nothing is begun."
        case .full: "As many run as its limit allows."
        case .standing: "Jobs wait and none runs: look at the workers (5), and at the limits (Enter)."
        case .running: "Workers are at it."
        case .idle: "Nothing waits and nothing runs."
        }
    }
}
