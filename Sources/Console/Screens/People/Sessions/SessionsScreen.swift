package import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

extension OperatorUserSession: Identifiable {}

/// Who is signed in now, from where and by what; of everybody or of one.
package struct SessionsScreen: WholeTableScreen {
    package typealias Row = OperatorUserSession

    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case nextSection, previousSection
        case end, endAgreed(UUID)
        case endAll, endAllAgreed(UUID)
    }

    package static let bindings: [Binding<Command>] =
        PeopleSection.bindings(next: .nextSection, previous: .previousSection) + [
            Binding(
                [.character("D")], .end, hint: "end", "End the session: its consoles and streams close", .action,
                needs: .sessionEnd),
            Binding(
                [.character("S")], .endAll, hint: "sign out", "End all sessions of its person", .action,
                needs: .sessionEnd),
        ]

    /// Whose they are, `nil` for everybody's.
    private let owner: OperatorUser?
    package var table: WholeTable<OperatorSessionPage, OperatorUserSession>
    private var ending = Awaited<OperatorNothing>()
    private var endingAll = Awaited<OperatorSignedOut>()

    /// Everybody's, or those of one.
    package init(of owner: OperatorUser? = nil) {
        self.owner = owner
        let id = owner?.id
        table = WholeTable(
            of: "sessions",
            WholeList(
                { .sessions(of: id, cursor: $0, limit: 100) }, content: { ($0.results, $0.next) }),
            freshness: .seconds(10),
            Listing(
                SessionColumns.all, sorting: Sorting(column: "used", isDescending: true), facts: SessionQuery.facts),
            SessionQuery.vocabulary)
    }

    package var title: String { owner.map { "Sessions of \($0.label)" } ?? PeopleSection.sessions.title }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .nextSection, .previousSection: owner == nil
        case .end, .endAll: table.selected.map { RoleChoice.reaches($0.userRole, scope) } ?? false
        case .endAgreed, .endAllAgreed: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        guard table.appear(&context) else { return }
        ending.forget()
        endingAll.forget()
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        table.receive(answer, &context)
        if let result = ending.take(answer), context.tell(result, { _ in "The session has ended" }) {
            table.load(&context)
        }
        if let result = endingAll.take(answer),
            context.tell(result, { "Signed out: \(Counted.sessions($0.endedSessions)) ended" })
        {
            table.load(&context)
        }
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        table.hear(event, [.user], &context)
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .nextSection: context.step(from: PeopleSection.sessions, by: 1)
        case .previousSection: context.step(from: PeopleSection.sessions, by: -1)
        case .end: if let session = table.selected { context.present(question(session, context.now)) }
        case .endAgreed(let id): ending.ask(.endSessionOfOthers(id), &context)
        case .endAll:
            guard let session = table.selected else { return }
            let count = table.list.rows.count { $0.userID == session.userID }
            context.present(
                Confirmation(
                    "Sign out \(session.userEmail)",
                    effects: [
                        "\(Counted.sessions(count)) end at once; consoles and streams close.",
                        "They may sign in again, and their keys go on working.",
                    ], typing: "\(count)", at: context.now, Command.endAllAgreed(session.userID)))
        case .endAllAgreed(let user): endingAll.ask(.signOutPerson(user), &context)
        }
    }

    private func question(_ session: OperatorUserSession, _ now: Duration) -> Confirmation {
        var effects = [
            "The session of \(session.userEmail) from \(session.address ?? "an unknown address") ends at once.",
            "Whoever uses it has to sign in again.",
        ]
        if session.isCurrent { effects.append("It is the one that you are in.") }
        return Confirmation("End a session", effects: effects, typing: "end", at: now, Command.endAgreed(session.id))
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        table.draw(into: &frame, area, nothing: "Nobody is signed in.", hint: "", scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        (owner == nil ? PeopleSection.sessions.segments(scope) : []) + table.address(scope)
    }

    package func status(_ scope: Scope) -> Segment? {
        if ending.isWaiting || endingAll.isWaiting { return Segment("Telling the server", .accent) }
        return table.selected.map { session in
            Segment(
                "\(session.userEmail) by \(session.method) with \(session.client ?? "something unknown"), ends \(Formats.dayAndTime(session.expiresAt)), unused \(Formats.dayAndTime(session.idleExpiresAt))"
            )
        }
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        guard let session = table.selected else { return nil }
        return Explanation(
            "Session",
            definition:
                "One sign-in of somebody. It ends when they leave, when it is not used for too long, and in any case at its end. The event stream alone does not keep it open."
        )
        .value(
            "Opened \(Formats.full(session.startedAt)) by \(session.method) from \(session.address ?? "an unknown address")."
        )
        .window("Until \(Formats.full(session.expiresAt)); unused, until \(Formats.full(session.idleExpiresAt)).")
        .freshness("Used: to the minute.")
        .adding("Limits", "The policy sets them: Tab goes on to it.")
    }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let session = table.selected else { return [] }
        let address = session.address.map { [Copy("f", "where it was opened from", $0)] } ?? []
        return [Copy("i", "identifier", session.id.lowercase), Copy("a", "address", session.userEmail)] + address
    }
}
