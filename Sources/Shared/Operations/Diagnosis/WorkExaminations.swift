internal import EventLoop
internal import Jobs
package import Postgres
internal import Stores
internal import Tenancy
internal import WireAPI

/// How background work does, and whether it adds up.
package struct WorkExaminations: Sendable {
    private let readings: UpkeepReadings
    private let jobs: JobReadings

    /// From which age on work that waits is late, in seconds.
    private static let late = 600.0

    package init(database: PostgresClient) {
        readings = UpkeepReadings(database: database)
        jobs = JobReadings(database: database)
    }

    /// What is looked at.
    package var all: [Examination] {
        current + [Examination(.queues, "ledger", patience: .seconds(30), ledger)]
    }

    /// What may be looked at every few seconds; going over the counters of all batches may take half a minute.
    package var current: [Examination] {
        [
            Examination(.queues, "queues", queues), Examination(.queues, "leases", leases),
            Examination(.queues, "schedules", schedules),
        ]
    }

    private func queues() async throws -> [Examination.Finding] {
        let queues = try await readings.queues()
        guard !queues.isEmpty else { return [Examination.Finding(.queues, "queues", .ok, "Nothing waits.")] }
        return queues.map { queue in
            let oldest = queue.oldestSeconds ?? 0
            let detail =
                "\(queue.waiting) wait, \(queue.running) run, \(queue.dead) given up in the last day"
                + (queue.oldestSeconds.map { "; the oldest has waited for \(Amounts.time($0))" } ?? "") + "."
            if oldest > Self.late {
                return Examination.Finding(
                    .queues, "queue \(queue.name)", .warn, detail,
                    remedy:
                        "See who works: scorable queue workers; and what holds it up: scorable queue show \(queue.name)"
                )
            }
            return Examination.Finding(
                .queues, "queue \(queue.name)", queue.dead > 0 ? .warn : .ok, detail,
                remedy: queue.dead > 0 ? "See why: scorable queue dead \(queue.name)" : nil)
        }
    }

    private func leases() async throws -> [Examination.Finding] {
        let stuck = try await readings.stuckJobs()
        return [
            stuck == 0
                ? Examination.Finding(.queues, "leases", .ok, "No job runs for longer than it may.")
                : Examination.Finding(
                    .queues, "leases", .fail, "\(stuck) jobs run for longer than they may, and nobody takes them back.",
                    remedy:
                        "See that workers run, and restart the one that holds them: scorable queue jobs state=running")
        ]
    }

    private func ledger() async throws -> [Examination.Finding] {
        guard let ledger = try await readings.ledger() else { return [] }
        let wrong = try await jobs.discrepancies(until: .after(.seconds(25)))
        let sums =
            "accepted \(ledger.accepted) = finished \(ledger.finished) + dead \(ledger.dead) + cancelled "
            + "\(ledger.cancelled) + open \(ledger.open)"
        guard wrong.isEmpty, ledger.isBalanced else {
            let named = wrong.prefix(3).map(\.batchID.description).joined(separator: ", ")
            return [
                Examination.Finding(
                    .queues, "ledger", .fail,
                    ledger.isBalanced
                        ? "The counters of \(wrong.count) batches are not what their jobs say (\(named))."
                        : "The sums do not add up: \(sums).",
                    remedy: "This is a fault of ours. See: scorable queue check; then report it with: scorable "
                        + "support-bundle")
            ]
        }
        return [Examination.Finding(.queues, "ledger", .ok, "The sums add up: \(sums).")]
    }

    private func schedules() async throws -> [Examination.Finding] {
        let late = try await readings.lateSchedules()
        guard !late.isEmpty else {
            return [
                Examination.Finding(.upkeep, "schedules", .ok, "Everything that is done again and again is on time.")
            ]
        }
        return late.map { schedule in
            Examination.Finding(
                .upkeep, "schedule \(schedule.name)", .warn,
                "It is late by \(Amounts.time(schedule.lateSeconds)).",
                remedy: "The workers keep the schedules: see that scorable-workerd runs.")
        }
    }
}
