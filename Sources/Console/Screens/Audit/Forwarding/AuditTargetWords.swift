import FoundationEssentials
import Terminal
import WireAPI

extension OperatorAuditTarget {
    /// How it does, in a sentence.
    func standing(_ scope: Scope) -> Segment {
        guard isEnabled else { return Segment("paused: \(Formats.count(Int(waiting))) wait", .caution) }
        if let failure = lastFailure, let since = failingSince {
            return Segment("failing for \(ItemFigures.age(since, scope)): \(failure)", .bad)
        }
        if waiting > 0 { return Segment("\(Formats.count(Int(waiting))) on their way", .accent) }
        return Segment(
            sentThroughAt.map { "has everything through \(Formats.dayAndTime($0))" } ?? "nothing was sent yet", .good)
    }

    /// What it is, to be changed.
    var draft: OperatorAuditTargetDraft {
        var draft = OperatorAuditTargetDraft(name: name, host: host, port: port, transport: transport, format: format)
        draft.certificateAuthority = certificateAuthority
        draft.clientCertificate = clientCertificate
        draft.isEnabled = isEnabled
        draft.revision = revision
        return draft
    }
}

/// What a receiver over TLS needs from files.
package enum AuditCertificate: Sendable, Hashable, CaseIterable {
    case authority
    /// A certificate that is shown to it, with its key: neither is anything without the other.
    case client

    var label: String {
        switch self {
        case .authority: "The authority that its certificate is checked with"
        case .client: "The certificate that is shown to it, and its key"
        }
    }

    /// What its first file is.
    var fileLabel: String {
        switch self {
        case .authority: label
        case .client: "The certificate that is shown to it"
        }
    }

    static let keyLabel = "The key of that certificate"

    static func menu<Command: Sendable & Hashable>(_ command: (AuditCertificate) -> Command) -> Menu {
        Menu(
            "Give from a file",
            zip("ac".unicodeScalars, allCases).map { letter, kind in
                Menu.Item(.character(letter), kind.label, command(kind))
            })
    }
}

/// The columns of the list of receivers.
enum AuditTargetColumns {
    static let all: [Column<OperatorAuditTarget>] = [
        Column(
            "name", "RECEIVER", .flexible(minimum: 12), precedes: ascending { $0.name.lowercased() },
            ink: { target, _ in target.isEnabled ? .strong : .quiet }, text: { target, _ in target.name }),
        Column(
            "address", "ADDRESS", .flexible(minimum: 16), rank: 2, ink: { _, _ in .quiet },
            text: { target, _ in "\(target.host):\(target.port)" }),
        Column(
            "form", "FORM", .fixed(12), rank: 3, ink: { _, _ in .quiet },
            text: { target, _ in "\(target.format) \(target.transport)" }),
        Column(
            "waiting", "WAITING", .fixed(8), isNumber: true, precedes: ascending { $0.waiting },
            ink: { target, _ in target.waiting > 0 ? .accent : .quiet },
            text: { target, _ in Formats.count(Int(target.waiting)) }),
        Column(
            "standing", "HOW IT DOES", .flexible(minimum: 20), rank: 1,
            ink: { target, scope in target.standing(scope).ink }, text: { target, scope in target.standing(scope).text }
        ),
    ]
}

/// Sending the audit somewhere, and changing that.
enum AuditTargetForm {
    static let tls = "tls"

    static func adding() -> FormScreen<OperatorAuditTarget> {
        FormScreen(
            "Send the audit to a receiver",
            note:
                "Every entry from now on is sent there, in order; where it is down, entries wait. C gives certificates from files.",
            Form(
                fields(nil) + [
                    .decision("from_start", "From the start", hint: "also what was done before", isOn: false)
                ])
        ) { values throws(FormProblem) in
            .addAuditTarget(try draft(values, nil))
        } done: { target, context in
            context.say("\(target.name) gets the audit", .good)
        }
    }

    static func changing(_ target: OperatorAuditTarget) -> FormScreen<OperatorAuditTarget> {
        FormScreen(
            "Change \(target.name)", note: "It goes on where it is, unless everything is sent again.",
            Form(fields(target) + [.decision("from_start", "Send all again", isOn: false)])
        ) { values throws(FormProblem) in
            .changeAuditTarget(target.id, try draft(values, target))
        } done: { target, context in
            context.say("\(target.name) is changed", .good)
        }
    }

    private static func fields(_ target: OperatorAuditTarget?) -> [FormField] {
        [
            .text("name", "Name", hint: "such as siem", value: target?.name ?? "", isRequired: true),
            .text("host", "Host", hint: "such as logs.example.com", value: target?.host ?? "", isRequired: true),
            .text("port", "Port", hint: "6514 is usual for TLS", value: "\(target?.port ?? 6514)", isRequired: true),
            .choice(
                "transport", "Over",
                [FormField.Choice(tls, "TLS"), FormField.Choice("tcp", "TCP, which others can read")],
                value: target?.transport),
            .choice(
                "format", "As",
                [
                    FormField.Choice("rfc5424", "RFC 5424 (syslog)"), FormField.Choice("json", "JSON lines"),
                    FormField.Choice("cef", "CEF"),
                ], value: target?.format),
        ]
    }

    private static func draft(
        _ values: FormValues, _ target: OperatorAuditTarget?
    ) throws(FormProblem) -> OperatorAuditTargetDraft {
        guard let port = try values.count("port", in: 1...65_535) else { throw FormProblem("port", "this is needed") }
        var draft = OperatorAuditTargetDraft(
            name: values["name"], host: values["host"], port: port, transport: values["transport"],
            format: values["format"])
        draft.certificateAuthority = target?.certificateAuthority
        draft.clientCertificate = target?.clientCertificate
        draft.isEnabled = target?.isEnabled
        draft.revision = target?.revision
        draft.fromStart = values.isOn("from_start") ? true : nil
        return draft
    }
}
