internal import FoundationEssentials
internal import Postgres
internal import Queueing
internal import Tenancy

/// A filter as conditions on `jobs`.
struct JobConditions {
    /// What an index serves, or nearly: a page is found without looking at much else.
    private(set) var quick: [SQL] = []
    /// What has to be looked at row by row.
    private(set) var slow: [SQL] = []
    /// The queues that are meant; none for all. Where a list goes along their index, no other condition names them.
    let queues: [String]
    /// Along which index a list goes.
    let path: Path

    /// How the jobs of a list are found in the order of their identifiers.
    enum Path: Sendable, Hashable {
        /// By whichever index serves the conditions.
        case table
        /// By that of all jobs of one queue.
        case queue(String)
        /// By that of open jobs, queue by queue.
        case openQueues
    }

    /// Identifiers are made by the clocks of many machines, and may be so far from the database's.
    private static let leeway: TimeInterval = 3600

    init(_ filter: JobFilter) {
        path = Self.path(filter)
        if let ids = filter.ids { quick.append("jobs.id = ANY(\(ids.map(\.uuid)))") }
        if let states = Self.states(filter.states) {
            // What a tenant or a kind has open may lie behind all that has ended of it.
            if filter.meansOpen, filter.isNarrow { slow.append(states) } else { quick.append(states) }
        }
        queues = filter.queues.map(\.rawValue).sorted()
        if path == .table, let condition = ofQueues { quick.append(condition) }
        if !filter.kinds.isEmpty { quick.append(Self.any("jobs.kind", filter.kinds.map(\.rawValue))) }
        if let id = filter.organizationID { quick.append("jobs.organization_id = \(id.uuid)") }
        if let name = filter.organizationName {
            quick.append(
                "jobs.organization_id = ANY(ARRAY(SELECT id FROM organizations WHERE lower(name) = lower(\(name))))")
        }
        if let id = filter.batchID { quick.append("jobs.batch_id = \(id.uuid)") }
        // An index serves the identifiers; what they let through too much is little.
        if let date = filter.createdFrom {
            quick.append("jobs.id >= \(UUID.earliest(at: date.addingTimeInterval(-Self.leeway)))")
            quick.append("jobs.created_at >= \(date)")
        }
        if let date = filter.createdBefore {
            quick.append("jobs.id < \(UUID.earliest(at: date.addingTimeInterval(Self.leeway)))")
            quick.append("jobs.created_at < \(date)")
        }
        if let id = filter.projectID { slow.append("jobs.project_id = \(id.uuid)") }
        if let name = filter.projectName {
            slow.append("jobs.project_id = ANY(ARRAY(SELECT id FROM projects WHERE lower(name) = lower(\(name))))")
        }
        if let id = filter.scheduleID { slow.append("jobs.schedule_id = \(id.uuid)") }
        if let isDue = filter.isDue { slow.append("(jobs.state <> 'waiting' OR (jobs.run_at <= now()) = \(isDue))") }
        if let worker = filter.worker { slow.append("jobs.worker = \(worker)") }
        if let count = filter.minimumFailures { slow.append("jobs.failures >= \(count)") }
        if !filter.errorClasses.isEmpty {
            slow.append(Self.any("jobs.error_class", filter.errorClasses.map(\.rawValue)))
        }
        if let cause = filter.cause { slow.append("jobs.cause = \(cause)") }
        if let error = filter.error { slow.append("jobs.error ILIKE \(Self.pattern(error))") }
        if let text = filter.text { find(text) }
    }

    private static func path(_ filter: JobFilter) -> Path {
        let isNamed = filter.ids != nil || filter.batchID != nil || filter.text.flatMap(UUID.init(uuidString:)) != nil
        guard !isNamed, !filter.isNarrow else { return .table }
        if filter.meansOpen { return .openQueues }
        let mayBeOpen = filter.states.isEmpty || filter.states.contains { !$0.isFinal }
        guard mayBeOpen, filter.queues.count == 1, let name = filter.queues.first else { return .table }
        return .queue(name.rawValue)
    }

    private var ofQueues: SQL? { queues.isEmpty ? nil : Self.any("jobs.queue", queues) }

    /// All of them, for statements that look at every job that is meant.
    var all: [SQL] { quick + slow + (path == .table ? [] : [ofQueues].compactMap(\.self)) }

    private mutating func find(_ text: String) {
        guard let id = UUID(uuidString: text) else {
            slow.append("jobs.error ILIKE \(Self.pattern(text))")
            return
        }
        quick.append("(jobs.id = \(id) OR jobs.batch_id = \(id))")
    }

    /// `nil` when the state does not matter. No index names the states of open jobs apart.
    private static func states(_ states: Set<JobState>) -> SQL? {
        guard !states.isEmpty, states.count < JobState.allCases.count else { return nil }
        let final = states.filter(\.isFinal).map(\.rawValue)
        let open = states.filter { !$0.isFinal }
        var choices: [SQL] = []
        if final.count == 1, let ending = final.first {
            choices.append("jobs.ending = \(ending)")
        } else if !final.isEmpty {
            choices.append("jobs.ending = ANY(\(final))")
        }
        if open.count == 2 {
            choices.append("jobs.ending IS NULL")
        } else if let state = open.first {
            choices.append("(jobs.ending IS NULL AND jobs.state = \(state.rawValue))")
        }
        return "(\(fragment: choices.joined(separator: " OR ")))"
    }

    private static func any(_ column: SQL, _ values: [String]) -> SQL {
        // One value by itself keeps the order of an index.
        if values.count == 1, let value = values.first { return "\(fragment: column) = \(value)" }
        return "\(fragment: column) = ANY(\(values.sorted()))"
    }

    private static func pattern(_ text: String) -> String {
        let escaped = text.map { "%_\\".contains($0) ? "\\\($0)" : String($0) }
        return "%" + escaped.joined() + "%"
    }
}

extension JobFilter {
    /// Only jobs that have not ended.
    fileprivate var meansOpen: Bool { !states.isEmpty && states.allSatisfy { !$0.isFinal } }
    /// An index finds those of a tenant or a kind, whether they have ended or not.
    fileprivate var isNarrow: Bool { organizationID != nil || organizationName != nil || !kinds.isEmpty }
}

extension UUID {
    /// The smallest identifier that was made at a moment or later.
    static func earliest(at date: Date) -> UUID {
        let milliseconds = UInt64(min(max(0, date.timeIntervalSince1970 * 1000), 0xFFFF_FFFF_FFFF))
        return UUID(high: milliseconds << 16, low: 0)
    }
}

extension [SQL] {
    /// The conditions joined by `AND`.
    var conjunction: SQL { isEmpty ? "true" : joined(separator: " AND ") }
}
