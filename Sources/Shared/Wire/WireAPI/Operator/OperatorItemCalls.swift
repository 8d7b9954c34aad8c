package import FoundationEssentials

extension OperatorRequest where Reply == OperatorItemPage {
    /// A page of evaluators or judges of at most `limit` rows, up to 500. `cursor` is `next` of the page before, `nil`
    /// for the newest.
    package static func items(
        _ kind: OperatorItemKind, _ filter: OperatorItemFilter = OperatorItemFilter(), cursor: String? = nil,
        limit: Int = 500
    ) -> Self {
        var parameters = [Parameter("page_size", "\(limit)")]
        if let query = filter.query { parameters.append(Parameter("query", query)) }
        if let origin = filter.origin { parameters.append(Parameter("origin", origin.rawValue)) }
        if let project = filter.projectID {
            parameters.append(Parameter("project_id", project.uuidString.lowercased()))
        }
        if filter.isDeleted { parameters.append(Parameter("deleted", "true")) }
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, kind.path, parameters)
    }
}

extension OperatorRequest where Reply == OperatorVersionPage {
    /// A page of an item's versions, the newest first, of at most `limit` rows, up to 500.
    package static func versions(
        _ kind: OperatorItemKind, _ id: UUID, cursor: String? = nil, limit: Int = 500
    ) -> Self {
        var parameters = [Parameter("page_size", "\(limit)")]
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, kind.path(of: id) + "/versions", parameters)
    }
}

extension OperatorRequest where Reply == OperatorItemHistory {
    /// How each version of an item scored within a window that ends now.
    package static func history(_ kind: OperatorItemKind, _ id: UUID, window: OperatorItemHistory.Window) -> Self {
        Self(.get, kind.path(of: id) + "/history", [Parameter("window", window.rawValue)])
    }
}

extension OperatorRequest where Reply == OperatorItem {
    /// Copies an item into one of the organisation's own. Answers the copy.
    package static func duplicate(_ kind: OperatorItemKind, _ id: UUID, _ wish: OperatorDuplication) -> Self {
        Self(.post, kind.path(of: id) + "/duplicate", body: wish)
    }

    /// Undoes a deletion. Answers what is there again.
    package static func restore(_ kind: OperatorItemKind, _ id: UUID) -> Self {
        Self(.post, kind.path(of: id) + "/restore")
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Takes an item out of use. Judges go on without a deleted evaluator, logs keep naming it, and it can be restored.
    package static func delete(_ kind: OperatorItemKind, _ id: UUID) -> Self {
        Self(.delete, kind.path(of: id))
    }
}

extension OperatorRequest where Reply == OperatorExecutionDetail {
    /// Executes an item on an input that was typed or pasted, and records it as every execution. Answers the recorded
    /// execution, also when it gave no score.
    package static func trial(_ kind: OperatorItemKind, _ id: UUID, _ trial: OperatorTrial) -> Self {
        Self(.post, kind.path(of: id) + "/try", body: trial).askingModels
    }
}
