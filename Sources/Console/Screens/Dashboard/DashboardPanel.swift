/// The parts of the dashboard. One of them is looked at: its border is lit, `e` explains it, the arrows move in it.
package enum DashboardPanel: String, Sendable, Hashable, CaseIterable {
    case throughput
    case latency
    case scores
    case cost
    case failures
    case notices
    case daemons
    case queues

    var title: String {
        switch self {
        case .throughput: "Executions"
        case .latency: "Latency of model calls"
        case .scores: "Scores"
        case .cost: "Cost"
        case .failures: "Failures by reason"
        case .notices: "What happened"
        case .daemons: "Health"
        case .queues: "Queues"
        }
    }
}
