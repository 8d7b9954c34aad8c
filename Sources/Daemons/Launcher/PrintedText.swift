internal import Tenancy

/// What the administration tool prints.
package enum PrintedText {
    /// The text without anything that steers a terminal: what others have written stands in it.
    package static func safe(_ text: String) -> String { ShownText.lines(text) }

    /// The same in one line, also where a word of the command line has several.
    package static func line(_ text: String) -> String { ShownText.line(text) }
}

extension String {
    /// What others have written, in a sentence: in one line, and without anything that steers a terminal.
    var shown: String { ShownText.line(self) }
}

/// What is known of one thing, a fact on each line.
enum FactLines {
    /// Names in a column, values behind it; facts without a value are left out.
    static func text(_ facts: [(String, String?)]) -> String {
        let known = facts.compactMap { name, value in value.map { (name.shown, $0.shown) } }
        let width = (known.map(\.0.count).max() ?? 0) + 2
        return known.map { name, value in
            name + String(repeating: " ", count: width - name.count) + value + "\n"
        }.joined()
    }
}
