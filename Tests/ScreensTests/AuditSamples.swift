import FoundationEssentials
import Screens
import Terminal
import WireAPI

// A made-up audit, the same in every run.
extension Samples {
    private static let actions: [(String, String, String?, String?)] = [
        ("user.role", "user:\(uuid(0x702).uuidString.lowercased())", #"{"role":"engineer"}"#, #"{"role":"admin"}"#),
        ("queue.pause", "queue:evaluations", nil, #"{"reason":"rubric freeze"}"#),
        ("session.open", "session:\(uuid(0x740).uuidString.lowercased())", nil, nil),
        ("api_key.revoke", "api_key:\(uuid(0x733).uuidString.lowercased())", #"{"name":"leaked"}"#, nil),
        ("content.read", "execution_log:\(uuid(99_999).uuidString.lowercased())", nil, nil),
        (
            "sign_in_policy.update", "organization:\(uuid(2).uuidString.lowercased())",
            #"{"idle_limit_seconds":43200,"wants_second_factor":false,"domains":["acme.fi"]}"#,
            #"{"idle_limit_seconds":7200,"wants_second_factor":true,"domains":["acme.fi"]}"#
        ),
    ]

    /// The entry of a number; higher ones are older.
    static func auditEntry(_ key: Int) -> OperatorAuditEntry {
        let number = abs(key)
        let (action, subject, before, after) = actions[number % actions.count]
        let outcome: OperatorAuditEntry.Outcome = number % 5 == 4 ? .refused : number % 11 == 10 ? .failed : .done
        let kinds = ["user", "api_key", "machine", "unknown"]
        let kind = kinds[number % 7 == 6 ? 1 : number % 13 == 12 ? 3 : number % 17 == 16 ? 2 : 0]
        return OperatorAuditEntry(
            id: uuid(0x8000 - key), createdAt: now.addingTimeInterval(Double(-31 * key) - 0.5), actorKind: kind,
            actorID: kind == "unknown" ? nil : uuid(1), actorKeyID: kind == "api_key" ? uuid(0x730) : nil,
            actorName: kind == "unknown"
                ? "mallory@example.com" : number % 3 == 0 ? "kai@example.com" : "root@example.com",
            actorRole: kind == "unknown" ? nil : "admin", address: "10.2.0.\(14 + number % 3)",
            requestID: "req_01JD9Z7K\(1000 + number)", action: outcome == .refused ? "access.refused" : action,
            subject: subject, outcome: outcome, before: before, after: after, times: number % 5 == 4 ? 12 : 1,
            position: Int64(4812 - key), hash: String(repeating: "8b1c9f02", count: 8), isOfInstallation: false)
    }

    static func auditPage(_ numbers: Range<Int>, next: String? = "older") -> OperatorAuditPage {
        OperatorAuditPage(results: numbers.map { auditEntry($0) }, next: next)
    }

    static let auditChains = OperatorAuditChains(results: [
        .init(
            isOfInstallation: false, length: 4812, sealedThrough: 4800, sealedAt: past(days: 0.002),
            checkedAt: past(days: 0.003), checkedWholeAt: past(days: 0.4), fault: nil),
        .init(
            isOfInstallation: true, length: 97, sealedThrough: 97, sealedAt: past(days: 1),
            checkedAt: past(days: 0.003),
            checkedWholeAt: past(days: 0.4), fault: nil),
    ])

    static let brokenChains = OperatorAuditChains(results: [
        .init(
            isOfInstallation: false, length: 4812, sealedThrough: 4800, sealedAt: past(days: 0.002),
            checkedAt: past(days: 0.003), checkedWholeAt: past(days: 0.4),
            fault: .init(position: 812, reason: "its hash is not that of what it says", foundAt: past(days: 0.01)))
    ])

    static func auditTarget(
        _ number: Int, _ name: String, waiting: Int64 = 0, failure: String? = nil, isEnabled: Bool = true
    ) -> OperatorAuditTarget {
        OperatorAuditTarget(
            id: uuid(number), name: name, host: "logs.example.com", port: 6514, transport: "tls", format: "rfc5424",
            certificateAuthority: "-----BEGIN CERTIFICATE-----", clientCertificate: nil, isEnabled: isEnabled,
            isOfInstallation: false, createdAt: past(days: 30), waiting: waiting, sentThroughAt: past(days: 0.0001),
            lastFailure: failure, failingSince: failure == nil ? nil : past(days: 0.1), revision: 2)
    }

    static let auditTargets = OperatorAuditForwarding(results: [
        auditTarget(0x8801, "siem"),
        auditTarget(0x8802, "rsyslog", waiting: 212, failure: "connection refused by logs.example.com:6514"),
        auditTarget(0x8803, "old collector", waiting: 4000, isEnabled: false),
    ])
}

extension Story {
    /// A console that shows the audit.
    static func audit(
        _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode,
        chains: OperatorAuditChains = Samples.auditChains
    ) -> Story {
        var story = Story.entering(.audit, size, charset: charset)
        story.answer(OperatorAuditChains.path, chains)
        story.answer(OperatorAuditPage.path, Samples.auditPage(0..<60))
        return story
    }
}
