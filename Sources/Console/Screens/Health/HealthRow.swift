internal import FoundationEssentials
internal import WireAPI

/// One thing of the installation and how it is: a process, its certificate, or what was looked at.
package struct HealthRow: Sendable, Identifiable, Encodable {
    package let id: String
    let group: OperatorDiagnosis.Group
    let name: String
    let state: OperatorDiagnosis.State
    let detail: String
    /// What to do about it.
    let remedy: String?
    /// Of a process.
    var process: OperatorInstances.Instance?

    init(
        _ group: OperatorDiagnosis.Group, _ name: String, _ state: OperatorDiagnosis.State, _ detail: String,
        remedy: String? = nil, id: String? = nil, process: OperatorInstances.Instance? = nil
    ) {
        self.id = id ?? "\(group.rawValue)/\(name)"
        self.group = group
        self.name = name
        self.state = state
        self.detail = detail
        self.remedy = remedy
        self.process = process
    }

    /// The worst first; of what is well the processes, then what they stand on.
    static func all(_ diagnosis: OperatorDiagnosis?, _ instances: OperatorInstances?) -> [HealthRow] {
        let processes = instances.map { HealthRow.processes($0, release: diagnosis?.version) } ?? []
        // A name may come twice; the cursor stays on its row from one reading to the next.
        var seen: [String: Int] = [:]
        let findings = (diagnosis?.findings ?? []).map { finding in
            let id = "\(finding.group.rawValue)/\(finding.name)"
            seen[id, default: 0] += 1
            return HealthRow(
                finding.group, finding.name, finding.state, finding.detail, remedy: finding.remedy,
                id: "\(id)/\(seen[id] ?? 1)")
        }
        // A daemon that answers at its address is one of the processes.
        let others = processes.isEmpty ? findings : findings.filter { !$0.isAnsweringDaemon }
        return (processes + others).enumerated().sorted { left, right in
            let before = (left.element.rank, left.element.group.rank, left.offset)
            return before < (right.element.rank, right.element.group.rank, right.offset)
        }.map(\.element)
    }

    private var isAnsweringDaemon: Bool { group == .daemons && state == .ok && name.hasPrefix("scorable-") }

    private var rank: Int {
        switch state {
        case .fail: 0
        case .warn: 1
        case .ok: 2
        case .skipped: 3
        }
    }
}

extension OperatorDiagnosis.Group {
    /// Its place among those that are equally well.
    fileprivate var rank: Int {
        switch self {
        case .daemons: 0
        case .database: 1
        case .redis: 2
        case .storage: 3
        case .queues: 4
        case .providers: 5
        case .audit: 6
        case .people: 7
        case .upkeep: 8
        case .settings: 9
        case .host: 10
        case .egress: 11
        }
    }
}

// MARK: Processes

extension HealthRow {
    /// A process tells every few seconds that it is there; one that is silent for longer, in seconds, is gone or cut off.
    private static let silent = 16.0
    /// From when on, in seconds, everything that a loop does is late.
    private static let late = 0.25
    private static let day = 86_400.0
    /// How long before its end a certificate is told of.
    private static let notice = 30 * day

    fileprivate static func processes(_ instances: OperatorInstances, release: String?) -> [HealthRow] {
        var rows = instances.results.map { process($0, release: release, askedAt: instances.askedAt) }
        for result in instances.results {
            rows += (result.instance.condition?.certificates ?? []).map {
                certificate($0, of: result.instance, now: instances.askedAt)
            }
        }
        if !instances.differences.isEmpty {
            rows.append(
                HealthRow(
                    .settings, "settings alike", .warn,
                    "Not the same in all processes: \(instances.differences.map(\.key).joined(separator: ", ")).",
                    remedy:
                        "See who has what in Settings (g f), mend the file, and restart those that have the wrong one."
                ))
        }
        if let complaint = instances.complaint {
            rows.append(
                HealthRow(
                    .daemons, "processes", .warn, "Not all are known: \(complaint)",
                    remedy: "See that it runs, and that evald.url and service_token are the same everywhere."))
        }
        return rows
    }

    private static func process(
        _ found: OperatorInstances.Instance, release: String?, askedAt moment: Date
    ) -> HealthRow {
        let instance = found.instance
        func row(_ state: OperatorDiagnosis.State, _ detail: String, _ remedy: String? = nil) -> HealthRow {
            HealthRow(
                .daemons, "\(instance.daemon) on \(instance.host) (\(instance.pid))", state, detail, remedy: remedy,
                id: instance.id.lowercase, process: found)
        }
        let unit = "scorable-\(instance.daemon)"
        if found.seenSeconds > silent {
            return row(
                .warn, "Not heard of for \(Formats.span(seconds: Int(found.seenSeconds))).",
                "See that it runs: systemctl status \(unit). It goes from here by itself when it was replaced.")
        }
        let condition = instance.condition
        switch condition?.standing {
        case .starting: return row(.warn, "Starting.", "When it stays so, its log says why: journalctl -u \(unit)")
        case .draining: return row(.warn, "Being stopped: it finishes what has begun.", "It ends by itself.")
        case .unready:
            return row(
                .fail, "Not ready: \(condition?.complaint ?? "")", "Mend what it names; it is ready by itself then.")
        case .ready, nil: break
        }
        if let release, release != instance.version {
            return row(
                .warn, "Ready; it is \(instance.version), the API server that was asked \(release).",
                "Finish the upgrade: install the same release everywhere, and restart what still runs the old.")
        }
        if let lag = condition?.loopLagSeconds, lag > late {
            return row(
                .warn, "Ready, but its loops are late by \(Formats.latency(milliseconds: lag * 1000)).",
                "Its processors are taken or it swaps: see the load and the memory of \(instance.host).")
        }
        if let offset = found.clockOffset(at: moment), abs(offset) > OperatorInstances.tolerableClockOffset {
            return row(
                .warn,
                "Ready, but its clock is \(Int(abs(offset))) s \(offset < 0 ? "behind" : "ahead of") the server's.",
                "Run a time service (chrony, systemd-timesyncd) on \(instance.host) and on the API servers.")
        }
        return row(.ok, condition == nil ? "It is there." : "Ready.")
    }

    private static func certificate(
        _ certificate: OperatorInstance.Certificate, of instance: OperatorInstance, now: Date
    ) -> HealthRow {
        let left = certificate.endsAt.timeIntervalSince(now)
        let days = Int(abs(left) / day)
        return HealthRow(
            .daemons, "certificate \(certificate.listener), \(instance.daemon) on \(instance.host)",
            left < 0 ? .fail : left < notice ? .warn : .ok,
            left < 0 ? "It ended \(days) days ago: clients refuse it." : "It ends in \(days) days.",
            remedy: left < notice
                ? "Put a new one where the old is, then: systemctl reload scorable-\(instance.daemon)" : nil,
            id: "\(instance.id.lowercase)/\(certificate.listener)")
    }
}
