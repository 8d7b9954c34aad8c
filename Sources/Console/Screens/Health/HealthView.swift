internal import FoundationEssentials
internal import Terminal
internal import WireAPI

/// How a body is divided between a list and a pane with all about the row under the cursor.
struct PaneDivision: Sendable, Hashable {
    /// Rows of the table without its titles.
    let listRows: Int
    /// Rows of the pane below, 0 for none.
    let paneRows: Int

    init(size: Size) {
        paneRows = size.rows < 14 ? 0 : max(7, size.rows / 3)
        listRows = max(1, size.rows - 1 - paneRows)
    }
}

/// Draws how everything is, and below all about what is under the cursor, with what to do.
struct HealthView {
    private let screen: HealthScreen
    private let scope: Scope

    init(_ screen: HealthScreen, _ scope: Scope) {
        self.screen = screen
        self.scope = scope
    }

    func draw(into frame: inout Frame, _ area: Area) {
        let division = PaneDivision(size: area.size)
        let table = area.top(division.listRows + 1)
        screen.list.draw(into: &frame, table, scope)
        if screen.list.shown.isEmpty {
            EmptyList(
                subject: "health of the installation", isRead: screen.isRead, failure: screen.complaint,
                failingSince: screen.diagnosis.failingSince ?? screen.instances.failingSince,
                query: screen.list.queryText, nothing: "Nothing was looked at.", hint: "r looks again."
            ).draw(into: &frame, table.below(1), scope)
        }
        guard division.paneRows > 0, let row = screen.list.selected else { return }
        let pane = Pane(row.name, note: row.group.title, in: area.below(division.listRows + 1))
        pane.draw(into: &frame)
        var reader = Reader()
        reader.show(document(of: row, width: pane.inside.columns.count))
        reader.draw(into: &frame, pane.inside)
    }

    private func document(of row: HealthRow, width: Int) -> Document {
        var document = Document(width: width, charset: scope.charset)
        document.body("\(row.state.mark) \(row.detail)", row.state.textInk)
        if let remedy = row.remedy { FactList(facts: [NamedFact("Do", remedy, row.state.ink)]).add(to: &document) }
        if let process = row.process { FactList(facts: facts(of: process)).add(to: &document) }
        return document
    }

    private func facts(of process: OperatorInstances.Instance) -> [NamedFact] {
        let (instance, condition) = (process.instance, process.instance.condition)
        let figures = [
            "up \(ItemFigures.age(instance.startedAt, scope))", "memory \(MemoryWords.text(condition?.memoryBytes))",
            "loops late by \(HealthColumns.lag(process))",
        ].joined(separator: " \(scope.marks.separator) ")
        return [
            NamedFact("Version", instance.version), NamedFact("Figures", figures),
            NamedFact("Heard of", "\(Formats.span(seconds: Int(process.seenSeconds))) before the last reading", .quiet),
            NamedFact("Listens", instance.address, .quiet),
            NamedFact("Process", "\(instance.pid) on \(instance.host)", .quiet),
            NamedFact("Identifier", instance.id.lowercase, .quiet),
        ]
    }
}
