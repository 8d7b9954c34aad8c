import Terminal

/// The last row: the keys that work now, from the tables that bind them.
enum KeyLine {
    static func draw(_ hints: [KeyHelp], into frame: inout Frame) {
        let row = Layout(size: frame.size).keys
        frame.fill(row, Style(.quiet, on: .bar))
        var column = 1
        for (key, hint) in fitting(hints, width: frame.size.columns - 1) {
            column = frame.put(key, row, column, Style(.accent, on: .bar))
            column = frame.put(" \(hint)", row, column, Style(.quiet, on: .bar)) + 2
        }
    }

    /// As many as fit. How to leave and where to read more are the last to go.
    private static func fitting(_ help: [KeyHelp], width: Int) -> [(key: String, hint: String)] {
        let all = help.compactMap { line in
            line.hint.flatMap { hint in line.keys.first.map { (key: $0.name, hint: hint, line.section) } }
        }
        var left = width - all.filter { $0.2 == .everywhere }.reduce(0) { $0 + size($1.key, $1.hint) }
        return all.filter { key, hint, section in
            guard section != .everywhere else { return true }
            left -= size(key, hint)
            return left >= 0
        }.map { ($0.key, $0.hint) }
    }

    private static func size(_ key: String, _ hint: String) -> Int { key.columns + hint.columns + 3 }
}
