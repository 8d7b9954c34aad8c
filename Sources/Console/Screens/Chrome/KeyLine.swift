import Terminal

/// The last row: the keys that work now, from the table that binds them.
enum KeyLine {
    static func draw(_ context: KeyContext, into frame: inout Frame) {
        let row = Layout(size: frame.size).keys
        frame.fill(row, Style(.quiet, on: .bar))
        var column = 1
        for binding in Keymap.bindings(context) {
            guard let hint = binding.hint, let key = binding.keys.first else { continue }
            guard column + key.name.columns + hint.columns + 1 < frame.size.columns else { return }
            column = frame.put(key.name, row, column, Style(.accent, on: .bar))
            column = frame.put(" \(hint)", row, column, Style(.quiet, on: .bar)) + 2
        }
    }
}
