package import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// Who was invited, and what became of it.
package struct InvitationsScreen: WholeTableScreen {
    package typealias Row = OperatorInvitation

    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case nextSection, previousSection
        case invite
        case withdraw, withdrawAgreed(UUID, email: String)
    }

    package static let bindings: [Binding<Command>] =
        PeopleSection.bindings(next: .nextSection, previous: .previousSection) + [
            Binding(
                [.character("I")], .invite, hint: "invite", "Invite somebody by a link, which is shown once", .action,
                needs: .userCreate),
            Binding(
                [.character("K")], .withdraw, hint: "take back", "Take the invitation back: its link opens nothing",
                .action, needs: .userCreate),
        ]

    package var table = WholeTable(
        of: "invitations",
        WholeList<OperatorInvitationPage, OperatorInvitation>(
            { .invitations(cursor: $0, limit: 100) }, content: { ($0.results, $0.next) }),
        freshness: .seconds(15),
        Listing(
            InvitationColumns.all, sorting: Sorting(column: "created", isDescending: true),
            facts: InvitationQuery.facts),
        InvitationQuery.vocabulary)
    private var withdrawing = Awaited<OperatorNothing>()

    package init() {}

    package var title: String { PeopleSection.invitations.title }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .nextSection, .previousSection, .invite, .withdrawAgreed: true
        case .withdraw: table.selected?.state == .open
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        if table.appear(&context) { withdrawing.forget() }
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        table.receive(answer, &context)
        if let result = withdrawing.take(answer), context.tell(result, { _ in "The link opens nothing any more" }) {
            table.load(&context)
        }
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        table.hear(event, [.user], &context)
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .nextSection: context.step(from: PeopleSection.invitations, by: 1)
        case .previousSection: context.step(from: PeopleSection.invitations, by: -1)
        case .invite: context.push(PersonForm.inviting(context.scope))
        case .withdraw:
            guard let invitation = table.selected else { return }
            context.present(
                Confirmation(
                    "Take back the invitation of \(invitation.email)",
                    effects: ["Its link opens nothing any more. I invites them again."],
                    typing: invitation.email, at: context.now,
                    Command.withdrawAgreed(invitation.id, email: invitation.email)))
        case .withdrawAgreed(let id, _): withdrawing.ask(.withdrawInvitation(id), &context)
        }
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        table.draw(
            into: &frame, area, nothing: "Nobody was invited yet.",
            hint: scope.may(.userCreate) ? "I invites somebody." : "", scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        PeopleSection.invitations.segments(scope) + table.address(scope)
    }

    package func status(_ scope: Scope) -> Segment? {
        if withdrawing.isWaiting { return Segment("Telling the server", .accent) }
        return table.selected.map { Segment("\($0.email): \($0.sentence(scope))", $0.state.ink) }
    }

    package func explanation(_ scope: Scope) -> Explanation? { table.selected?.explanation(scope) }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let invitation = table.selected else { return [] }
        return [Copy("i", "identifier", invitation.id.lowercase), Copy("a", "address", invitation.email)]
    }
}
