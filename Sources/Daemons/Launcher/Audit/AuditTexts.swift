internal import FoundationEssentials
internal import JSON
internal import Operations
internal import Records
internal import Stores
internal import Tenancy
internal import WireAPI

// What `scorable audit` prints for people.

/// What verifying found out, for scripts.
struct AuditVerdicts: Encodable {
    let isWhole: Bool
    let chains: [AuditVerdict]

    var text: String {
        guard !chains.isEmpty else { return "There is no entry yet.\n" }
        return chains.map { $0.text + $0.further }.joined()
    }
}

/// What verifying found out about one chain.
struct AuditVerdict: Encodable {
    let chain: String
    let name: String
    let wholeThrough: Int64
    let hash: String
    let sealedThrough: Int64?
    let sealedAt: Date?
    let fault: Fault?
    let acknowledgement: Acknowledgement?

    struct Acknowledgement: Encodable {
        let position: Int64
        let acknowledgedAt: Date
        let reason: String
    }

    struct Fault: Encodable {
        let code: String
        let position: Int64
        let entryID: String?
        let description: String
    }

    init(_ verdict: AuditVerification.Verdict, name: String, at moment: Date) {
        chain = verdict.chain.id.lowercaseText
        self.name = name
        wholeThrough = verdict.through.position
        hash = verdict.through.hexadecimalHash
        sealedThrough = verdict.seal?.place.position
        sealedAt = verdict.seal?.sealedAt
        let found = verdict.fault(at: moment).map {
            Fault(code: $0.code, position: $0.position, entryID: $0.entry?.id.description, description: $0.description)
        }
        let recorded = verdict.recorded.map {
            Fault(
                code: "recorded", position: $0.position, entryID: nil,
                description: "The server found at \(ISO8601.string($0.foundAt) ?? "an earlier time"): \($0.reason)")
        }
        fault = found ?? recorded
        acknowledgement = verdict.acknowledgement.map {
            Acknowledgement(position: $0.place.position, acknowledgedAt: $0.acknowledgedAt, reason: $0.reason)
        }
    }

    /// What there is to know beside that.
    var further: String {
        var lines = ""
        if let acknowledgement {
            lines += """
                  Gone over from entry \(acknowledgement.position + 1) on: what is before was acknowledged at \
                \(ISO8601.string(acknowledgement.acknowledgedAt) ?? ""), because: \(acknowledgement.reason)

                """
        }
        if fault != nil {
            lines += "  Once you have looked into it: scorable audit acknowledge \(chain) --reason …\n"
        }
        return lines
    }

    var text: String {
        if let fault { return "\(name.shown): BROKEN at entry \(fault.position). \(fault.description.shown)\n" }
        let seal =
            sealedThrough.map { "sealed through \($0)\(sealedAt.map { " at \(ISO8601.string($0) ?? "")" } ?? "")" }
            ?? "not sealed yet"
        return
            "\(name.shown): whole through entry \(wholeThrough), \(seal).\n  Note for later: \(wholeThrough):\(hash)\n"
    }
}

extension OperatorAuditPage {
    var text: String {
        guard !results.isEmpty else { return "There is no such entry.\n" }
        var table = TextTable(["WHEN", "WHO", "FROM", "ACTION", "SUBJECT", "OUTCOME", "TIMES", "ID"])
        for entry in results {
            table.add([
                entry.createdAt.formatted(.iso8601), entry.actorName, entry.address, entry.action, entry.subject,
                entry.outcome.rawValue, entry.times == 1 ? nil : "\(entry.times)", entry.id.uuidString.lowercased(),
            ])
        }
        return table.text
    }
}

extension OperatorAuditEntry {
    /// On one line, as the tail shows it.
    var line: String {
        var table = TextTable([
            createdAt.formatted(.iso8601), actorName, address ?? "-", action, subject, outcome.rawValue,
        ])
        if times > 1 { table.add(["", "", "", "", "", "\(times) times"]) }
        return table.text
    }

    /// With everything that is kept.
    var text: String {
        let facts: [(String, String?)] = [
            ("id", id.uuidString.lowercased()), ("when", ISO8601.string(createdAt)),
            ("organization", organizationID?.uuidString.lowercased()), ("who", "\(actorName) (\(actorKind))"),
            ("role", actorRole), ("key", actorKeyID?.uuidString.lowercased()), ("from", address),
            ("request", requestID), ("action", action), ("subject", subject), ("outcome", outcome.rawValue),
            ("times", times == 1 ? nil : "\(times)"), ("before", before), ("after", after),
            ("position", "\(position)"), ("hash", hash),
        ]
        return FactLines.text(facts)
    }
}

extension OperatorAuditForwarding {
    var text: String {
        guard !results.isEmpty else { return "The audit is sent nowhere.\n" }
        var table = TextTable([
            "ID", "NAME", "ADDRESS", "OVER", "AS", "WHOSE", "STATE", "WAITING", "OLDEST", "LAST SENT", "FAILURE",
        ])
        for target in results {
            table.add([
                target.id.uuidString.lowercased(), target.name, "\(target.host):\(target.port)", target.transport,
                target.format, target.isOfInstallation ? "installation" : "organization",
                !target.isEnabled ? "paused" : target.failingSince == nil ? "sending" : "failing", "\(target.waiting)",
                target.waitingSeconds.map { Self.age(seconds: $0) }, target.sentThroughAt?.formatted(.iso8601),
                target.lastFailure,
            ])
        }
        return table.text
    }

    /// For how long the oldest entry has waited, in its two largest units.
    private static func age(seconds: Int64) -> String {
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
        if days > 0 { return "\(days)d\(hours)h" }
        if hours > 0 { return "\(hours)h\(minutes)m" }
        return minutes > 0 ? "\(minutes)m\(seconds % 60)s" : "\(seconds)s"
    }
}
