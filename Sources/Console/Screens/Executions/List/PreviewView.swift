internal import FoundationEssentials
internal import Terminal
internal import WireAPI

/// Draws the execution under the cursor below or beside the list: what was asked, what was answered, what was found.
struct PreviewView {
    private let screen: ExecutionsScreen
    private let scope: Scope
    private let marks: Marks

    /// One text with its label.
    private struct Part {
        let label: String
        let text: String
        var ink = Ink.plain
    }

    private static let labelColumns = 15

    init(_ screen: ExecutionsScreen, _ scope: Scope) {
        self.screen = screen
        self.scope = scope
        marks = scope.marks
    }

    func draw(into frame: inout Frame, _ area: Area, isBeside: Bool) {
        let inside: Area
        if isBeside {
            for row in area.rows { frame.put(marks.side, row, area.columns.lowerBound, Style(.faint)) }
            inside = area.right(of: 2)
        } else {
            inside = Area(rows: area.rows, columns: area.columns.lowerBound + 1..<max(1, area.columns.upperBound - 1))
        }
        guard let row = screen.list.selected, let first = inside.rows.first else { return }
        drawHead(row, first, inside, into: &frame)
        let body = inside.below(1)
        switch screen.preview.state(of: row.id) {
        case .none: say("Not read while the list follows what comes in: move onto one to read it", .faint, body, &frame)
        case .reading: say("Reading it", .quiet, body, &frame)
        case .failed(let failure): say(failure.message, .bad, body, &frame)
        case .read(let detail):
            if isBeside {
                drawStacked(Self.parts(of: detail, isLong: true), body.below(1), into: &frame)
            } else {
                drawLabelled(Self.parts(of: detail, isLong: false), body, into: &frame)
            }
        }
    }

    private func say(_ text: String, _ ink: Ink, _ area: Area, _ frame: inout Frame) {
        guard let row = area.rows.first else { return }
        frame.put(text, row, area.columns.lowerBound, Style(ink), width: area.columns.count)
    }

    /// The facts of the row in one line, the most important first.
    private func drawHead(_ row: OperatorExecutionRow, _ line: Int, _ area: Area, into frame: inout Frame) {
        let outcome = row.failure.map { "\(marks.failure) \($0.words)" } ?? Formats.score(row.score)
        let ink = row.failure != nil ? Ink.bad : row.score.map(ScoreBar.ink) ?? .quiet
        var column = area.columns.lowerBound
        let end = area.columns.upperBound
        column = frame.put(row.name, line, column, Style(.strong), width: max(8, area.columns.count / 2)) + 2
        column = frame.put(outcome, line, column, Style(ink), width: end - column) + 2
        var facts = [
            Formats.latency(milliseconds: row.latencyMilliseconds), Formats.cost(nanodollars: row.costNanodollars),
        ]
        if let model = row.model { facts.insert(model, at: 0) }
        facts += [row.sessionID, row.userID].compactMap { $0 } + row.tags
        frame.put(facts.joined(separator: " \(marks.separator) "), line, column, Style(.quiet), width: end - column)
    }

    /// What there is to read, the most important first; a long preview has room for more of it.
    private static func parts(of detail: OperatorExecutionDetail, isLong: Bool) -> [Part] {
        var parts: [Part] = []
        if let failure = detail.execution.failure {
            parts.append(Part(label: "failure", text: failure.sentence, ink: .bad))
        }
        func add(_ label: String, _ text: String?) {
            if let text, !text.isEmpty { parts.append(Part(label: label, text: text)) }
        }
        add("justification", detail.justification)
        if detail.isContentHidden {
            parts.append(Part(label: "content", text: "Prompts and answers are not shown to your role.", ink: .quiet))
            return parts
        }
        add("request", detail.request)
        add("response", detail.response)
        if let turn = detail.turns.last { add("last turn", "\(turn.role): \(turn.content ?? turn.toolCalls ?? "")") }
        let evaluators = detail.evaluators.map { "\($0.failure?.words ?? Formats.score($0.score)) \($0.name)" }
        add("evaluators", evaluators.joined(separator: isLong ? "\n" : ", "))
        if isLong {
            add("contexts", detail.contexts.enumerated().map { "[\($0 + 1)] \($1)" }.joined(separator: "\n"))
            add("expected output", detail.expectedOutput)
            add("criteria", detail.criteria)
        }
        return parts
    }

    /// Each text beside its label; all get a line, and those that need more share what is left.
    private func drawLabelled(_ parts: [Part], _ area: Area, into frame: inout Frame) {
        let width = max(8, area.columns.count - Self.labelColumns)
        // Line ends would waste the few lines that there are.
        let texts = lines(parts, width: width, limit: area.rows.count) { $0.isNewline ? " " : $0 }
        let heights = Self.shares(of: texts.map(\.count), in: area.rows.count)
        var row = area.rows.lowerBound
        for (index, part) in parts.enumerated() where heights[index] > 0 {
            frame.put(part.label, row, area.columns.lowerBound, Style(.quiet), width: Self.labelColumns - 1)
            put(
                texts[index], heights[index], part.ink, row, area.columns.lowerBound + Self.labelColumns, width,
                into: &frame)
            row += heights[index]
        }
    }

    /// Each text below its label.
    private func drawStacked(_ parts: [Part], _ area: Area, into frame: inout Frame) {
        let width = max(8, area.columns.count - 1)
        let texts = lines(parts, width: width, limit: area.rows.count)
        // A label, at least a line, a blank; the last needs none.
        let heights = Self.shares(of: texts.map { $0.count + 2 }, atLeast: 3, in: area.rows.count + 1)
        var row = area.rows.lowerBound
        for (index, part) in parts.enumerated() where heights[index] > 2 {
            let end = frame.put(part.label, row, area.columns.lowerBound, Style(.accent)) + 1
            frame.rule(marks.rule, row, Style(.faint), from: end, width: area.columns.upperBound - end)
            put(texts[index], heights[index] - 2, part.ink, row + 1, area.columns.lowerBound, width, into: &frame)
            row += heights[index]
        }
    }

    private func lines(
        _ parts: [Part], width: Int, limit: Int, _ change: (Character) -> Character = { $0 }
    ) -> [[Substring]] {
        // Far more than fits is not looked at: texts may be of megabytes.
        let most = (limit + 1) * width * 2
        return parts.map { part in
            TextLines(
                String(part.text.prefix(most).map(change)), width: width, charset: scope.charset, limit: limit + 1
            ).lines
        }
    }

    /// The last line says where there is more.
    private func put(
        _ lines: [Substring], _ count: Int, _ ink: Ink, _ row: Int, _ column: Int, _ width: Int, into frame: inout Frame
    ) {
        for (offset, line) in lines.prefix(count).enumerated() {
            let isCut = offset == count - 1 && lines.count > count
            let end = frame.put(line, row + offset, column, Style(ink), width: isCut ? width - 2 : width)
            if isCut { frame.put("…", row + offset, end, Style(.quiet)) }
        }
    }

    /// How much each of several gets of what there is: the first ones what they need `atLeast`, then each one after the
    /// other more until it has what it needs.
    static func shares(of needs: [Int], atLeast least: Int = 1, in room: Int) -> [Int] {
        var shares = Array(repeating: 0, count: needs.count)
        var left = room
        for index in needs.indices {
            let first = min(least, needs[index])
            guard left >= first else { break }
            shares[index] = first
            left -= first
        }
        while left > 0, zip(shares, needs).contains(where: { 0 < $0 && $0 < $1 }) {
            for index in needs.indices where left > 0 && 0 < shares[index] && shares[index] < needs[index] {
                shares[index] += 1
                left -= 1
            }
        }
        return shares
    }
}
