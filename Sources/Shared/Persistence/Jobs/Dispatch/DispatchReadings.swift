internal import FoundationEssentials
internal import JSON
package import Queueing
internal import Redis
package import Tenancy

/// What a queue looks like in Redis now.
package struct QueueReading: Sendable, Hashable {
    package let queue: QueueName
    /// Jobs that could run, and those whose time is yet to come; of a batch only those of its window.
    package let waiting: Int
    package let scheduled: Int
    package let running: Int
    /// How long the oldest job has waited that a look at some flows finds; `nil` when nothing waits.
    package let oldestWait: Duration?
    package let isPaused: Bool
    package let limit: Int?
}

/// A tenant that waits in a queue.
package struct TenantReading: Sendable, Hashable {
    /// `nil` for the installation's own work.
    package let organizationID: OrganizationID?
    package let waiting: Int
    package let running: Int
}

/// What Redis knows of one job.
package struct JobReading: Sendable, Hashable {
    /// How far it is.
    package enum Standing: Sendable, Hashable {
        /// `ahead` jobs of its flow come before it; `nil` for more than a thousand.
        case ready(for: Duration, ahead: Int?)
        case leased(expiresIn: Duration)
        case scheduled(in: Duration)
    }

    /// Why a ready job is not started.
    package enum Obstacle: Sendable, Hashable {
        case paused(ControlSubject)
        /// As many as may are running.
        case full(ControlSubject)
        /// It is rate limited, say, for a while.
        case blocked(ControlSubject)
        /// As many as may have started lately.
        case paced(ControlSubject)
    }

    package let standing: Standing
    /// Leases so far, and how many of them expired.
    package let attempt: Int
    package let lostLeases: Int
    package let obstacles: [Obstacle]
}

/// A subject that bounds what runs, and how it does now.
package struct LimitReading: Sendable, Hashable {
    package let subject: ControlSubject
    package let running: Int
    package let concurrency: Int?
    /// How many of it start in a minute at most.
    package let perMinute: Int?
    package let isPaused: Bool
    /// For how long nothing of it is started; `nil` when it is not blocked.
    package let blockedFor: Duration?
    /// How many flows wait for it.
    package let parkedFlows: Int
}

/// What a worker said last, and when.
package struct WorkerReading: Sendable, Hashable {
    package let name: String
    package let age: Duration
    package let report: WorkerReport
}

extension JobDispatcher {
    /// What the queues look like now; all that ever had a job when none is named.
    package func queues(_ names: [QueueName] = []) async throws(DispatchError) -> [QueueReading] {
        let reply = try await call(.queues, names.map { RedisArgument(FlowText.escape($0.rawValue)) })
        guard let parts = reply.array, parts.count == 2, let now = parts[0].integer, let rows = parts[1].array else {
            throw .malformed
        }
        var readings: [QueueReading] = []
        for row in rows {
            guard let cells = row.array, cells.count == 6, let name = cells[0].text else { throw .malformed }
            let numbers = cells[1...4].map { $0.integer ?? 0 }
            let control = ControlText(cells[5].text)
            readings.append(
                QueueReading(
                    queue: QueueName(FlowText.unescape(name)), waiting: Int(numbers[0]), scheduled: Int(numbers[1]),
                    running: Int(numbers[2]),
                    oldestWait: numbers[3] == 0 ? nil : .milliseconds(max(0, now - numbers[3])),
                    isPaused: control.isPaused, limit: control.limit))
        }
        return readings.sorted { $0.queue < $1.queue }
    }

    /// The tenants whose turn comes next in a queue, at most 50, with what waits in some of their flows.
    package func tenants(of queue: QueueName, count: Int = 50) async throws(DispatchError) -> [TenantReading] {
        let name = RedisArgument(FlowText.escape(queue.rawValue))
        let reply = try await call(.tenants, [name, RedisArgument(max(1, count))])
        return (reply.array ?? []).compactMap { row in
            guard let cells = row.array, cells.count == 3, let tenant = cells[0].text else { return nil }
            return TenantReading(
                organizationID: OrganizationID(tenant), waiting: Int(cells[1].integer ?? 0),
                running: Int(cells[2].integer ?? 0))
        }
    }

    /// The subjects that are limited, paused, blocked or waited for, at most `count`.
    package func limits(count: Int = 200) async throws(DispatchError) -> [LimitReading] {
        let reply = try await call(.limits, [RedisArgument(max(1, count))])
        guard let parts = reply.array, parts.count == 2, let now = parts[0].integer, let rows = parts[1].array else {
            throw .malformed
        }
        let readings = rows.compactMap { row -> LimitReading? in
            guard let cells = row.array, cells.count == 5, let subject = cells[0].text.flatMap(FlowText.subject(of:))
            else { return nil }
            let control = ControlText(cells[1].text)
            let end = cells[4].integer ?? 0
            return LimitReading(
                subject: subject, running: Int(cells[2].integer ?? 0), concurrency: control.limit,
                perMinute: control.rate, isPaused: control.isPaused,
                blockedFor: control.isBlocked ? .milliseconds(max(0, end - now)) : nil,
                parkedFlows: Int(cells[3].integer ?? 0))
        }
        return readings.sorted { $0.subject.description < $1.subject.description }
    }

    /// What Redis knows of a job; `nil` when it does not know it.
    package func job(_ id: JobID) async throws(DispatchError) -> JobReading? {
        let reply = try await call(.job, [RedisArgument(id.description)])
        guard let cells = reply.array, !cells.isEmpty else { return nil }
        guard cells.count == 8, let state = cells[0].text, let now = cells[7].integer else { throw .malformed }
        let until = Duration.milliseconds(max(0, (cells[4].integer ?? now) - now))
        let ahead = cells[5].integer.flatMap { $0 < 0 ? nil : Int($0) }
        let standing: JobReading.Standing =
            switch state {
            case "L": .leased(expiresIn: until)
            case "S": .scheduled(in: until)
            default: .ready(for: .milliseconds(max(0, now - (cells[3].integer ?? now))), ahead: ahead)
            }
        return JobReading(
            standing: standing, attempt: Int(cells[1].integer ?? 0), lostLeases: Int(cells[2].integer ?? 0),
            obstacles: (cells[6].array ?? []).compactMap { $0.text.flatMap(Self.obstacle) })
    }

    private static func obstacle(_ text: String) -> JobReading.Obstacle? {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let subject = FlowText.subject(of: String(parts[1])) else { return nil }
        return switch parts[0] {
        case "paused": .paused(subject)
        case "blocked": .blocked(subject)
        case "paced": .paced(subject)
        default: .full(subject)
        }
    }

    /// The workers that have said something and have not left, the most recent first.
    package func workers() async throws(DispatchError) -> [WorkerReading] {
        let reply = try await call(.workers, [])
        guard let parts = reply.array, parts.count == 2, let now = parts[0].integer, let fields = parts[1].array else {
            throw .malformed
        }
        var readings: [WorkerReading] = []
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let name = fields[index].text, let bytes = fields[index + 1].bytes,
                let space = bytes.firstIndex(of: UInt8(ascii: " ")),
                let at = Int64(String(decoding: bytes[..<space], as: UTF8.self))
            else { continue }
            guard let report = WorkerReport(json: Array(bytes[(space + 1)...])) else { continue }
            readings.append(WorkerReading(name: name, age: .milliseconds(max(0, now - at)), report: report))
        }
        return readings.sorted { ($0.age, $0.name) < ($1.age, $1.name) }
    }

    /// Jobs that are leased, at most `limit`.
    package func running(limit: Int) async throws(DispatchError) -> [JobID] {
        let reply = try await call(.leased, [RedisArgument(limit)])
        return (reply.array ?? []).compactMap { $0.text.flatMap(JobID.init) }
    }
}

/// What is said about a subject: `paused limit weight blocked`, and perhaps ` rate`.
private struct ControlText {
    let isPaused: Bool
    let limit: Int?
    let isBlocked: Bool
    let rate: Int?

    init(_ text: String?) {
        let parts = (text ?? "").split(separator: " ", omittingEmptySubsequences: false)
        isPaused = parts.first == "1"
        limit = parts.count > 1 ? Int(parts[1]) : nil
        isBlocked = parts.count > 3 && parts[3] == "1"
        rate = parts.count > 4 ? Int(parts[4]) : nil
    }
}
