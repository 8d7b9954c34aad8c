package import FoundationEssentials

/// Changes the tags of an execution, `POST /internal/executions/ID/tags`.
package struct OperatorTagChange: Codable, Sendable, Hashable {
    /// Tags it is to have.
    package let add: [String]
    /// Tags it is not to have any more.
    package let remove: [String]

    package init(add: [String] = [], remove: [String] = []) {
        self.add = add
        self.remove = remove
    }
}

/// The tags of an execution as they are now.
package struct OperatorTags: Codable, Sendable, Hashable {
    package let tags: [String]

    package init(tags: [String]) { self.tags = tags }
}

/// Executes again what an execution executed, on the same input, `POST /internal/executions/ID/run-again`. It is
/// answered when the new execution is recorded, which may take as long as a model takes.
package struct OperatorRunAgain: Codable, Sendable, Hashable {
    package let version: Version

    package init(version: Version) { self.version = version }

    /// Which version of the evaluator or judge.
    package enum Version: String, Codable, Sendable, Hashable, CaseIterable {
        /// The one that was executed.
        case same
        case current
    }
}

/// What came of executing again: also a failure is an execution that is recorded.
package struct OperatorRunAgainResult: Codable, Sendable, Hashable {
    package let executionID: UUID
    package let score: Double?
    package let failure: OperatorFailure?

    package init(executionID: UUID, score: Double?, failure: OperatorFailure?) {
        self.executionID = executionID
        self.score = score
        self.failure = failure
    }
}

extension OperatorRequest where Reply == OperatorTags {
    /// Changes the tags of an execution.
    package static func changeTags(of id: UUID, _ change: OperatorTagChange) -> Self {
        Self(.post, "\(OperatorExecutionPage.path)/\(id.uuidString.lowercased())/tags", body: change)
    }
}

extension OperatorRequest where Reply == OperatorRunAgainResult {
    /// Executes again what an execution executed.
    package static func runAgain(_ id: UUID, version: OperatorRunAgain.Version) -> Self {
        Self(
            .post, "\(OperatorExecutionPage.path)/\(id.uuidString.lowercased())/run-again",
            body: OperatorRunAgain(version: version)
        ).askingModels
    }
}
