internal import FoundationEssentials
internal import JSON
internal import Operations
internal import Records
internal import Tenancy
internal import WireAPI

// What `scorable audit` prints for people.

/// What verifying found out, for scripts.
struct AuditVerdicts: Encodable {
    let isWhole: Bool
    let chains: [AuditVerdict]

    var text: String {
        guard !chains.isEmpty else { return "There is no entry yet.\n" }
        return chains.map(\.text).joined()
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

    struct Fault: Encodable {
        let code: String
        let position: Int64
        let entryID: String?
        let description: String
    }

    init(_ verdict: AuditVerification.Verdict, name: String) {
        chain = verdict.chain.id.lowercaseText
        self.name = name
        wholeThrough = verdict.through.position
        hash = verdict.through.hexadecimalHash
        sealedThrough = verdict.seal?.place.position
        sealedAt = verdict.seal?.sealedAt
        fault = verdict.fault.map {
            Fault(code: $0.code, position: $0.position, entryID: $0.entry?.id.description, description: $0.description)
        }
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
            "ID", "NAME", "ADDRESS", "OVER", "AS", "WHOSE", "STATE", "WAITING", "LAST SENT", "FAILURE",
        ])
        for target in results {
            table.add([
                target.id.uuidString.lowercased(), target.name, "\(target.host):\(target.port)", target.transport,
                target.format, target.isOfInstallation ? "installation" : "organization",
                !target.isEnabled ? "paused" : target.failingSince == nil ? "sending" : "failing", "\(target.waiting)",
                target.sentThroughAt?.formatted(.iso8601), target.lastFailure,
            ])
        }
        return table.text
    }
}
