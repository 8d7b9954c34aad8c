/// What is shown of a queue that is open.
package enum QueueTab: Sendable, Hashable, CaseIterable {
    case overview
    case tenants
    case limits

    var title: String {
        switch self {
        case .overview: "Overview"
        case .tenants: "Who waits"
        case .limits: "Limits"
        }
    }
}
