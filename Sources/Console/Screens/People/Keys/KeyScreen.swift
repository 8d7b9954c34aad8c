import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// One key that is open: what it may do, from where, until when, and who made it.
package struct KeyScreen: Screen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case audit
        case act(KeyAction)
    }

    package static let bindings: [Binding<Command>] =
        [Binding([.character("t")], .audit, hint: "audit", "Show what was done with it", needs: .auditRead)]
        + KeyAction.bindings(Command.act)

    private static let freshness = Duration.seconds(15)

    private let opened: OperatorAPIKey
    private var content = Loadable<OperatorAPIKey>()
    private var actions = KeyActions()
    private var reader = Reader()
    private var session = SessionWatch()
    private var size = Size(columns: 80, rows: 20)
    private var scope: Scope?

    package init(_ key: OperatorAPIKey) { opened = key }

    private var key: OperatorAPIKey { content.value ?? opened }

    package var title: String { key.name }
    package var isSettled: Bool { content.isSettled }
    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .audit: true
        case .act(let action): KeyActions.can(action, on: key)
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        scope = context.scope
        if session.hasChanged(context.scope) { actions = KeyActions() }
        content.loadIfOlder(than: .seconds(1), .key(opened.id), &context)
        layOut()
    }

    package mutating func refresh(_ context: inout ScreenContext) { content.load(.key(opened.id), &context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        scope = context.scope
        if actions.receive(answer, &context) { refresh(&context) }
        if content.receive(answer, &context) { layOut() }
    }

    package mutating func tick(_ context: inout ScreenContext) {
        scope = context.scope
        content.renew(after: Self.freshness, .key(opened.id), &context)
    }
    package func wake(after now: Duration) -> Duration? { content.wake(renewingAfter: Self.freshness, now) }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .audit: context.show(.audit, query: opened.id.lowercase)
        case .act(let action): actions.perform(action, on: key, &context, Command.act)
        }
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
        var document = Document(width: min(112, max(1, size.columns - 2)), charset: scope.charset)
        FactList(facts: facts(scope)).add(to: &document)
        document.title("May do", note: key.scopes == ["*"] ? "" : Formats.count(key.scopes.count))
        document.body(key.scopes == ["*"] ? "All that its owner may." : key.scopes.joined(separator: ", "))
        document.title("May be used from")
        document.body(key.addressRanges.isEmpty ? "Everywhere." : key.addressRanges.joined(separator: ", "))
        reader.show(document)
    }

    private func facts(_ scope: Scope) -> [NamedFact] {
        let standing = key.standing(scope)
        let used = key.lastUsedAt.map { at in
            "\(Formats.full(at))" + (key.lastUsedAddress.map { " from \($0)" } ?? "")
        }
        var facts = [
            NamedFact("state", "\(standing.text): \(key.endWords(scope))", standing.ink),
            NamedFact("begins with", key.prefix, .strong),
            NamedFact("acts for", key.ownerLabel + (key.owner.isServiceAccount ? " (service account)" : "")),
            NamedFact("project", key.project?.label ?? "the organisation's default"),
            NamedFact("used", used ?? "never"), .divider,
            NamedFact("made", Formats.full(key.createdAt)),
            NamedFact("made by", key.createdBy?.email ?? "somebody on the server"),
        ]
        if let former = key.replaces { facts.append(NamedFact("replaces", former.lowercase, .quiet)) }
        return facts + [NamedFact("identifier", key.id.lowercase, .quiet)]
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        reader.draw(into: &frame, Area(rows: area.rows, columns: area.right(of: 1).columns))
    }

    package func address(_ scope: Scope) -> [Segment] {
        [key.standing(scope), Segment(reader.position), content.age(scope)]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let status = actions.status { return status }
        return content.failure.map { Segment("Not current: \($0.message)", .bad) }
    }

    package func explanation(_ scope: Scope) -> Explanation? { key.explanation(scope) }
    package func copies(_ scope: Scope) -> [Copy] { key.copies }

    package func sheet(_ scope: Scope) -> Sheet? {
        Sheet(
            titles: ["FACT", "VALUE"], rows: facts(scope).filter { !$0.label.isEmpty }.map { [$0.label, $0.value] },
            json: Sheet.json(key))
    }
}
