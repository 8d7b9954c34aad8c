import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// The people of the organisation and its service accounts: who gets in, and as what.
package struct PeopleScreen: WholeTableScreen {
    package typealias Row = OperatorUser

    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case open, nextSection, previousSection
        case act(PersonAction)
    }

    package static let bindings: [Binding<Command>] =
        [
            Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open who is under the cursor")
        ] + PeopleSection.bindings(next: .nextSection, previous: .previousSection)
        + PersonAction.listBindings(Command.act)

    package var table = WholeTable(
        of: "people",
        WholeList<OperatorUserPage, OperatorUser>(
            { .people(cursor: $0, limit: 100) }, content: { ($0.results, $0.next) }),
        freshness: .seconds(15),
        Listing(PeopleColumns.all, sorting: Sorting(column: "name", isDescending: false), facts: PeopleQuery.facts),
        PeopleQuery.vocabulary)
    private var actions = PersonActions()

    package init() {}

    package var title: String { Room.people.title }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open: table.selected != nil
        case .nextSection, .previousSection: true
        case .act(let action): PersonActions.can(action, on: table.selected, scope)
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        if table.appear(&context) { actions = PersonActions() }
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if actions.receive(answer, &context, Command.act) { table.load(&context) }
        table.receive(answer, &context)
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        table.hear(event, [.user], &context)
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open: if let user = table.selected { context.push(PersonScreen(user)) }
        case .nextSection: context.step(from: PeopleSection.people, by: 1)
        case .previousSection: context.step(from: PeopleSection.people, by: -1)
        case .act(let action): actions.perform(action, on: table.selected, &context, Command.act)
        }
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        table.draw(into: &frame, area, hint: scope.may(.userCreate) ? "I invites the first one." : "", scope)
    }

    package func address(_ scope: Scope) -> [Segment] { PeopleSection.people.segments(scope) + table.address(scope) }

    package func status(_ scope: Scope) -> Segment? {
        if let status = actions.status { return status }
        return table.selected.map { Segment("\($0.fullName.isEmpty ? $0.email : $0.fullName): \($0.access)") }
    }

    package func explanation(_ scope: Scope) -> Explanation? { table.selected?.explanation(scope) }
    package func copies(_ scope: Scope) -> [Copy] { table.selected?.copies ?? [] }
}
