import FoundationEssentials
import Terminal
package import WireAPI

/// A worker with the time that it was looked at, so that ages go on between two readings.
package struct WorkerRow: Sendable, Identifiable {
    package let worker: OperatorWorker
    let countedAt: Date

    package var id: String { worker.id }

    private func passed(_ scope: Scope) -> Double { scope.date.map { max(0, $0.timeIntervalSince(countedAt)) } ?? 0 }

    /// How long ago it was last heard of.
    func heartbeat(_ scope: Scope) -> Double { worker.heartbeatSeconds + passed(scope) }

    /// How long ago it last began or ended something; `nil` before the first.
    func progress(_ scope: Scope) -> Double? { worker.progressSeconds.map { $0 + passed(scope) } }

    /// Since when a slot does what it does.
    func seconds(of running: OperatorWorker.Running, _ scope: Scope) -> Double { running.seconds + passed(scope) }

    func explanation(_ scope: Scope) -> Explanation {
        Explanation(
            worker.id,
            definition:
                "A process that runs jobs, \(worker.slots) at the same time: \(worker.host), process \(worker.pid)."
        )
        .value("\(worker.condition.rawValue): \(worker.summary)", worker.condition.ink)
        .adding("Means", worker.condition.meaning)
        .adding(
            "Beat",
            "Last heard of \(Formats.span(seconds: Int(heartbeat(scope)))) ago. When it is silent for longer than a lease, its jobs go to others."
        )
        .adding(
            "Progress",
            progress(scope).map {
                "It last began or ended something \(Formats.span(seconds: Int($0))) ago. A beat alone is no progress."
            } ?? "It has neither begun nor ended anything since its start."
        )
        .adding(
            "Done",
            "\(Formats.count(worker.finished)) jobs done and \(Formats.count(worker.failed)) attempts failed since its start, \(ItemFigures.age(worker.startedAt, scope)) ago."
        )
        .adding(
            "Takes",
            worker.queues.isEmpty ? "No queue." : "From \(worker.queues.joined(separator: ", ")), in this order."
        )
        .source("What the worker tells with each beat.")
    }
}

extension OperatorWorker.Condition {
    var ink: Ink {
        switch self {
        case .working: .good
        case .idle: .quiet
        case .draining: .caution
        case .stuck, .lost: .bad
        }
    }

    /// What says the same without a colour.
    var mark: String {
        switch self {
        case .working, .idle: "  "
        case .draining: "! "
        case .stuck, .lost: "!!"
        }
    }

    var meaning: String {
        switch self {
        case .working: "It runs jobs and gets them done."
        case .idle: "It is there, and nothing waits that it could take."
        case .draining: "It is being stopped: it finishes what it has and takes nothing more."
        case .stuck: "It says that it is there, yet gets nothing done: it should be restarted."
        case .lost: "It says nothing any more: its jobs went to others, or will in a moment."
        }
    }
}

/// Amounts of memory as the screens write them.
enum MemoryWords {
    static func text(_ bytes: Int64?) -> String {
        bytes.map { "\($0 / 1_048_576) MiB" } ?? "-"
    }
}
