internal import FoundationEssentials
internal import Terminal
internal import WireAPI

/// Draws a plan.
struct PlanView {
    /// Rows above the list of what failed, in a body of so many.
    static func headRows(of rows: Int) -> Int { rows < 9 ? 2 : 6 }

    private let screen: PlanScreen
    private let marks: Marks

    init(_ screen: PlanScreen, _ scope: Scope) {
        self.screen = screen
        marks = scope.marks
    }

    func draw(into frame: inout Frame, _ area: Area) {
        let plan = screen.plan
        var row = area.rows.lowerBound
        func put(_ text: String, _ ink: Ink = .plain) {
            if row < area.rows.upperBound { frame.put(text, row, 1, Style(ink), width: area.columns.count - 2) }
            row += 1
        }
        let isTall = Self.headRows(of: area.rows.count) > 2
        if isTall {
            let width = max(8, area.columns.count - 2)
            for line in TextLines(plan.effect, width: width, charset: frame.charset, limit: 2).lines {
                put(String(line))
            }
            row = area.rows.lowerBound + 2
        }
        put(progress, plan.progress.failed > 0 ? .caution : .accent)
        if isTall { put(PlanWords.state(plan.state), .quiet) }
        row = area.rows.lowerBound + Self.headRows(of: area.rows.count) - 1
        guard !screen.failed.isEmpty else { return }
        put("Failed (\(Formats.count(plan.progress.failed)), the first of each reason)", .accent)
        let rows = row..<max(row, area.rows.upperBound)
        for (line, (index, failed)) in zip(rows, screen.failed.enumerated().dropFirst(screen.top)) {
            let ground: Ground = index == screen.cursor ? .selection : .page
            if index == screen.cursor {
                frame.fill(line, Style(.plain, on: ground))
                frame.put(marks.cursor, line, 0, Style(.accent, on: ground))
            }
            let column = frame.put(failed.id.lowercase, line, 2, Style(.quiet, on: ground)) + 2
            frame.put(failed.reason, line, column, Style(.bad, on: ground), width: area.columns.count - column - 1)
        }
    }

    private var progress: String {
        let plan = screen.plan
        let tried = plan.progress.done + plan.progress.failed
        let share = plan.count > 0 ? Double(tried) / Double(plan.count) : 1
        let bar = ScoreBar.filled(share, width: 20, marks)
        return "\(bar)\(String(repeating: marks.barRest, count: max(0, 20 - bar.columns)))  \(PlanWords.result(plan))"
    }
}
