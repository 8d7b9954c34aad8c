package import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

extension OperatorAuditTarget: Identifiable {}

/// Where the audit is sent to: how far each receiver is, and what keeps it back.
package struct AuditTargetsScreen: HeldListScreen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case add, edit, toggle
        case certificates, certificate(AuditCertificate), certificateAt(AuditCertificate, path: String)
        case keyAt(path: String)
        case remove, removeAgreed(UUID, name: String)
    }

    package static let bindings: [Binding<Command>] = [
        Binding([.character("N")], .add, hint: "new", "Send the audit to a receiver", .action, needs: .auditForward),
        Binding([.character("E")], .edit, hint: "change", "Change it", .action, needs: .auditForward),
        Binding([.character("P")], .toggle, hint: "pause", "Pause it, or let it go on", .action, needs: .auditForward),
        Binding(
            [.character("C")], .certificates, "Give certificates from files of this machine", .action,
            needs: .auditForward),
        Binding([.character("K")], .remove, "Remove it", .action, needs: .auditForward),
    ]

    package var held = HeldList(
        of: "receivers of the audit", OperatorRequest<OperatorAuditForwarding>.auditForwarding(),
        freshness: .seconds(5),
        Listing(
            AuditTargetColumns.all, sorting: Sorting(column: "name", isDescending: false),
            facts: { Query.Facts(words: [$0.name, $0.host]) }),
        [], rows: { $0.results })
    private var changing = Awaited<OperatorAuditTarget>()
    private var removing = Awaited<OperatorNothing>()
    /// What the file is that is read, and whose.
    private var reading: (file: CertificateFile, of: OperatorAuditTarget)?
    /// The certificate of which the key is asked for.
    private var certificate: (text: String, of: OperatorAuditTarget)?

    /// A file of a receiver over TLS.
    private enum CertificateFile: Sendable {
        case first(AuditCertificate)
        case key(of: String)
    }
    private var success = ""

    package init() {}

    package var title: String { "Forwarding" }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .add, .certificate, .certificateAt, .keyAt, .removeAgreed: true
        case .edit, .toggle, .remove: held.selected != nil
        case .certificates: held.selected?.transport == AuditTargetForm.tls
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        guard held.appear(&context) else { return }
        changing.forget()
        removing.forget()
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        held.receive(answer, &context)
        let success = success
        if let result = changing.take(answer), context.tell(result, { _ in success }) { held.load(&context) }
        if let result = removing.take(answer), context.tell(result, { _ in success }) { held.load(&context) }
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .add: context.push(AuditTargetForm.adding())
        case .edit: if let target = held.selected { context.push(AuditTargetForm.changing(target)) }
        case .toggle:
            guard let target = held.selected else { return }
            var draft = target.draft
            draft.isEnabled = !target.isEnabled
            change(
                target, draft, target.isEnabled ? "\(target.name) is paused: entries wait" : "\(target.name) goes on",
                &context)
        case .certificates: context.present(AuditCertificate.menu(Command.certificate))
        case .certificate(let kind):
            context.present(Self.path(of: kind.fileLabel, such: "~/ca.pem") { .certificateAt(kind, path: $0) })
        case .certificateAt(let kind, let path):
            guard let target = held.selected else { return }
            reading = (.first(kind), target)
            context.read(path)
        case .keyAt(let path):
            guard let (text, target) = certificate else { return }
            certificate = nil
            reading = (.key(of: text), target)
            context.read(path)
        case .remove:
            guard let target = held.selected else { return }
            context.present(
                Confirmation(
                    "Stop sending the audit to \(target.name)",
                    effects: [
                        "\(Formats.count(Int(target.waiting))) entries wait and are not sent there any more.",
                        "A receiver that is made anew begins where it is told to.",
                    ], typing: target.name, at: context.now, Command.removeAgreed(target.id, name: target.name)))
        case .removeAgreed(let id, let name):
            success = "\(name) gets nothing any more"
            removing.ask(.removeAuditTarget(id), &context)
        }
    }

    private static func path(
        of label: String, such example: String, _ command: @escaping @Sendable (String) -> Command
    ) -> Prompt {
        Prompt(
            label, hint: "A PEM file on this machine, such as \(example)",
            problem: { $0.isEmpty ? "A path is needed" : nil }, command)
    }

    private mutating func change(
        _ target: OperatorAuditTarget, _ draft: OperatorAuditTargetDraft, _ success: String,
        _ context: inout ScreenContext
    ) {
        self.success = success
        changing.ask(.changeAuditTarget(target.id, draft), &context)
    }

    package mutating func read(_ file: Result<String, FileFailure>, _ context: inout ScreenContext) {
        guard let (kind, target) = reading else { return }
        reading = nil
        switch file {
        case .success(let text):
            var draft = target.draft
            switch kind {
            case .first(.authority):
                draft.certificateAuthority = text
                change(target, draft, "\(target.name) has another authority", &context)
            case .first(.client):
                certificate = (text, target)
                context.present(Self.path(of: AuditCertificate.keyLabel, such: "~/key.pem") { .keyAt(path: $0) })
            case .key(let certificate):
                draft.clientCertificate = certificate
                draft.clientKey = text
                change(target, draft, "\(target.name) is shown another certificate", &context)
            }
        case .failure(let failure): context.say("Nothing was changed: \(failure.message)", .bad)
        }
    }

    // MARK: Picture

    package func emptyHint(_ scope: Scope) -> String { "N sends it to a collector, such as rsyslog or a SIEM." }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        held.draw(into: &frame, area, hint: emptyHint(scope), scope)
    }

    package func address(_ scope: Scope) -> [Segment] { held.address(scope) }

    package func status(_ scope: Scope) -> Segment? {
        if changing.isWaiting || removing.isWaiting { return Segment("Telling the server", .accent) }
        return held.selected?.standing(scope)
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        held.selected.map { target in
            Explanation(
                target.name,
                definition:
                    "A receiver that every entry of the audit is sent to, in order. Where it is down entries wait, and none is lost; after a break one may come twice, never none."
            ).value(target.standing(scope).text, target.standing(scope).ink)
                .adding("Form", "\(target.format) over \(target.transport) to \(target.host):\(target.port)")
        }
    }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let target = held.selected else { return [] }
        let failure = target.lastFailure.map { [Copy("e", "last failure", $0)] } ?? []
        return [Copy("i", "identifier", target.id.lowercase), Copy("a", "address", "\(target.host):\(target.port)")]
            + failure
    }
}
