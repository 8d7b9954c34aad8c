package import FoundationEssentials
internal import Jobs
internal import Operations
internal import Queueing
internal import Tenancy
internal import WireAPI

/// What is to be done to jobs.
package enum JobOrder: Sendable {
    case retry
    case cancel
    case delete
    case move(to: String)
    case runNow

    var change: JobChange {
        get throws {
            switch self {
            case .retry: try JobChange(.retry, to: nil)
            case .cancel: try JobChange(.cancel, to: nil)
            case .delete: try JobChange(.delete, to: nil)
            case .move(let queue): try JobChange(.move, to: queue)
            case .runNow: try JobChange(.runNow, to: nil)
            }
        }
    }
}

/// Which jobs.
package enum JobTarget: Sendable {
    case named([UUID])
    case matching(FilterWords)
}

/// What will be done, to how many.
package struct JobOrderPlan: Sendable {
    let change: JobChange
    let target: JobTarget
    /// What comes later is not meant.
    let moment: Date
    package let count: Int

    package var effect: String { change.effect(on: count) }
}

/// What was done.
package struct JobOrderReport: Sendable {
    package let done: Int
    /// How many were counted, and were not as they had to be when their turn came.
    package let missed: Int

    package var text: String {
        let rest =
            missed == 0
            ? "" : " \(missed) could not be changed so: as they are now, it cannot be done to them."
        return "Done to \(done == 1 ? "1 job" : "\(done) jobs").\(rest)"
    }
}
