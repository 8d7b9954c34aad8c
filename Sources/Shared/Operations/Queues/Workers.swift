internal import FoundationEssentials
internal import Jobs
internal import Queueing
internal import Stores
internal import Tenancy
package import WireAPI

/// Who runs jobs.
package struct Workers: Sendable {
    private let queue: JobQueue
    private let names: TenantNameStore
    private let reaches: JobReaches

    /// A worker that says nothing for this long has lost its leases.
    private static let patience = Duration.seconds(5)

    init(queue: JobQueue, names: TenantNameStore, reaches: JobReaches) {
        self.queue = queue
        self.names = names
        self.reaches = reaches
    }

    /// Every worker that has been heard of lately.
    package func list(for actor: AuditActor) async throws -> OperatorWorkerList {
        try actor.require(.queueRead)
        let reach = try await reaches.reach(of: actor)
        // By this clock jobs began.
        let now = try await queue.readings.now()
        let readings: [WorkerReading]
        do throws(DispatchError) {
            readings = try await queue.dispatcher.workers()
        } catch {
            return OperatorWorkerList(
                results: [], countedAt: now,
                complaint: "\(error.complaint): workers say there how they are.")
        }
        let organizations = Set(readings.flatMap(\.report.running).compactMap(\.organization))
        let names = TenantNames(
            organizations: try await names.organizations(
                Set(organizations.map(OrganizationID.init(uuid:)))))
        let workers = readings.map {
            OperatorWorker($0, reach: reach, names, patience: Self.patience, now: now)
        }
        return OperatorWorkerList(
            results: workers.sorted { ($0.condition.rank, $0.id) < ($1.condition.rank, $1.id) },
            countedAt: now,
            complaint: nil)
    }
}

extension OperatorWorker.Condition {
    /// Those that are not well come first.
    fileprivate var rank: Int {
        switch self {
        case .stuck: 0
        case .lost: 1
        case .draining: 2
        case .working, .idle: 3
        }
    }
}

extension OperatorWorker {
    fileprivate init(
        _ reading: WorkerReading, reach: JobReach, _ names: TenantNames, patience: Duration, now: Date
    ) {
        let report = reading.report
        let condition: Condition =
            if reading.age > patience {
                .lost
            } else if report.complaint != nil {
                .stuck
            } else if report.isDraining {
                .draining
            } else {
                report.running.isEmpty ? .idle : .working
            }
        let shown = report.running.filter {
            reach.contains($0.organization.map(OrganizationID.init(uuid:)))
        }
        self.init(
            id: reading.name, host: report.host, pid: report.pid, version: report.release,
            startedAt: report.startedAt, condition: condition, summary: Self.summary(condition, reading),
            slots: report.slots, busy: report.running.count, queues: report.queues,
            heartbeatSeconds: reading.age / .seconds(1),
            progressSeconds: report.secondsSinceProgress + reading.age / .seconds(1),
            memoryBytes: Int64(report.memoryInBytes), finished: report.finished, failed: report.failed,
            jobs: shown.map { Running($0, names, now: now) }.sorted { $0.seconds > $1.seconds })
    }

    private static func summary(_ condition: Condition, _ reading: WorkerReading) -> String {
        let (busy, slots) = (reading.report.running.count, reading.report.slots)
        return switch condition {
        case .working: "It runs \(busy) of at most \(slots) jobs."
        case .idle: "It waits for jobs."
        case .draining:
            busy == 0 ? "It is about to end." : "It finishes \(busy) jobs and takes no more."
        case .stuck: reading.report.complaint ?? "It gets nothing done."
        case .lost:
            "It has said nothing for \(SpanWords.text(reading.age / .seconds(1))); its jobs go to others."
        }
    }
}

extension OperatorWorker.Running {
    fileprivate init(_ slot: WorkerReport.Slot, _ names: TenantNames, now: Date) {
        self.init(
            job: slot.job, kind: slot.kind, queue: slot.queue,
            organization: names.organization(slot.organization.map(OrganizationID.init(uuid:))),
            batchID: slot.batch,
            attempt: slot.attempt, seconds: max(0, now.timeIntervalSince(slot.since)),
            timeoutSeconds: slot.timeoutSeconds)
    }
}
