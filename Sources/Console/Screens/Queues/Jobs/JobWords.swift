import FoundationEssentials
import Terminal
import WireAPI

extension OperatorJobState {
    var ink: Ink {
        switch self {
        case .waiting: .plain
        case .scheduled, .cancelled: .quiet
        case .running: .accent
        case .finished: .good
        case .dead: .bad
        }
    }

    /// Whether nothing more happens to a job by itself.
    var isFinal: Bool {
        switch self {
        case .waiting, .scheduled, .running: false
        case .finished, .dead, .cancelled: true
        }
    }

    /// What it means, for explanations.
    var meaning: String {
        switch self {
        case .waiting: "It could run now, and waits for its turn."
        case .scheduled: "It waits for its time: it was asked for later, or is tried again after a failure."
        case .running: "A worker has it."
        case .finished: "It was done."
        case .dead: "It was given up: no attempt was left, or another one could not have gone better."
        case .cancelled: "Somebody cancelled it."
        }
    }
}

extension OperatorJobAction {
    /// What is done, as the beginning of a sentence.
    var done: String {
        switch self {
        case .retry: "It waits again, with all its attempts"
        case .cancel: "It is cancelled"
        case .delete: "It is forgotten"
        case .move: "It is moved"
        case .runNow: "It may run now"
        }
    }
}

/// Jobs in words.
enum JobWords {
    /// The error classes that jobs fail with, for completion; the server may know more.
    static let errorClasses = [
        "rate_limited", "unavailable", "timeout", "internal", "invalid", "missing", "refused", "over_budget", "poison",
    ]

    /// What a job's time is at this moment: how long it waits, runs or took, or when it begins.
    static func timing(_ job: OperatorJobRow, _ scope: Scope) -> String {
        func span(_ from: Date, _ to: Date) -> String {
            Formats.latency(milliseconds: max(0, to.timeIntervalSince(from)) * 1000)
        }
        let now = scope.date ?? job.createdAt
        func whole(_ from: Date, _ to: Date) -> String {
            Formats.span(seconds: Int(max(0, to.timeIntervalSince(from))))
        }
        switch job.state {
        case .waiting: return "waits \(whole(job.runAt, now))"
        case .scheduled: return job.runAt > now ? "in \(whole(now, job.runAt))" : "due"
        case .running: return "runs \(job.startedAt.map { whole($0, now) } ?? "")"
        case .finished, .dead, .cancelled:
            guard let started = job.startedAt, let ended = job.endedAt else { return "not begun" }
            return "took \(span(started, ended))"
        }
    }

    /// `2/5`: how many attempts have failed, and after how many it is given up.
    static func attempts(_ job: OperatorJobRow) -> String { "\(job.failures)/\(job.maxAttempts)" }

    /// The last failure in a few words, empty for none.
    static func error(_ job: OperatorJobRow) -> String {
        guard let kind = job.errorClass else { return job.error ?? "" }
        let words = kind.replacing("_", with: " ")
        return job.error.map { "\(words): \($0)" } ?? words
    }

    /// The part of an identifier that tells jobs apart: those made together begin alike.
    static func short(_ id: UUID) -> String { String(id.lowercase.suffix(8)) }

    /// What to do about a class of errors.
    static func advice(_ errorClass: String?) -> String {
        switch errorClass {
        case "rate_limited":
            "Whoever is called wants fewer calls. It costs no attempt, and goes on by itself; a limit (C) makes it rarer."
        case "unavailable":
            "What the job needs could not be reached. When it is there again, R retries."
        case "timeout": "One attempt took longer than it may. Look whether the provider is slow before you retry."
        case "invalid": "What it was given cannot be worked on: retrying alone does not help."
        case "missing": "What it is about is no longer there: retrying alone does not help."
        case "refused": "A key or a permission is not good enough. Mend that first, then R retries."
        case "over_budget": "The money set aside is spent. Raise the budget first, then R retries."
        case "poison": "Its workers died of it, again and again: look at their logs before you retry."
        case "internal": "Something unforeseen. The worker's log has more under the job's identifier."
        default: "The job's timeline has each attempt with its error."
        }
    }
}

extension OperatorNamed {
    /// The name, or what of the identifier tells it apart.
    var label: String { name ?? JobWords.short(id) }
}
