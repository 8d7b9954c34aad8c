import JSON
import Terminal
import WireAPI

/// Draws a provider that is open.
struct ProviderView {
    private let screen: ProviderScreen
    private let scope: Scope

    init(_ screen: ProviderScreen, _ scope: Scope) {
        self.screen = screen
        self.scope = scope
    }

    /// The tabs with the present one in brackets, and what belongs to it at the right.
    var address: [Segment] {
        let tabs = ProviderTab.allCases
        return TabSegments.of(tabs.map(\.title), present: tabs.firstIndex(of: screen.tab) ?? 0, scope) + [note]
    }

    private var note: Segment {
        if let since = screen.detail.failingSince, screen.detail.value != nil {
            return Segment("not read for \(Formats.span(seconds: (scope.now - since).wholeSeconds))", .bad)
        }
        switch screen.tab {
        case .health: return Segment(screen.reader.position)
        case .models: return Segment(Formats.count(screen.deployments.rows.count))
        case .keys: return Segment(Formats.count(screen.keys.rows.count))
        case .limits: return Segment(Formats.count(screen.limits.rows.count))
        case .history: return Segment("the last \(screen.window.words)")
        }
    }

    func draw(into frame: inout Frame, _ area: Area) {
        guard screen.detail.value != nil else {
            return drawNothing("provider", screen.detail.failure, screen.detail.failingSince, into: &frame, area)
        }
        switch screen.tab {
        case .health: drawHealth(into: &frame, area)
        case .models: drawModels(into: &frame, area)
        case .keys:
            drawTable(
                screen.keys, "keys", "It is called without a key.", "A adds one.", into: &frame, area)
        case .limits:
            drawTable(
                screen.limits, "limits", "Nothing is limited, and the provider has told no limit.", "S sets one.",
                into: &frame, area)
        case .history:
            guard let history = screen.history.value, history.window == screen.window else {
                return drawNothing(
                    "history", screen.history.failure, screen.history.failingSince, into: &frame, area)
            }
            ProviderHistoryView(history, scope).draw(into: &frame, area)
        }
    }

    private func drawNothing(
        _ subject: String, _ failure: ServerFailure?, _ since: Duration?, into frame: inout Frame, _ area: Area
    ) {
        EmptyList(subject: subject, isRead: false, failure: failure, failingSince: since)
            .draw(into: &frame, area, scope)
    }

    private func drawTable<Row>(
        _ list: Listing<Row>, _ subject: String, _ nothing: String, _ hint: String, into frame: inout Frame,
        _ area: Area
    ) {
        list.draw(into: &frame, area, scope)
        guard list.shown.isEmpty else { return }
        EmptyList(
            subject: subject, isRead: true, failure: nil, failingSince: nil, nothing: nothing,
            hint: screen.provider.isEditable ? hint : ""
        ).draw(into: &frame, area.below(1), scope)
    }

    private func drawHealth(into frame: inout Frame, _ area: Area) {
        let figures = screen.provider.figures
        let division = ProviderDivision(size: area.size, hasFigures: figures != nil)
        let text = area.top(division.textRows)
        screen.reader.draw(
            into: &frame,
            Area(rows: text.rows, columns: area.right(of: 1).left(division.textWidth).columns))
        guard let figures else { return }
        if division.chartWidth > 0 {
            let column = area.columns.upperBound - division.chartWidth - 2
            for row in area.rows { frame.put(scope.marks.side, row, column, Style(.faint)) }
            CallCharts(figures).draw(
                into: &frame, area.right(of: area.columns.count - division.chartWidth).left(division.chartWidth - 1))
        } else if division.chartRows > 0 {
            CallCharts(figures).draw(
                into: &frame, area.below(division.textRows + 1).right(of: 1).left(area.columns.count - 2))
        }
    }

    /// The models, and what is told of the one under the cursor.
    private func drawModels(into frame: inout Frame, _ area: Area) {
        let rows = ProviderDivision.tableRows(area.size, count: screen.deployments.shown.count)
        drawTable(
            screen.deployments, "models", "It serves no model.", "d shows the models, where N adds one.", into: &frame,
            area.top(rows))
        let below = area.below(rows)
        guard let deployment = screen.deployments.selected, let first = below.rows.first else { return }
        let left = area.columns.lowerBound + 1
        let end = frame.put(deployment.upstreamModel, first, left, Style(.accent), width: area.columns.count / 2) + 1
        frame.rule(scope.marks.rule, first, Style(.faint), from: end, width: area.columns.upperBound - end)
        let inside = below.below(1).right(of: 1).left(area.columns.count - 2)
        let sentence = deployment.health?.sentence ?? "No proxy has met it yet."
        let lines = TextLines(sentence, width: inside.columns.count, charset: frame.charset, limit: 2).lines
        for (row, line) in zip(inside.rows, lines) { frame.put(line, row, inside.columns.lowerBound) }
        let charts = inside.below(lines.count + 1)
        if let figures = deployment.figures, charts.rows.count >= 3 { CallCharts(figures).draw(into: &frame, charts) }
    }
}

/// What the chrome says about a provider that is open.
extension ProviderScreen {
    package func address(_ scope: Scope) -> [Segment] { ProviderView(self, scope).address }

    package func status(_ scope: Scope) -> Segment? {
        if let status = actionStatus { return status }
        if let failure = detail.failure { return Segment(failure.message, .bad) }
        switch tab {
        case .models:
            return deployments.selected?.drain.map { Segment($0.sentence(scope), .caution) }
                ?? deployments.selected?.lastFailure.map { Segment("\($0.code): \($0.message)", .bad) }
        case .keys:
            return keys.selected.map(ProviderKeyWords.standing)
        case .health, .limits: return provider.drain.map { Segment($0.sentence(scope), .caution) }
        case .history: return history.failure.map { Segment($0.message, .bad) }
        }
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        let proxies = detail.value?.proxies
        switch tab {
        case .models:
            if let row = deployments.selected { return DeploymentColumns.explanation(row, proxies, scope) }
        case .keys: if let key = keys.selected { return ProviderKeyWords.explanation(key) }
        case .limits: if let row = limits.selected { return row.explanation }
        case .health, .history: break
        }
        return ProviderExplanation.of(provider, proxies, scope)
    }

    package func copies(_ scope: Scope) -> [Copy] {
        var copies = ProviderCopies.of(provider)
        if tab == .models, let row = deployments.selected {
            copies.append(Copy("m", "model's name there", row.upstreamModel))
            if let failure = row.lastFailure { copies.append(Copy("f", "last failure", failure.message)) }
        }
        if tab == .keys, let key = keys.selected {
            copies.append(Copy("k", "identifier of the key", key.id.lowercase))
        }
        return copies
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard let value = detail.value else { return nil }
        switch tab {
        case .models:
            let table = deployments.table(scope)
            return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(deployments.shown))
        case .keys:
            let table = keys.table(scope)
            return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(keys.shown))
        case .limits:
            let table = limits.table(scope)
            return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(limits.shown.map(\.limit)))
        case .history: return history.value.map(ProviderHistoryView.sheet)
        case .health:
            return Sheet(
                titles: ["FIELD", "VALUE"],
                rows: [["name", provider.name], ["health", provider.health.words]]
                    + ProviderDocument.facts(provider).facts.map { [$0.label, $0.value] },
                json: Sheet.json(value))
        }
    }
}
