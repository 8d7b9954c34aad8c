import FoundationEssentials
import WireAPI

/// The rows of the dashboard's panels, and where each leads.
struct DashboardItems {
    /// A list of another room, filtered.
    struct Subject: Sendable, Hashable {
        let room: Room
        let query: String
    }

    private let board: OperatorDashboard

    init(_ board: OperatorDashboard) { self.board = board }

    /// How many rows a panel has; one that is a chart has none.
    func count(_ panel: DashboardPanel) -> Int {
        switch panel {
        case .failures: board.failures.count
        case .notices: board.notices.count
        case .daemons: board.daemons.count
        case .queues: board.queues?.count ?? 0
        case .throughput, .latency, .scores, .cost: 0
        }
    }

    /// Where a row leads, `nil` for nowhere.
    func subject(_ panel: DashboardPanel, _ row: Int) -> Subject? {
        switch panel {
        case .throughput: Subject(room: .executions, query: "")
        case .failures:
            board.failures.indices.contains(row)
                ? Subject(room: .executions, query: "failed reason:\(board.failures[row].code)") : nil
        case .notices:
            board.notices.indices.contains(row) ? board.notices[row].subject.flatMap(Self.subject) : nil
        case .latency, .scores, .cost, .daemons, .queues: nil
        }
    }
}

extension DashboardItems {
    /// Where a thing is looked at.
    fileprivate static func subject(_ subject: OperatorSubject) -> Subject? {
        switch subject.kind {
        case .failure: return Subject(room: .executions, query: "failed reason:\(subject.id)")
        case .execution, .export: return Subject(room: .executions, query: "")
        case .evaluator, .judge: return subject.name.map { Subject(room: .evaluators, query: "\"\($0)\"") }
        case .project: return subject.name.map { Subject(room: .projects, query: "\"\($0)\"") }
        case .provider: return subject.name.map { Subject(room: .providers, query: "\"\($0)\"") }
        case .queue: return Subject(room: .queues, query: "\"\(subject.id)\"")
        case .worker: return Subject(room: .workers, query: "\"\(subject.id)\"")
        case .job, .batch: return Subject(room: .queues, query: "")
        case .schedule: return Subject(room: .workers, query: "")
        case .webhook: return subject.name.map { Subject(room: .webhooks, query: "\"\($0)\"") }
        case .user, .daemon, .model, .price, .budget: return nil
        }
    }
}
