package import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// One identity provider that is open: what it says of itself, what we are to it, and what was wrong when it was tried.
package struct IdentityProviderScreen: Screen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case test, edit, refresh, renewKey, renewKeyAgreed
        case replaceMetadata, metadataFromFile, metadataFromPath(String), metadataInEditor
        case remove, removeAgreed(UUID, revision: Int, name: String)
        case audit
    }

    package static let bindings: [Binding<Command>] = [
        Binding(
            [.character("t")], .audit, hint: "audit", "Show the sign-ins by it, refused ones too", needs: .auditRead),
        Binding(
            [.character("T")], .test, hint: "test", "Try the connection, and explain what is wrong", .action,
            needs: .identityProviderUpdate),
        Binding(
            [.character("E")], .edit, hint: "change", "Change what it is asked and believed", .action,
            needs: .identityProviderUpdate),
        Binding(
            [.character("R")], .refresh, "Read its metadata anew at their URL", .action,
            needs: .identityProviderUpdate),
        Binding(
            [.character("M")], .replaceMetadata, "Put other metadata in the place of these", .action,
            needs: .identityProviderUpdate),
        Binding(
            [.character("U")], .renewKey, "Make the key that takes the place of ours; once more: it does now", .action,
            needs: .identityProviderUpdate),
        Binding([.character("K")], .remove, "Remove it", .action, needs: .identityProviderUpdate),
    ]

    private static let freshness = Duration.seconds(30)

    private let opened: OperatorIdentityProvider
    private var content = Loadable<OperatorIdentityProvider>()
    private var testing = Awaited<OperatorIdentityProviderTest>()
    private var changing = Awaited<OperatorIdentityProvider>()
    private var removing = Awaited<OperatorNothing>()
    private var test: OperatorIdentityProviderTest?
    /// Whether it is tried as soon as it is seen.
    private var isTested: Bool
    private var success = ""
    private var reader = Reader()
    private var session = SessionWatch()
    private var size = Size(columns: 80, rows: 20)
    private var scope: Scope?

    package init(_ provider: OperatorIdentityProvider, isTested: Bool = false) {
        opened = provider
        self.isTested = isTested
    }

    private var provider: OperatorIdentityProvider { content.value ?? opened }

    package var title: String { provider.settings.name }
    package var isSettled: Bool { content.isSettled }
    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .refresh: provider.settings.metadataURL != nil
        case .test: !testing.isWaiting
        case .edit, .renewKey, .renewKeyAgreed, .replaceMetadata, .metadataFromFile, .metadataFromPath,
            .metadataInEditor, .remove, .removeAgreed, .audit:
            true
        }
    }

    // MARK: Data

    private var request: OperatorRequest<OperatorIdentityProvider> { .identityProvider(opened.id) }

    package mutating func appear(_ context: inout ScreenContext) {
        scope = context.scope
        if session.hasChanged(context.scope) {
            testing.forget()
            changing.forget()
            removing.forget()
        }
        content.loadIfOlder(than: .seconds(1), request, &context)
        if isTested {
            isTested = false
            testing.ask(.testIdentityProvider(opened.id), &context)
        }
        layOut()
    }

    package mutating func refresh(_ context: inout ScreenContext) { content.load(request, &context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        scope = context.scope
        if let result = testing.take(answer), let test = context.reply(of: result) {
            self.test = test
            reader.move(.start)
            layOut()
        }
        let success = success
        if let result = changing.take(answer), context.tell(result, { _ in success }) { refresh(&context) }
        if let result = removing.take(answer), context.tell(result, { _ in success }) { return context.pop() }
        if content.receive(answer, &context) { layOut() }
    }

    package mutating func tick(_ context: inout ScreenContext) {
        scope = context.scope
        content.renew(after: Self.freshness, request, &context)
    }
    package func wake(after now: Duration) -> Duration? { content.wake(renewingAfter: Self.freshness, now) }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .audit: context.show(.audit, query: "subject:identity_provider:\(opened.id.lowercase)")
        case .test: testing.ask(.testIdentityProvider(opened.id), &context)
        case .edit: context.push(IdentityProviderForm.changing(provider))
        case .refresh:
            success = "Its metadata are read anew"
            changing.ask(.refreshIdentityProvider(opened.id), &context)
        case .renewKey: context.present(renewal(at: context.now))
        case .renewKeyAgreed:
            success = "The certificates are below: give the newest to its administrator"
            changing.ask(.renewKey(ofIdentityProvider: opened.id), &context)
        case .replaceMetadata:
            context.present(
                Menu(
                    "Its metadata come from",
                    [
                        Menu.Item(.character("f"), "A file of this machine", Command.metadataFromFile),
                        Menu.Item(.character("e"), "Your editor: paste the XML there", Command.metadataInEditor),
                    ]))
        case .metadataFromFile: context.present(MetadataSource.prompt(Command.metadataFromPath))
        case .metadataFromPath(let path): context.read(path)
        case .metadataInEditor: context.edit("", suffix: ".xml")
        case .remove: context.present(removal(at: context.now))
        case .removeAgreed(let id, let revision, let name):
            success = "\(name) is removed"
            removing.ask(.deleteIdentityProvider(id, revision: revision), &context)
        }
    }

    private func renewal(at now: Duration) -> Confirmation {
        let isSecond = provider.ours.certificates.count > 1
        return Confirmation(
            isSecond ? "Use our new key now" : "Make a new key of ours",
            effects: isSecond
                ? ["We sign with it from now on: where its administrator has not taken it over, nobody signs in."]
                : [
                    "Our metadata name both from now on; we go on signing with the present one.",
                    "Give the new certificate to its administrator, then press U once more.",
                ], typing: "key", at: now, Command.renewKeyAgreed)
    }

    private func removal(at now: Duration) -> Confirmation {
        Confirmation(
            "Remove \(provider.settings.name)",
            effects: [
                "\(Counted.people(provider.peopleCount)) signed in by it. Who has no password gets in nowhere any more.",
                "Sessions that are open stay open until they end.",
            ], typing: provider.settings.name, at: now,
            Command.removeAgreed(provider.id, revision: provider.revision, name: provider.settings.name))
    }

    package mutating func read(_ file: Result<String, FileFailure>, _ context: inout ScreenContext) {
        switch file {
        case .success(let text): replaceMetadata(text, &context)
        case .failure(let failure): context.say("Nothing was changed: \(failure.message)", .bad)
        }
    }

    package mutating func edited(_ text: String?, _ context: inout ScreenContext) {
        guard let text, !text.trimmingBlanks.isEmpty else {
            context.say("No metadata: nothing was changed")
            return
        }
        replaceMetadata(text, &context)
    }

    private mutating func replaceMetadata(_ text: String, _ context: inout ScreenContext) {
        success = "Its metadata are taken over"
        let draft = OperatorIdentityProviderDraft(
            settings: provider.settings.withoutURL, metadata: text, revision: provider.revision)
        changing.ask(.changeIdentityProvider(opened.id, to: draft), &context)
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }
    package mutating func resize(_ size: Size) {
        self.size = size
        layOut()
    }

    // MARK: What it tells

    private mutating func layOut() {
        reader.resize(rows: size.rows)
        guard let scope else { return }
        let width = min(112, max(1, size.columns - 2))
        reader.show(IdentityProviderDocument(provider, test).document(width: width, scope))
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        reader.draw(into: &frame, Area(rows: area.rows, columns: area.right(of: 1).columns))
    }

    package func address(_ scope: Scope) -> [Segment] {
        [
            provider.settings.isEnabled ? Segment("on", .good) : Segment("off", .caution), Segment(reader.position),
            content.age(scope),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if testing.isWaiting { return Segment("Trying the connection", .accent) }
        if changing.isWaiting || removing.isWaiting { return Segment("Telling the server", .accent) }
        if let failure = content.failure { return Segment("Not current: \(failure.message)", .bad) }
        return provider.standing(scope)
    }

    package func explanation(_ scope: Scope) -> Explanation? { provider.explanation(scope) }
    package func copies(_ scope: Scope) -> [Copy] { provider.copies }

    package func sheet(_ scope: Scope) -> Sheet? {
        Sheet(
            titles: ["CHECK", "OUTCOME", "FINDING", "ADVICE"],
            rows: (test?.checks ?? []).map { [$0.name, $0.outcome.word, $0.finding, $0.advice ?? ""] },
            json: Sheet.json(provider))
    }
}

extension OperatorIdentityProviderSettings {
    /// With metadata that are given as text: nothing is read at a URL any more.
    fileprivate var withoutURL: OperatorIdentityProviderSettings {
        OperatorIdentityProviderSettings(
            name: name, isEnabled: isEnabled, metadataURL: nil, entityID: entityID, attributes: attributes,
            roles: roles, defaultRole: defaultRole, domains: domains, createsPeople: createsPeople,
            allowsUnsolicited: allowsUnsolicited, clockSkewSeconds: clockSkewSeconds)
    }
}
