package import FoundationEssentials
import Terminal
import WireAPI

/// Whose jobs wait in a queue, with the time that they were counted at.
package struct TenantRow: Sendable, Identifiable {
    let tenant: OperatorQueueTenant
    let countedAt: Date

    package var id: [UUID?] { [tenant.organization?.id, tenant.project?.id] }

    var organization: String { tenant.organization?.label ?? "the installation" }

    func oldest(_ scope: Scope) -> Double? {
        guard tenant.waiting > 0, let seconds = tenant.oldestSeconds else { return nil }
        return seconds + (scope.date.map { max(0, $0.timeIntervalSince(countedAt)) } ?? 0)
    }

    private var controls: [OperatorQueueControl] {
        [tenant.organizationControl] + (tenant.projectControl.map { [$0] } ?? [])
    }

    var isPaused: Bool { controls.contains(where: \.isPaused) }
    /// What is not as usual, in a few words.
    var words: String { controls.flatMap(\.words).joined(separator: ", ") }

    /// What holds for the organisation and for the project.
    func sentence(_ scope: Scope) -> String? {
        let parts = [
            tenant.organizationControl.sentence(scope).map { "\(organization): \($0)" },
            tenant.projectControl?.sentence(scope).map { "\(tenant.project?.label ?? "project"): \($0)" },
        ].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// What can be decided about; the installation's own work is not for that.
    var targets: [QueueControlAction.Target] {
        guard let organization = tenant.organization else { return [] }
        var targets: [QueueControlAction.Target] = []
        if let control = tenant.projectControl, let project = tenant.project {
            targets.append(.init(name: "project \(project.label)", control: control))
        }
        targets.append(.init(name: "organisation \(organization.label)", control: tenant.organizationControl))
        return targets
    }

    /// Its jobs in a queue; `nil` for the installation's own, which no filter names.
    func place(in queue: String) -> JobPlace? {
        guard let organization = tenant.organization else { return nil }
        var filter = OperatorJobFilter()
        filter.queues = [queue]
        filter.organizationID = organization.id
        filter.projectID = tenant.project?.id
        return JobPlace("Jobs of \(tenant.project?.label ?? organization.label) in \(queue)", filter)
    }

    func explanation(_ scope: Scope) -> Explanation {
        let share = Formats.percent(tenant.share)
        var explanation = Explanation(
            tenant.project?.label ?? organization,
            definition: "Jobs of one project of an organisation in this queue."
        )
        .value("\(Formats.count(tenant.waiting)) wait, \(Formats.count(tenant.running)) run")
        .adding(
            "Share",
            "\(share) of the turns go to it while all of them wait: turns go round by weight, first between organisations, then between an organisation's projects."
        )
        .adding("Turns", "Whoever has many jobs does not delay whoever has few.")
        if let sentence = sentence(scope) { explanation = explanation.why("\(sentence).") }
        return explanation.source("Counted in the queue itself.")
    }
}

/// The columns of those whose jobs wait.
enum TenantColumns {
    static let all: [Column<TenantRow>] = [
        Column(
            "organization", "ORGANISATION", .flexible(minimum: 14),
            precedes: ascending { $0.organization.lowercased() },
            text: { row, _ in row.organization }),
        Column(
            "project", "PROJECT", .flexible(minimum: 10), rank: 2,
            precedes: ascending { $0.tenant.project?.label.lowercased() },
            text: { row, _ in row.tenant.project?.label ?? "-" }),
        Column(
            "waiting", "WAITING", .fixed(9), isNumber: true, precedes: ascending { $0.tenant.waiting },
            text: { row, _ in Formats.count(row.tenant.waiting) }),
        Column(
            "running", "RUN", .fixed(6), isNumber: true, rank: 1, precedes: ascending { $0.tenant.running },
            text: { row, _ in ItemFigures.short(row.tenant.running) }),
        Column(
            "oldest", "OLDEST", .fixed(7), isNumber: true, rank: 3, precedes: ascending { $0.tenant.oldestSeconds },
            text: { row, scope in row.oldest(scope).map { Formats.span(seconds: Int($0)) } ?? "-" }),
        Column(
            "share", "SHARE", .fixed(16), rank: 4, precedes: ascending { $0.tenant.share }, ink: { _, _ in .series1 },
            text: { row, scope in
                let percent = Formats.percent(row.tenant.share)
                let gap = String(repeating: " ", count: max(0, 5 - percent.columns))
                return "\(gap)\(percent) \(ScoreBar.filled(row.tenant.share, width: 10, scope.marks))"
            }),
        Column(
            "decided", "DECIDED", .fixed(22), rank: 5, ink: { row, _ in row.isPaused ? .caution : .plain },
            text: { row, _ in row.words }),
    ]

    static func facts(of row: TenantRow) -> Query.Facts { Query.Facts(words: [row.organization]) }
}
