import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// API keys: what opens what, until when, and when it was used last. Everybody's, somebody's, or one's own.
package struct KeysScreen: WholeTableScreen {
    package typealias Row = OperatorAPIKey

    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case open, nextSection, previousSection, toggleEnded
        case act(KeyAction)
    }

    package static let bindings: [Binding<Command>] =
        [
            Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the key"),
            Binding([.character("!")], .toggleEnded, hint: "usable", "Show only what opens something, or all again"),
        ] + PeopleSection.bindings(next: .nextSection, previous: .previousSection)
        + [
            Binding(
                [.character("N")], .act(.make), hint: "new", "Make a key, which is shown once", .action,
                needs: .apiKeyCreate)
        ] + KeyAction.bindings(Command.act)

    /// Whose keys are shown.
    private enum Place: Sendable {
        case room
        case user(OperatorUser)
        case own
    }

    private let place: Place
    package var table: WholeTable<OperatorAPIKeyPage, OperatorAPIKey>
    private var actions = KeyActions()

    /// Those that the person who is signed in may see: everybody's, or their own.
    package init() { self.init(.room) }
    /// Somebody's.
    package init(of user: OperatorUser) { self.init(.user(user)) }
    /// Those of the person who is signed in.
    package static var own: KeysScreen { KeysScreen(.own) }

    private init(_ place: Place) {
        self.place = place
        table = Self.table(Self.filter(place, seesAll: false))
    }

    private static func filter(_ place: Place, seesAll: Bool) -> OperatorAPIKeyFilter {
        switch place {
        case .room: OperatorAPIKeyFilter(seesAll ? .everybody : .caller)
        case .user(let user): OperatorAPIKeyFilter(.user(user.id))
        case .own: OperatorAPIKeyFilter(.caller)
        }
    }

    private static func table(_ filter: OperatorAPIKeyFilter) -> WholeTable<OperatorAPIKeyPage, OperatorAPIKey> {
        WholeTable(
            of: "keys", WholeList({ .keys(filter, cursor: $0) }, content: { ($0.results, $0.next) }),
            freshness: .seconds(15),
            Listing(KeyColumns.all, sorting: Sorting(column: "used", isDescending: true), facts: KeyQuery.facts),
            KeyQuery.vocabulary)
    }

    package var title: String {
        switch place {
        case .room: PeopleSection.keys.title
        case .user(let user): "Keys of \(user.label)"
        case .own: "Your keys"
        }
    }

    private var isInRoom: Bool { if case .room = place { true } else { false } }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open: table.selected != nil
        case .toggleEnded: true
        case .nextSection, .previousSection: isInRoom
        case .act(let action): KeyActions.can(action, on: table.selected, for: owner)
        }
    }

    /// For whom a new key acts, where it is not the person who is signed in.
    private var owner: OperatorUser? { if case .user(let user) = place { user } else { nil } }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        // Who may look after people sees everybody's keys.
        if isInRoom, !table.isRead, context.scope.may(.userUpdate) {
            table = Self.table(Self.filter(place, seesAll: true))
        }
        if table.appear(&context) { actions = KeyActions() }
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if actions.receive(answer, &context) { table.load(&context) }
        table.receive(answer, &context)
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        table.hear(event, [.user], &context)
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open: if let key = table.selected { context.push(KeyScreen(key)) }
        case .toggleEnded:
            var text = QueryText(query)
            text.set("state", text.contains("state:usable") ? nil : "usable")
            apply(query: text.text, &context)
        case .nextSection: context.step(from: PeopleSection.keys, by: 1)
        case .previousSection: context.step(from: PeopleSection.keys, by: -1)
        case .act(let action): actions.perform(action, on: table.selected, for: owner, &context, Command.act)
        }
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        let mayMake = scope.may(.apiKeyCreate) && KeyActions.can(.make, on: nil, for: owner)
        table.draw(into: &frame, area, hint: mayMake ? "N makes the first one." : "", scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        (isInRoom ? PeopleSection.keys.segments(scope) : []) + table.address(scope)
    }

    package func status(_ scope: Scope) -> Segment? {
        if let status = actions.status { return status }
        return table.selected.map {
            Segment("\($0.prefix) \($0.scopeWords), \($0.endWords(scope))", $0.standing(scope).ink)
        }
    }

    package func explanation(_ scope: Scope) -> Explanation? { table.selected?.explanation(scope) }
    package func copies(_ scope: Scope) -> [Copy] { table.selected?.copies ?? [] }
}
