package import Terminal
import JSON

/// What is known of the terminal, the connection and this process: to find out why something looks wrong or is slow, and
/// to attach to a report.
package struct DoctorScreen: Screen {
    /// What keys, menus and the palette can make it do.
    package enum Command: Sendable, Hashable { case copyAll }

    package static let bindings: [Binding<Command>] = [
        Binding([.character("c")], .copyAll, hint: "copy", "Copy all of it, to attach to a report")
    ]

    private static let interval = Duration.seconds(2)

    private var report: TerminalReport?
    private var askedAt = Duration.zero
    private var reader = Reader()
    private var size = Size(columns: 80, rows: 20)

    package init() {}

    package var title: String { "Doctor" }
    package var isSettled: Bool { report != nil }

    package mutating func appear(_ context: inout ScreenContext) { refresh(&context) }

    package mutating func refresh(_ context: inout ScreenContext) {
        askedAt = context.now
        context.want(.report)
    }

    package mutating func learn(_ report: TerminalReport, _ context: inout ScreenContext) {
        self.report = report
        layOut(context.scope)
    }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        context.copy(lines(context.scope).map { "\($0.label): \($0.value)" }.joined(separator: "\n"))
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }

    package mutating func resize(_ size: Size) {
        self.size = size
        reader.resize(rows: size.rows)
    }

    private mutating func layOut(_ scope: Scope) {
        var document = Document(width: size.columns - 2, charset: scope.charset)
        for (title, facts) in DoctorFacts(report, scope).sections {
            document.title(title)
            for fact in facts {
                let padding = String(repeating: " ", count: max(1, 18 - fact.label.columns))
                document.line([.init(fact.label + padding, .quiet), .init(fact.value, fact.ink)])
            }
        }
        reader.show(document)
    }

    private func lines(_ scope: Scope) -> [DoctorFacts.Fact] { DoctorFacts(report, scope).sections.flatMap(\.1) }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        reader.draw(into: &frame, Area(rows: area.rows, columns: area.columns.lowerBound + 1..<area.columns.upperBound))
    }

    package func copies(_ scope: Scope) -> [Copy] {
        [Copy("a", "all of it", lines(scope).map { "\($0.label): \($0.value)" }.joined(separator: "\n"))]
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        let facts = lines(scope)
        return Sheet(
            titles: ["WHAT", "HOW"], rows: facts.map { [$0.label, $0.value] },
            json: .object(.init(facts.map { ($0.label, .string($0.value)) })))
    }
}
