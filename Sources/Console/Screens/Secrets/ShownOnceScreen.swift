package import Terminal
import WireAPI

/// Something that is shown this one time: a key, a link, a password, codes. Leaving the screen forgets it.
package struct ShownOnceScreen: Screen {
    /// It has no commands of its own: what is shown is copied as everything is.
    package enum Command: Sendable, Hashable {}

    package static var bindings: [Binding<Command>] { [] }

    /// A part of the text below it.
    struct Section: Sendable {
        let title: String
        let text: String
        let ink: Ink

        init(_ title: String, _ text: String, _ ink: Ink = .plain) {
            self.title = title
            self.text = text
            self.ink = ink
        }
    }

    package let title: String
    /// Whose it is.
    private let owner: String
    private let heading: String
    private let lines: [String]
    /// What to do with it now.
    private let advice: String
    private let sections: [Section]
    private let others: [Copy]

    /// `lines` are what is shown; `word` is what one of them is called where it is copied.
    init(
        _ title: String, of owner: String, heading: String, _ lines: [String], advice: String,
        sections: [Section] = [], copies: [Copy] = []
    ) {
        self.title = title
        self.owner = owner
        self.heading = heading
        self.lines = lines
        self.advice = advice
        self.sections = sections
        others = copies
    }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {}

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        var document = Document(width: min(100, max(1, area.columns.count - 2)), charset: scope.charset)
        document.title(heading)
        for line in lines { document.body(line, .strong) }
        document.line("")
        document.body(advice, .caution)
        for section in sections {
            document.title(section.title)
            document.body(section.text, section.ink)
        }
        var reader = Reader()
        reader.resize(rows: area.rows.count)
        reader.show(document)
        reader.draw(into: &frame, Area(rows: area.rows, columns: area.right(of: 1).columns))
    }

    package func address(_ scope: Scope) -> [Segment] { [Segment(owner, .strong)] }
    package func status(_ scope: Scope) -> Segment? { Segment("Shown this once: Esc forgets it", .caution) }

    package func copies(_ scope: Scope) -> [Copy] {
        [Copy("s", title.lowercased(), lines.joined(separator: "\n"))] + others
    }
}

extension ShownOnceScreen: CustomStringConvertible, CustomReflectable {
    /// Without what is shown once.
    package var description: String { "ShownOnceScreen(\(title))" }
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
