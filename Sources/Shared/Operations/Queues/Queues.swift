internal import FoundationEssentials
internal import Jobs
internal import Queueing
internal import Stores
internal import Tenancy
package import WireAPI

/// The queues of background work, as operators look at them.
package struct Queues: Sendable {
    private let snapshots: QueueSnapshots
    private let controls: QueueControls
    private let queue: JobQueue
    private let names: TenantNameStore
    private let reaches: JobReaches

    /// Over which time it is reckoned when a queue will be empty, and how quick it is.
    private static let window = Duration.seconds(300)
    private static let latencyWindow: TimeInterval = 900
    private static let mostTenants = 100

    init(
        snapshots: QueueSnapshots, controls: QueueControls, queue: JobQueue, names: TenantNameStore,
        reaches: JobReaches
    ) {
        self.snapshots = snapshots
        self.controls = controls
        self.queue = queue
        self.names = names
        self.reaches = reaches
    }

    /// Every queue. `position` is an id of the event stream that was read before.
    package func list(for actor: AuditActor, eventsThrough position: String?) async throws
        -> OperatorQueueList
    {
        try actor.require(.queueRead)
        let snapshot = try await snapshots.current()
        let shown = try await controls.shown(Array(snapshot.controls.values))
        return OperatorQueueList(
            results: snapshot.queues.map { Self.row($0, in: snapshot, shown) },
            countedAt: snapshot.takenAt,
            complaint: snapshot.complaint,
            runsInstallation: try await reaches.reach(of: actor) == .installation, eventsThrough: position
        )
    }

    /// One queue over a window.
    /// - Throws: `NotFound`.
    package func find(
        _ text: String, window: OperatorDashboardWindow, for actor: AuditActor
    ) async throws -> OperatorQueueDetail {
        try actor.require(.queueRead)
        let name = QueueName(text)
        let snapshot = try await snapshots.current(with: name)
        guard let standing = snapshot.queues.first(where: { $0.name == name }) else { throw NotFound("Queue") }
        let reach = try await reaches.reach(of: actor)
        let shown = try await controls.shown(Array(snapshot.controls.values))
        let tenants = try await tenants(of: name, within: reach, shown)
        let kinds = reach == .installation ? try await queue.readings.kinds(of: name) : []
        return OperatorQueueDetail(
            queue: Self.row(standing, in: snapshot, shown), window: window,
            series: try await series(of: name, window, snapshot),
            tenants: Array(tenants.prefix(Self.mostTenants)),
            tenantsAreCut: tenants.count >= Self.mostTenants,
            limits: try await limits(within: reach, now: snapshot.takenAt),
            kinds: kinds.map { OperatorJobCount(name: $0.kind.rawValue, count: $0.count) },
            countedAt: snapshot.takenAt)
    }

    /// Everything that bounds jobs.
    package func limits(for actor: AuditActor) async throws -> OperatorQueueLimits {
        try actor.require(.queueRead)
        let now = Date()
        return OperatorQueueLimits(
            results: try await limits(within: try await reaches.reach(of: actor), now: now),
            countedAt: now)
    }

    private static func row(
        _ queue: QueueSnapshot.Queue, in snapshot: QueueSnapshot,
        _ controls: [ControlSubject: OperatorQueueControl]
    ) -> OperatorQueue {
        let now = snapshot.takenAt
        let figures = snapshot.minutes[queue.name] ?? QueueFigures([])
        let hour = figures.sum(from: now.addingTimeInterval(-3600))
        let latest = figures.sum(from: now.addingTimeInterval(-latencyWindow))
        let control = controls[.queue(queue.name)] ?? OperatorQueueControl(usual: .queue(queue.name))
        return OperatorQueue(
            name: queue.name.rawValue, summary: queue.name.summary, waiting: queue.waiting,
            scheduled: queue.scheduled, running: queue.running, dead: queue.dead,
            oldestSeconds: queue.oldest.map { $0 / .seconds(1) },
            enqueuedPerSecond: figures.rate(\.enqueued, over: .seconds(60), now: now),
            finishedPerSecond: figures.rate(\.finished, over: .seconds(60), now: now),
            wait: OperatorLatency(latest?.wait), run: OperatorLatency(latest?.run),
            finishedLastHour: hour?.finished ?? 0, failedLastHour: hour?.failed ?? 0,
            deadLastHour: hour?.dead ?? 0, control: control,
            forecast: OperatorForecast(
                of: queue.waiting + queue.running,
                inPerSecond: figures.rate(\.enqueued, over: window, now: now),
                outPerSecond: figures.rate(\.ended, over: window, now: now), over: window,
                isPaused: control.isPaused, countsArrivals: true),
            hour: figures.series(bucket: .seconds(60), count: 60, now: now))
    }

    private func series(
        of name: QueueName, _ window: OperatorDashboardWindow, _ snapshot: QueueSnapshot
    ) async throws -> OperatorQueueSeries {
        let count = Int(window.duration.components.seconds / window.bucket.components.seconds)
        let now = snapshot.takenAt
        var figures = snapshot.minutes[name] ?? QueueFigures([])
        if window.duration > .seconds(3600) {
            let start = now.addingTimeInterval(
                -Double((window.duration + window.bucket).components.seconds))
            let hour = now.addingTimeInterval(-3600)
            let older = try await queue.readings.minutes(
                of: [name], from: start, to: hour, width: Int(window.bucket.components.seconds))
            figures = figures.with(older)
        }
        return figures.series(bucket: window.bucket, count: count, now: now)
    }

    private func tenants(
        of name: QueueName, within reach: JobReach, _ controls: [ControlSubject: OperatorQueueControl]
    ) async throws -> [OperatorQueueTenant] {
        let backlog = try await queue.readings.batchBacklog(of: name, limit: Self.mostTenants)
        var found: [OrganizationID?: (waiting: Int, running: Int)] = [:]
        for tenant in await next(in: name) {
            found[tenant.organizationID] = (tenant.waiting, tenant.running)
        }
        for (organization, open) in backlog {
            let known = found[organization] ?? (0, 0)
            found[organization] = (max(known.waiting, open - known.running), known.running)
        }
        let names = TenantNames(
            organizations: try await names.organizations(Set(found.keys.compactMap(\.self))))
        func weight(_ organization: OrganizationID?) -> Int {
            organization.flatMap { controls[.organization($0)]?.weight } ?? 1
        }
        let total = found.reduce(0) { $1.value.waiting > 0 ? $0 + weight($1.key) : $0 }
        var tenants: [OperatorQueueTenant] = []
        for (organization, counts) in found where reach.contains(organization) {
            // The installation's own work has no tenant to decide about, only its queue.
            let subject = organization.map { ControlSubject.organization($0) } ?? .queue(name)
            let share = counts.waiting == 0 || total == 0 ? 0 : Double(weight(organization)) / Double(total)
            tenants.append(
                OperatorQueueTenant(
                    organization: names.organization(organization), project: nil, waiting: counts.waiting,
                    running: counts.running, oldestSeconds: nil, share: share,
                    organizationControl: controls[subject] ?? OperatorQueueControl(usual: subject)))
        }
        return tenants.sorted { $0.waiting > $1.waiting }
    }

    /// Whose turn comes next; nobody while Redis is away, which the list says.
    private func next(in name: QueueName) async -> [TenantReading] {
        do throws(DispatchError) {
            return try await queue.dispatcher.tenants(of: name)
        } catch {
            return []
        }
    }

    private func limits(within reach: JobReach, now: Date) async throws -> [OperatorQueueLimit] {
        let readings: [LimitReading]
        do throws(DispatchError) {
            readings = try await queue.dispatcher.limits()
        } catch {
            return []
        }
        let shown = readings.filter { reach == .installation || reach.sees($0.subject) }
        let organizations = shown.compactMap { reading -> OrganizationID? in
            guard case .organization(let id) = reading.subject else { return nil }
            return id
        }
        let projects = shown.compactMap { reading -> ProjectID? in
            guard case .project(let id) = reading.subject else { return nil }
            return id
        }
        let names = try await TenantNames(
            organizations: names.organizations(Set(organizations)),
            projects: names.projects(Set(projects)))
        return shown.map { OperatorQueueLimit($0, names, now: now) }
    }
}

extension QueueName {
    /// What belongs into a queue that is built in.
    fileprivate var summary: String? {
        switch self {
        case .interactive: "What somebody waits for in front of a screen."
        case .evaluations: "Items of batches, and whatever else calls models."
        case .background: "The making of batches: what nobody waits for by the second."
        case .maintenance: "The installation's own chores."
        default: nil
        }
    }
}

extension QueueMinute {
    /// Jobs that were done with, in whichever way.
    fileprivate var ended: Int { finished + dead + cancelled }
}

extension OperatorQueueLimit {
    fileprivate init(_ reading: LimitReading, _ names: TenantNames, now: Date) {
        let name: String? =
            switch reading.subject {
            case .organization(let id): names.organization(id)?.name
            case .project(let id): names.project(id)?.name
            case .queue, .kind, .limit: nil
            }
        let reason: String? =
            if reading.isPaused {
                "It is paused."
            } else if let blockedFor = reading.blockedFor {
                "It is rate limited for \(SpanWords.text(blockedFor / .seconds(1)))."
            } else if let concurrency = reading.concurrency, reading.running >= concurrency {
                "It runs \(reading.running) of at most \(concurrency)."
            } else if let perMinute = reading.perMinute, reading.parkedFlows > 0 {
                "It starts at most \(perMinute) a minute."
            } else {
                nil
            }
        self.init(
            subject: reading.subject.description, name: name, concurrency: reading.concurrency,
            perMinute: reading.perMinute, running: reading.running, parked: reading.parkedFlows,
            blockedUntil: reading.blockedFor.map { now.addingTimeInterval($0 / .seconds(1)) },
            reason: reason,
            isPaused: reading.isPaused)
    }
}
