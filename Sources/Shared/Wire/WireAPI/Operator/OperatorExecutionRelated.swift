package import FoundationEssentials

/// What belongs to an execution, `GET /internal/executions/ID/related`.
package struct OperatorExecutionRelated: Codable, Sendable, Hashable {
    /// Only relations of which there is at least one execution.
    package let groups: [Group]

    package init(groups: [Group]) { self.groups = groups }

    /// The executions of one relation, without the execution itself.
    package struct Group: Codable, Sendable, Hashable {
        package let relation: Relation
        /// The newest first, but the evaluators of a judge in its order.
        package let executions: [OperatorExecutionRow]
        /// Whether there are more than these.
        package let hasMore: Bool

        package init(relation: Relation, executions: [OperatorExecutionRow], hasMore: Bool) {
            self.relation = relation
            self.executions = executions
            self.hasMore = hasMore
        }
    }

    /// How executions belong together.
    package enum Relation: String, Codable, Sendable, Hashable, CaseIterable {
        /// The judge's execution that this one is a part of.
        case judge
        /// The evaluators of this judge's execution.
        case parts
        /// The other evaluators of the same judge's execution.
        case siblings
        /// What this one was executed again from.
        case origin
        /// What was executed again from this one.
        case reruns
        /// The same evaluator or judge before.
        case previous
        /// Others that the same request caused.
        case request
        /// Others of the same session.
        case session
    }
}

extension OperatorRequest where Reply == OperatorExecutionRelated {
    /// What belongs to an execution.
    package static func relatedExecutions(of id: UUID) -> Self {
        Self(.get, "\(OperatorExecutionPage.path)/\(id.uuidString.lowercased())/related")
    }
}
