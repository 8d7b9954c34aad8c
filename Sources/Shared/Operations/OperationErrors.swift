package import Records
package import Scoring

/// There is no such thing, or none that the caller may know of.
package struct NotFound: Error, Hashable, CustomStringConvertible {
    /// What was looked for, such as `Evaluator`.
    package let kind: String

    package init(_ kind: String) { self.kind = kind }

    package var description: String { "\(kind) not found." }
}

/// The thing is there for everybody to read and use, and not for the caller to change.
package struct ReadOnly: Error, Hashable, CustomStringConvertible {
    package let kind: String

    package init(_ kind: String) { self.kind = kind }

    package var description: String {
        "This \(kind.lowercased()) is built in or belongs to somebody else: it can be used and copied, not changed."
    }
}

/// An execution ended without a score; what happened is recorded.
package struct ExecutionFailed: Error, CustomStringConvertible {
    package let failure: EvaluationFailure
    package let executionLogID: ExecutionLogID

    package init(failure: EvaluationFailure, executionLogID: ExecutionLogID) {
        self.failure = failure
        self.executionLogID = executionLogID
    }

    package var description: String { "execution \(executionLogID): \(failure)" }
}
