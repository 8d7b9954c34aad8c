import JSON
import Terminal
import WireAPI

/// Draws an evaluator or a judge that is open.
struct ItemView {
    private let screen: ItemScreen
    private let scope: Scope
    private let marks: Marks

    init(_ screen: ItemScreen, _ scope: Scope) {
        self.screen = screen
        self.scope = scope
        marks = scope.marks
    }

    /// The tabs with the present one in brackets, and what belongs to it at the right.
    var address: [Segment] {
        let tabs = ItemTab.offered(screen.item.kind, scope).map { tab in
            tab == screen.tab ? Segment("[\(tab.title)]", .strong) : Segment(tab.title)
        }
        return tabs + [note]
    }

    private var note: Segment {
        if screen.content.value?.item.deletedAt != nil { return Segment("deleted", .bad) }
        switch screen.tab {
        case .definition: return Segment(screen.reader.position)
        case .versions:
            let count = screen.versions.list.marks.count
            return count > 0 ? Segment("\(count) of 2 marked", .accent) : Segment("")
        case .history: return Segment(screen.history.window.words)
        case .trial:
            return Segment(screen.trial.version.map { "version \($0.number)" } ?? "the current version")
        }
    }

    func draw(into frame: inout Frame, _ area: Area) {
        switch screen.tab {
        case .definition: drawDefinition(into: &frame, area)
        case .versions: screen.versions.draw(into: &frame, area, scope)
        case .history: HistoryView(tab: screen.history, scope: scope).draw(into: &frame, area)
        case .trial: TrialView(trial: screen.trial, scope: scope).draw(into: &frame, area)
        }
    }

    private func drawDefinition(into frame: inout Frame, _ area: Area) {
        guard let detail = screen.content.value else {
            EmptyList(
                subject: "definition", isRead: false, failure: screen.content.failure,
                failingSince: screen.content.failingSince
            ).draw(into: &frame, area, scope)
            return
        }
        FactsPane(ItemFacts(detail, scope).list, compact: ItemFacts.compact(detail, scope)).draw(into: &frame, area) {
            screen.reader.draw(into: &$0, $1)
        }
    }
}

/// What the chrome says about an item that is open.
extension ItemScreen {
    package func address(_ scope: Scope) -> [Segment] { ItemView(self, scope).address }

    package func status(_ scope: Scope) -> Segment? {
        if let status = actionStatus { return status }
        if let failure { return Segment(failure.message, .bad) }
        switch tab {
        case .trial: return trialStatus(scope)
        case .history: return history.history.failure.map { Segment($0.message, .bad) }
        case .definition:
            return reader.document?.isFolded == true ? Segment("Long texts are folded: f shows them in full.") : nil
        case .versions: return nil
        }
    }

    private func trialStatus(_ scope: Scope) -> Segment {
        if trial.isRunning, let start = trial.startedAt {
            return Segment("Running for \((scope.now - start).wholeSeconds)s; Esc does not wait for it", .accent)
        }
        if trial.isTyping {
            return Segment("\(trial.form.focused.name): \(trial.form.focused.hint)")
        }
        return Segment("Enter goes on typing, R runs it again, p and n show other results")
    }

    package func wake(after now: Duration) -> Duration? {
        trial.isRunning || content.failure != nil || versions.versions.failure != nil ? now + .seconds(1) : nil
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        if tab == .history, let row = history.selected { return HistoryExplanation.of(row, history) }
        if tab == .trial, let run = trial.shownRun { return TrialExplanation.of(run) }
        return content.value.map { ItemExplanation.of($0.item, scope) }
    }

    package func copies(_ scope: Scope) -> [Copy] {
        var copies = [Copy("i", "identifier", item.id.lowercase), Copy("n", "name", title)]
        if let detail = content.value {
            copies.append(Copy("v", "identifier of the version", detail.version.id.lowercase))
            if case .evaluator(let evaluator) = detail {
                if let code = evaluator.code {
                    copies.append(Copy("c", "code", code.description))
                } else {
                    copies.append(Copy("c", "criteria", evaluator.criteria))
                }
                copies.append(Copy("o", "objective", evaluator.objective.intent))
            }
        }
        if tab == .versions, let version = versions.selected {
            copies.append(Copy("u", "identifier of version \(version.number)", version.id.lowercase))
        }
        if tab == .trial, let run = trial.shownRun {
            copies.append(Copy("e", "identifier of the execution", run.detail.execution.id.lowercase))
            if let text = run.detail.justification { copies.append(Copy("j", "justification", text)) }
        }
        return copies
    }

    package func exports(_ scope: Scope) -> [Menu.Item] { ItemActions.exports(content.value.map { [$0.item] } ?? []) }

    package func sheet(_ scope: Scope) -> Sheet? {
        switch tab {
        case .versions where versions.versions.loadedAt != nil:
            let table = versions.list.table(scope)
            return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(versions.list.shown))
        case .history where history.shown != nil:
            let table = history.list.table(scope)
            return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(history.shown))
        case .definition, .versions, .history, .trial:
            guard let detail = content.value else { return nil }
            let facts = ItemFacts(detail, scope).list.facts.filter { !$0.label.isEmpty }
            return Sheet(
                titles: ["FIELD", "VALUE"], rows: [["name", title]] + facts.map { [$0.label, $0.value] },
                json: detail.json)
        }
    }
}

extension ItemDetail {
    /// As the server told it.
    var json: JSONValue {
        switch self {
        case .evaluator(let evaluator): Sheet.json(evaluator)
        case .judge(let judge): Sheet.json(judge)
        }
    }
}
