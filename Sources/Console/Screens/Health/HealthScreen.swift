internal import FoundationEssentials
package import Terminal
internal import WireAPI

/// How the installation is: what is wrong comes first, with what to do; then every process, the stores and the rest.
package struct HealthScreen: ListingScreen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case open, settings, toggleUnwell
    }

    package static let bindings: [Binding<Command>] = [
        Binding(
            [Key(.enter), Key(.right), .character("l")], .open, hint: "go there",
            "Go to the screen that shows more of it"),
        Binding([.character("s")], .settings, hint: "settings", "Show the settings, of a process its own"),
        Binding([.character("!")], .toggleUnwell, hint: "unwell", "Show only what is not well, or all again"),
    ]

    /// While somebody looks, what is shown is at most this old.
    private static let interval = Duration.seconds(5)
    private static let unwell = "fail,warn"

    /// At first what is wrong comes first.
    package var list = Listing(
        HealthColumns.all, sorting: Sorting(column: "server", isDescending: false), facts: HealthColumns.facts)
    private(set) var diagnosis = Loadable<OperatorDiagnosis>()
    private(set) var instances = Loadable<OperatorInstances>()
    private var size = Size(columns: 80, rows: 20)
    private var session = SessionWatch()

    package init() {}

    package var title: String { Room.health.title }
    package var isSettled: Bool { diagnosis.isSettled && instances.isSettled }
    package var failure: ServerFailure? { isRead ? nil : diagnosis.failure ?? instances.failure }
    /// Whether anything is known.
    var isRead: Bool { diagnosis.value != nil || instances.value != nil }
    /// Why what is shown is not current.
    var complaint: ServerFailure? { diagnosis.failure ?? instances.failure }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open: list.selected?.room != nil
        case .settings, .toggleUnwell: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        guard !session.hasChanged(context.scope) else { return refresh(&context) }
        diagnosis.loadIfOlder(than: Self.interval, .diagnosis, &context)
        instances.loadIfOlder(than: Self.interval, .instances(withSettings: false), &context)
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        diagnosis.load(.diagnosis, &context)
        instances.load(.instances(withSettings: false), &context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        let wasSettled = isSettled
        guard diagnosis.receive(answer, &context) || instances.receive(answer, &context), isRead else { return }
        list.set(HealthRow.all(diagnosis.value, instances.value))
        // Until all is known, the worst may still come.
        if !wasSettled { list.move(.start) }
        resize(size)
    }

    package mutating func tick(_ context: inout ScreenContext) {
        diagnosis.renew(after: Self.interval, .diagnosis, &context)
        instances.renew(after: Self.interval, .instances(withSettings: false), &context)
    }

    package func wake(after now: Duration) -> Duration? {
        [diagnosis.wake(renewingAfter: Self.interval, now), instances.wake(renewingAfter: Self.interval, now)]
            .compactMap(\.self).min()
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open: if let room = list.selected?.room { context.go(room) }
        case .settings:
            if let daemon = list.selected?.process?.instance.daemon {
                context.show(.settings, query: "daemon:\(daemon)")
            } else {
                context.go(.settings)
            }
        case .toggleUnwell:
            var text = QueryText(list.queryText)
            text.set("state", text.contains("state:\(Self.unwell)") ? nil : Self.unwell)
            apply(query: text.text, &context)
        }
    }

    package mutating func resize(_ size: Size) {
        self.size = size
        list.resize(visibleRows: PaneDivision(size: size).listRows)
    }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        let visible = row - area.rows.lowerBound - 1
        if (0..<PaneDivision(size: area.size).listRows).contains(visible) { list.point(atVisible: visible) }
    }

    package var vocabulary: [QueryField] { HealthColumns.vocabulary }

    // MARK: What it tells

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        HealthView(self, scope).draw(into: &frame, area)
    }

    package func address(_ scope: Scope) -> [Segment] {
        var segments = list.queryText.isEmpty ? [] : [Segment("/\(list.queryText)", .strong)]
        if isRead {
            let fail = list.rows.count { $0.state == .fail }
            let warn = list.rows.count { $0.state == .warn }
            if fail > 0 { segments.append(Segment("\(fail) wrong", .bad)) }
            if warn > 0 { segments.append(Segment("\(warn) to look after", .caution)) }
            if fail + warn == 0, isSettled { segments.append(Segment("all is well", .good)) }
        }
        if let count = instances.value?.results.count {
            segments.append(Segment("\(Formats.count(count)) processes"))
        }
        return segments + [diagnosis.age(scope)]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let complaint { return Segment("Not current: \(complaint.message)", .bad) }
        return list.selected.map { row in
            row.remedy.map { Segment("Do: \($0)", row.state.ink) } ?? Segment(row.detail, row.state.textInk)
        }
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        guard let row = list.selected else { return nil }
        var explanation = Explanation(row.name, definition: "\(row.group.title): \(row.state.meaning)")
            .value(row.detail, row.state.textInk)
        if let remedy = row.remedy { explanation = explanation.adding("Do", remedy, row.state.ink) }
        return explanation.source(
            row.process == nil
                ? "The API server looks when somebody does, at most every ten seconds."
                : "What the process tells of itself every five seconds."
        ).freshness(diagnosis.value.map { "Looked at \(ItemFigures.age($0.examinedAt, scope)) ago." } ?? "Reading.")
    }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let row = list.selected else { return [] }
        let remedy = row.remedy.map { [Copy("d", "what to do", $0)] } ?? []
        return [Copy("n", "name", row.name), Copy("h", "how it is", row.detail)] + remedy
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard isRead else { return nil }
        let table = list.table(scope)
        return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(list.shown))
    }
}

extension HealthRow {
    /// Where more of it is shown; `nil` where nowhere.
    var room: Room? {
        if process?.instance.daemon == "workerd" { return .workers }
        return switch group {
        case .queues: .queues
        case .providers: .providers
        case .people: .people
        case .audit: .audit
        case .settings: .settings
        case .daemons: process == nil ? nil : .settings
        case .host, .database, .redis, .storage, .upkeep, .egress: nil
        }
    }
}
