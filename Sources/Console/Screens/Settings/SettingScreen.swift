package import Terminal
internal import WireAPI

/// One setting that is open: every value of it, from where, and which processes have it.
package struct SettingScreen: Screen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable { case copyName }

    package static let bindings: [Binding<Command>] = [
        Binding([.character("c")], .copyName, hint: "copy", "Copy the name of the setting")
    ]

    private static let interval = Duration.seconds(10)

    private var row: SettingRow
    private var instances = Loadable<OperatorInstances>()
    private var reader = Reader()
    private var size = Size(columns: 80, rows: 20)

    init(_ row: SettingRow) { self.row = row }

    package var title: String { row.key }
    package var isSettled: Bool { true }

    package mutating func appear(_ context: inout ScreenContext) {
        instances.loadIfOlder(than: Self.interval, .instances(withSettings: true), &context)
        layOut(context.scope)
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        instances.load(.instances(withSettings: true), &context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        guard instances.receive(answer, &context), let value = instances.value else { return }
        // One that no process has any more keeps what was last known of it.
        if let row = SettingRow.all(value).first(where: { $0.key == row.key }) { self.row = row }
        layOut(context.scope)
    }

    package mutating func tick(_ context: inout ScreenContext) {
        instances.renew(after: Self.interval, .instances(withSettings: true), &context)
    }
    package func wake(after now: Duration) -> Duration? { instances.wake(renewingAfter: Self.interval, now) }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) { context.copy(row.key) }
    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }

    package mutating func resize(_ size: Size) {
        self.size = size
        reader.resize(rows: size.rows)
        if let charset = reader.document?.charset { layOut(charset) }
    }

    private mutating func layOut(_ scope: Scope) { layOut(scope.charset) }
    private mutating func layOut(_ charset: Charset) {
        reader.show(row.document(width: size.columns - 2, charset))
    }

    // MARK: What it tells

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        let columns = area.columns.lowerBound + 1..<max(area.columns.lowerBound + 1, area.columns.upperBound)
        reader.draw(into: &frame, Area(rows: area.rows, columns: columns))
    }

    package func address(_ scope: Scope) -> [Segment] {
        [Segment(row.shown, row.isDiffering ? .bad : .plain), Segment(reader.position, .quiet), instances.age(scope)]
            .filter { !$0.text.isEmpty }
    }

    package func status(_ scope: Scope) -> Segment? {
        instances.failure.map { Segment("Not current: \($0.message)", .bad) }
            ?? Segment(row.standing, row.isDiffering ? .bad : .quiet)
    }

    package func copies(_ scope: Scope) -> [Copy] {
        [Copy("n", "name", row.key)]
            + zip("123456789".unicodeScalars, row.holdings).compactMap { letter, holding in
                holding.value.map { Copy(letter, "value of \(holding.processes.count) processes", $0) }
            }
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        Sheet(
            titles: ["VALUE", "FROM", "IN"],
            rows: row.holdings.map { [$0.value ?? "", $0.source, $0.processes.joined(separator: ", ")] },
            json: Sheet.json(row.holdings))
    }
}
