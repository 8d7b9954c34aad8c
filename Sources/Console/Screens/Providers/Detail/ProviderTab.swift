/// What is shown of a provider that is open.
package enum ProviderTab: Sendable, Hashable, CaseIterable {
    case health
    case models
    case keys
    case limits
    case history

    var title: String {
        switch self {
        case .health: "Health"
        case .models: "Models"
        case .keys: "Keys"
        case .limits: "Limits"
        case .history: "History"
        }
    }
}
