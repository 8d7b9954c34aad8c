internal import Tenancy
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

/// An edit began from a version that is not the current one any more.
package struct NewerVersion: Error, Hashable, CustomStringConvertible {
    package let kind: ItemKind
    /// What is current now, and who made it.
    package let current: VersionSummary

    package init(kind: ItemKind, current: VersionSummary) {
        self.kind = kind
        self.current = current
    }

    package var description: String {
        "\(current.author.fullName) (\(current.author.email)) has changed this \(kind.rawValue) meanwhile: it is at "
            + "version \(current.number) now. Look at that version and bring your change into it."
    }
}

/// What was to be done is not what would be done by now.
package struct OutdatedPlan: Error, Hashable, CustomStringConvertible {
    package init() {}

    package var description: String {
        "Something has changed since the plan was made. Make it again and look at what is different."
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
