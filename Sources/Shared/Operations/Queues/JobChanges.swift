internal import FoundationEssentials
package import Jobs
internal import Queueing
package import Tenancy
package import WireAPI

// What is done to jobs, as interfaces and people say it.
extension JobChange {
    /// What an interface asks for.
    /// - Throws: `InvalidDefinition` when it has no queue to move to, or has one and does not move.
    package init(_ action: OperatorJobAction, to queue: String?) throws(InvalidDefinition) {
        guard action == .move || queue == nil else {
            throw Self.invalid("Only moving takes a queue.")
        }
        switch action {
        case .retry: self = .retry
        case .cancel: self = .cancel
        case .delete: self = .delete
        case .runNow: self = .runNow
        case .move:
            guard let queue, Self.isName(queue) else {
                throw Self.invalid(
                    "Say which queue they go to: a name of at most 100 lower-case letters, digits, “_”, “.” or “-”."
                )
            }
            self = .move(to: QueueName(queue))
        }
    }

    /// As interfaces call it.
    package var action: OperatorJobAction {
        switch self {
        case .retry: .retry
        case .cancel: .cancel
        case .delete: .delete
        case .move: .move
        case .runNow: .runNow
        }
    }

    /// As the audit calls it.
    var auditName: String { "job.\(action.rawValue)" }

    /// What will happen, to how many.
    package func effect(on count: Int) -> String {
        let jobs = count == 1 ? "1 job" : "\(count) jobs"
        return switch self {
        case .retry: "\(jobs) will begin again, with all \(count == 1 ? "its" : "their") attempts."
        case .cancel: "\(jobs) will be cancelled; what runs is stopped."
        case .delete: "\(jobs) will be forgotten, with what happened to \(count == 1 ? "it" : "them")."
        case .move(let queue): "\(jobs) will wait in \(queue)."
        case .runNow: "\(jobs) will run as soon as there is a place."
        }
    }

    /// Why it could not be done to a job.
    func refusal(of job: Job, now: Date) -> String {
        let state = OperatorJobState(of: job, now: now)
        guard action.states.contains(state) else {
            let states = OperatorJobState.allCases.filter(action.states.contains).map(\.rawValue)
            return
                "This job is \(state.rawValue): only one that is \(Self.list(states)) can be \(participle)."
        }
        return switch self {
        case .retry: "Another job with the same key waits or runs already."
        case .cancel: "It is being cancelled already."
        case .delete: "It belongs to a batch, and is forgotten with it."
        case .move(let queue): "It waits in \(queue) already."
        case .runNow: "Its time has come already."
        }
    }

    /// Where it moves to.
    var destination: QueueName? {
        guard case .move(let queue) = self else { return nil }
        return queue
    }

    private var participle: String {
        switch self {
        case .retry: "retried"
        case .cancel: "cancelled"
        case .delete: "deleted"
        case .move: "moved"
        case .runNow: "run now"
        }
    }

    private static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return "\(words.dropLast().joined(separator: ", ")) or \(last)"
    }

    private static func invalid(_ message: String) -> InvalidDefinition {
        InvalidDefinition(problems: [InvalidDefinition.Problem(field: "queue", message: message)])
    }

    private static func isName(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "_"),
                    UInt8(ascii: "."), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
