internal import FoundationEssentials
package import Terminal
package import WireAPI

/// The settings that are in force, where each comes from, and where processes differ although they should not.
package struct SettingsScreen: HeldListScreen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case open, toggleDiffering, toggleSet
    }

    package static let bindings: [Binding<Command>] = [
        Binding(
            [Key(.enter), Key(.right), .character("l")], .open, hint: "open",
            "Open it: which process has what, from where"
        ),
        Binding([.character("!")], .toggleDiffering, hint: "differing", "Show only those that differ, or all again"),
        Binding([.character("s")], .toggleSet, hint: "set", "Show only what somebody has set, or all again"),
    ]

    package var held = HeldList(
        of: "settings", OperatorRequest<OperatorInstances>.instances(withSettings: true), freshness: .seconds(10),
        Listing(
            SettingColumns.all, sorting: Sorting(column: "server", isDescending: false),
            facts: { SettingColumns.facts(of: $0) }),
        SettingColumns.vocabulary, rows: { SettingRow.all($0) })
    private var size = Size(columns: 80, rows: 20)

    package init() {}

    package var title: String { Room.settings.title }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open: held.selected != nil
        case .toggleDiffering, .toggleSet: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) { held.appear(&context) }
    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        held.receive(answer, &context)
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open: if let row = held.selected { context.push(SettingScreen(row)) }
        case .toggleDiffering: toggle("differing", &context)
        case .toggleSet: toggle("set", &context)
        }
    }

    private mutating func toggle(_ kind: String, _ context: inout ScreenContext) {
        var text = QueryText(held.list.queryText)
        text.set("is", text.contains("is:\(kind)") ? nil : kind)
        apply(query: text.text, &context)
    }

    package mutating func resize(_ size: Size) {
        self.size = size
        held.resize(visibleRows: PaneDivision(size: size).listRows)
    }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        let visible = row - area.rows.lowerBound - 1
        if (0..<PaneDivision(size: area.size).listRows).contains(visible) { held.point(atVisible: visible) }
    }

    // MARK: Picture

    package func emptyHint(_ scope: Scope) -> String { "Processes tell their settings when they have started." }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        let division = PaneDivision(size: area.size)
        held.draw(into: &frame, area.top(division.listRows + 1), hint: emptyHint(scope), scope)
        guard division.paneRows > 0, let row = held.selected else { return }
        let pane = Pane(row.key, note: "Enter shows all", in: area.below(division.listRows + 1))
        pane.draw(into: &frame)
        var reader = Reader()
        reader.show(row.document(width: pane.inside.columns.count, scope.charset))
        reader.draw(into: &frame, pane.inside)
    }

    package func address(_ scope: Scope) -> [Segment] {
        var segments = held.address(scope)
        if let value = held.value {
            segments.append(Segment("\(Formats.count(value.results.count)) processes"))
            if !value.differences.isEmpty { segments.append(Segment("\(value.differences.count) differ", .bad)) }
            if let complaint = value.complaint { segments.append(Segment(complaint, .caution)) }
        }
        return segments
    }

    package func status(_ scope: Scope) -> Segment? {
        if let failure = held.answer.failure { return Segment("Not current: \(failure.message)", .bad) }
        return held.selected.map { Segment($0.standing, $0.isDiffering ? .bad : .quiet) }
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        held.selected.map { row in
            Explanation(
                row.key,
                definition:
                    "A setting as the processes use it. scorable.yaml(5) describes it; it is changed in the file or the environment, not here."
            ).value(row.shown, row.isDiffering ? .bad : .strong).adding("Alike", row.standing)
                .source(row.source)
                .freshness("As of the start of each process, told again every five seconds.")
        }
    }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let row = held.selected else { return [] }
        let value = row.holdings.first?.value.map { [Copy("v", "value", $0)] } ?? []
        return [Copy("n", "name", row.key)] + value
    }
}

extension SettingRow {
    /// Who has what, from where.
    func document(width: Int, _ charset: Charset) -> Document {
        var document = Document(width: width, charset: charset)
        document.body(standing, isDiffering ? .bad : .quiet)
        for holding in holdings {
            let value = holding.value ?? "(not set)"
            FactList(facts: [
                NamedFact(
                    "Value", isSecret ? "\(value) (a secret: only whether it is alike is known)" : value, .strong),
                NamedFact("From", holding.source),
                NamedFact("In", holding.processes.joined(separator: ", "), .quiet),
            ]).add(to: &document)
        }
        return document
    }
}
