internal import FoundationEssentials
internal import Terminal
internal import WireAPI

/// What executions can have in common: from one of them a key leads to the list of all.
package enum ExecutionRelation: Sendable, Hashable, CaseIterable {
    case session
    case user
    /// The evaluator or the judge.
    case item
    case model

    /// A list to open.
    struct Place: Sendable, Hashable {
        let title: String
        let query: String
    }

    /// The list of what has this in common with an execution, `nil` where it has none or no filter can say it.
    func place(of row: OperatorExecutionRow) -> Place? {
        switch self {
        case .session: place("Session", "session", row.sessionID)
        case .user: place("User", "user", row.userID)
        case .model: place("Model", "model", row.model)
        case .item:
            row.itemID.flatMap { id in
                // Only these two are executed under an identifier that the filter asks for.
                ["evaluator", "judge"].contains(row.type)
                    ? Place(title: row.name, query: "\(row.type):\(id.lowercase)") : nil
            }
        }
    }

    private func place(_ title: String, _ key: String, _ value: String?) -> Place? {
        guard let value, let quoted = QueryText.quoted(value) else { return nil }
        return Place(title: "\(title) \(value)", query: "\(key):\(quoted)")
    }

    /// The keys, for the screens that show an execution.
    package static func bindings<Command: Sendable & Hashable>(
        _ command: (ExecutionRelation) -> Command
    ) -> [Binding<Command>] {
        [
            Binding([.character("s")], command(.session), "List what belongs to the same session"),
            Binding([.character("u")], command(.user), "List what belongs to the same user"),
            Binding([.character("i")], command(.item), "List what the same evaluator or judge did"),
            Binding([.character("b")], command(.model), "List what the same model answered"),
        ]
    }
}
