import EventLoop
import FoundationEssentials
import Jobs
import Operations
import Postgres
import Queueing
import Tenancy
import WireAPI

// Jobs of a test, in the states that the test needs. Nobody works on them.
extension Tenant {
    var queue: JobQueue { server.product.queue }

    /// Lets the organisation run the installation, or not.
    func runInstallation(_ runs: Bool = true) async throws {
        try await server.database.execute(
            "UPDATE organizations SET runs_installation = \(runs) WHERE id = \(organization)")
    }

    /// A queue that nobody else uses.
    func ownQueue() -> QueueName { QueueName("q-\(server.identifiers.uuid().uuidString.lowercased())") }

    /// Jobs that wait.
    @discardableResult
    func jobs(
        _ count: Int = 1, in name: QueueName, kind: JobKind = JobKind("test"), payload: String = "{}",
        runAt: Date? = nil
    ) async throws -> [JobID] {
        let jobs = new(count, in: name, kind, payload, runAt)
        try await queue.submit(jobs)
        return jobs.map(\.id)
    }

    private func new(
        _ count: Int, in name: QueueName, _ kind: JobKind, _ payload: String = "{}", _ runAt: Date? = nil
    ) -> [NewJob] {
        (0..<count).map { _ in
            NewJob(
                id: server.identifiers.next(), kind: kind, queue: name, organizationID: organization,
                projectID: project.id, payload: Array(payload.utf8), runAt: runAt)
        }
    }

    /// Jobs that were given up; Redis has never heard of them.
    @discardableResult
    func deadJobs(
        _ count: Int = 1, in name: QueueName, kind: JobKind = JobKind("test"),
        because failure: JobFailure = JobFailure(.timeout, "It took longer than 300 s.")
    ) async throws -> [JobID] {
        let jobs = new(count, in: name, kind)
        let ids = jobs.map(\.id)
        _ = try await server.database.transaction { try await JobLedger.add(jobs, on: $0) }
        try await server.database.execute(
            """
            UPDATE jobs SET state = 'dead', started_at = now(), ended_at = now(), failures = 5, attempt = 5, epoch = 1,
                worker = 'w-1', error_class = \(failure.errorClass.rawValue), error = \(failure.message),
                cause = \(failure.cause)
            WHERE id = ANY (\(ids.map(\.uuid)))
            """)
        return ids
    }

    /// How many jobs of a queue are in a state.
    func count(_ state: JobState, in queue: QueueName) async throws -> Int {
        var filter = JobFilter()
        filter.queues = [queue]
        filter.states = [state]
        return try await self.queue.readings.count(filter)
    }

    /// What operations have kept of the organisation, beside what calls leave: actions with outcomes, the oldest first.
    func auditTrail() async throws -> [String] {
        let rows = try await server.database.query(
            """
            SELECT action, outcome FROM audit_entries
            WHERE organization_id = \(organization) AND NOT coalesce(jsonb_exists(after, 'route'), false)
                AND split_part(action, '.', 1) NOT IN ('evaluator', 'judge', 'objective', 'dataset')
            ORDER BY created_at, id
            """)
        return try rows.map {
            "\(try $0.decode("action", as: String.self)) \(try $0.decode("outcome", as: String.self))"
        }
    }
}

extension OperatorJobFilter {
    /// The jobs of a queue.
    static func queue(_ name: QueueName, _ states: OperatorJobState...) -> OperatorJobFilter {
        var filter = OperatorJobFilter()
        filter.queues = [name.rawValue]
        filter.states = states
        return filter
    }
}
