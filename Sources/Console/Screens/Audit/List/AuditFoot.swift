import Terminal
import WireAPI

/// Says below the list what the row under the cursor has no room for.
struct AuditFoot {
    private let entry: OperatorAuditEntry
    private let scope: Scope

    init(_ entry: OperatorAuditEntry, _ scope: Scope) {
        self.entry = entry
        self.scope = scope
    }

    func draw(into frame: inout Frame, _ area: Area) {
        guard let row = area.rows.first else { return }
        frame.rule(scope.marks.rule, row, Style(.faint), from: area.columns.lowerBound, width: area.columns.count)
        let width = area.columns.count - 2
        let separator = " \(scope.marks.separator) "
        let who = [entry.actorWords, entry.actorRole, entry.address.map { "from \($0)" }, entry.requestID]
            .compactMap { $0 }.joined(separator: separator)
        var column = frame.put(entry.outcome.rawValue, row + 1, 1, Style(entry.outcome.ink), width: width) + 2
        column = frame.put(who, row + 1, column, Style(.plain), width: width - column)
        frame.put("\(entry.action) \(entry.subject)\(entry.timesWords)", row + 2, 1, Style(.quiet), width: width)
        frame.put(change, row + 3, 1, Style(.quiet), width: width)
    }

    /// What it changed, in a line.
    private var change: String {
        let before = entry.before.map(AuditFacts.line)
        let after = entry.after.map(AuditFacts.line)
        return switch (before, after) {
        case (nil, nil): "It changed nothing that is kept."
        case (nil, let after?): after
        case (let before?, nil): "was \(before)"
        case (let before?, let after?): "\(before) \(scope.charset == .unicode ? "\u{2192}" : "->") \(after)"
        }
    }
}
