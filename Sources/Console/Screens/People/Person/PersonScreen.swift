import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// Somebody who is open: what they may do, what is theirs, and how they get in.
package struct PersonScreen: Screen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case keys, sessions, audit
        case act(PersonAction)
    }

    package static let bindings: [Binding<Command>] =
        [
            Binding([.character("d")], .keys, hint: "keys", "Show their keys", needs: .apiKeyRead),
            Binding([.character("s")], .sessions, hint: "sessions", "Show their open sessions", needs: .sessionRead),
            Binding([.character("t")], .audit, hint: "audit", "Show what they did", needs: .auditRead),
        ] + PersonAction.bindings(Command.act)

    private static let freshness = Duration.seconds(15)

    private let opened: OperatorUser
    private var content = Loadable<OperatorUserDetail>()
    private var actions = PersonActions()
    private var reader = Reader()
    private var session = SessionWatch()
    private var size = Size(columns: 80, rows: 20)
    private var scope: Scope?

    package init(_ user: OperatorUser) { opened = user }

    private var user: OperatorUser { content.value?.user ?? opened }

    package var title: String { user.label }
    package var isSettled: Bool { content.isSettled }
    package var failure: ServerFailure? { content.value == nil ? content.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        // Others' keys are seen by those who look after people.
        case .keys: scope.may(.userUpdate) || user.id == scope.session?.user.id
        case .audit: true
        case .sessions: user.kind == .person
        case .act(let action): PersonActions.can(action, on: user, scope)
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        scope = context.scope
        if session.hasChanged(context.scope) {
            actions = PersonActions()
            content.load(.person(opened.id), &context)
        } else {
            content.loadIfOlder(than: .seconds(1), .person(opened.id), &context)
        }
        layOut()
    }

    package mutating func refresh(_ context: inout ScreenContext) { content.load(.person(opened.id), &context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        scope = context.scope
        if actions.receive(answer, &context, Command.act) { refresh(&context) }
        if content.receive(answer, &context) { layOut() }
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        guard case .catalogueChanged(let change) = event, change.subject.kind == .user, !content.isLoading else {
            return
        }
        content.load(.person(opened.id), delay: .milliseconds(300), &context)
    }

    package mutating func tick(_ context: inout ScreenContext) {
        scope = context.scope
        content.renew(after: Self.freshness, .person(opened.id), &context)
    }
    package func wake(after now: Duration) -> Duration? { content.wake(renewingAfter: Self.freshness, now) }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .keys: context.push(KeysScreen(of: user))
        case .sessions: context.push(SessionsScreen(of: user))
        case .audit:
            if let name = QueryText.quoted(user.label) { context.show(.audit, query: "actor:\(name)") }
        case .act(let action): actions.perform(action, on: user, &context, Command.act)
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
        let width = min(112, max(1, size.columns - 2))
        reader.show(PersonDocument(user, content.value).document(width: width, scope))
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        reader.draw(into: &frame, Area(rows: area.rows, columns: area.right(of: 1).columns))
    }

    package func address(_ scope: Scope) -> [Segment] {
        [
            Segment(user.standing.text, user.standing.ink), Segment(user.role), Segment(reader.position),
            content.age(scope),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let status = actions.status { return status }
        if let failure = content.failure { return Segment("Not current: \(failure.message)", .bad) }
        return Segment(user.access)
    }

    package func explanation(_ scope: Scope) -> Explanation? { user.explanation(scope) }
    package func copies(_ scope: Scope) -> [Copy] { user.copies }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard let detail = content.value else { return nil }
        return Sheet(
            titles: ["PROJECT", "ROLE", "SINCE", "BY"],
            rows: detail.grants.map {
                [$0.project.label, $0.role, Formats.day($0.createdAt), $0.grantedBy?.email ?? ""]
            }, json: Sheet.json(detail))
    }
}
