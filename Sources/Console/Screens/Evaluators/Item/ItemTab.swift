import WireAPI

/// What is shown of an item that is open.
package enum ItemTab: Sendable, Hashable, CaseIterable {
    case definition
    case versions
    case history
    case trial

    var title: String {
        switch self {
        case .definition: "Definition"
        case .versions: "Versions"
        case .history: "History"
        case .trial: "Try"
        }
    }

    /// Those that a role has.
    static func offered(_ kind: OperatorItemKind, _ scope: Scope) -> [ItemTab] {
        allCases.filter { $0 != .trial || scope.may(kind.execution) }
    }
}
