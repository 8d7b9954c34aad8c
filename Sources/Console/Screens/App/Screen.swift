package import Terminal
package import WireAPI

/// One screen of the console: the facts it holds, the keys it binds, how it looks. A value that does nothing by itself:
/// it is told what happened, says through its context what it wants done, and draws from what it knows. It never reads
/// a clock and never waits.
package protocol Screen: Sendable {
    /// What keys, menus and the palette can make it do.
    associatedtype Command: Sendable, Hashable

    /// The keys of this screen, in the order of the key line. The help, the menu of actions, the palette and the manual
    /// page are made from it.
    static var bindings: [Binding<Command>] { get }

    /// What the header calls it, such as `Executions` or the name of what is open.
    var title: String { get }

    /// What stands in the address line behind the title: filter, sort order, how much is shown.
    func address(_ scope: Scope) -> [Segment]

    /// Whether a command makes sense now; what does not is not offered. The role was checked before.
    func can(_ command: Command, _ scope: Scope) -> Bool

    /// It is on the screen now, for the first time or again: asks for what it lacks.
    mutating func appear(_ context: inout ScreenContext)

    /// Does what a key, a menu or the palette asked for.
    mutating func perform(_ command: Command, _ context: inout ScreenContext)

    /// Moves its cursor or its text.
    mutating func move(_ move: Move, _ context: inout ScreenContext)

    /// An answer of the server came, to this screen's question or to another's.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext)

    /// Something happened in the installation.
    mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext)

    /// What it shows may be old, or the person wants it anew: reads it again.
    mutating func refresh(_ context: inout ScreenContext)

    /// The size of its body has changed.
    mutating func resize(_ size: Size)

    /// Draws its body.
    func draw(into frame: inout Frame, _ area: Area, _ scope: Scope)

    /// What the message line says while nothing else is said there: marks, what waits, what failed.
    func status(_ scope: Scope) -> Segment?

    /// When its picture changes by time alone or it wants a tick, `nil` for never.
    func wake(after now: Duration) -> Duration?
    /// The time that it wanted to be woken at may have come. Only the screen that is seen is told.
    mutating func tick(_ context: inout ScreenContext)

    /// Whether keys are text for a field of it now.
    var isTyping: Bool { get }
    /// Whether what is typed now must not be seen.
    var isTypingSecret: Bool { get }
    /// The keys that are no text while it is typing, for the key line and the help.
    var typingHelp: [KeyHelp] { get }
    /// Takes a key while it is typing; says whether the key was one for it.
    mutating func type(_ key: Key, _ context: inout ScreenContext) -> Bool
    /// Takes pasted text while it is typing.
    mutating func paste(_ text: String, _ context: inout ScreenContext)
    /// The text came back from the editor; `nil` when it was left without a change.
    mutating func edited(_ text: String?, _ context: inout ScreenContext)

    /// The file that it asked for was read, or not, for a reason.
    mutating func read(_ file: Result<String, FileFailure>, _ context: inout ScreenContext)

    /// What is known of the terminal, after it was asked for.
    mutating func learn(_ report: TerminalReport, _ context: inout ScreenContext)

    /// Closes the innermost thing that is open inside of it; `false` when the screen itself is the innermost.
    mutating func dismiss(_ context: inout ScreenContext) -> Bool
    /// Why it cannot be left now: what comes is shown this once. `nil` where it can.
    var holds: String? { get }
    /// The mouse was pressed at a place of the area.
    mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext)

    /// What the number or state under the cursor means.
    func explanation(_ scope: Scope) -> Explanation?
    /// What can be copied, by a letter.
    func copies(_ scope: Scope) -> [Copy]
    /// What is shown, as a table: for export, for `--table` and `--json`, and for line mode. `nil` while nothing is there.
    func sheet(_ scope: Scope) -> Sheet?
    /// Other forms than those of a table that what is shown can be written in.
    func exports(_ scope: Scope) -> [Menu.Item]
    /// Whether it has everything that it asked for, or knows that it will not get it: for printing it once.
    var isSettled: Bool { get }
    /// Why it shows nothing, once that is known.
    var failure: ServerFailure? { get }
}

extension Screen {
    package func address(_ scope: Scope) -> [Segment] { [] }
    package func can(_ command: Command, _ scope: Scope) -> Bool { true }
    package mutating func appear(_ context: inout ScreenContext) {}
    package mutating func move(_ move: Move, _ context: inout ScreenContext) {}
    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {}
    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {}
    package mutating func refresh(_ context: inout ScreenContext) {}
    package mutating func resize(_ size: Size) {}
    package func status(_ scope: Scope) -> Segment? { nil }
    package func wake(after now: Duration) -> Duration? { nil }
    package mutating func tick(_ context: inout ScreenContext) {}
    package var isTyping: Bool { false }
    package var isTypingSecret: Bool { false }
    package var typingHelp: [KeyHelp] { [] }
    package mutating func type(_ key: Key, _ context: inout ScreenContext) -> Bool { false }
    package mutating func paste(_ text: String, _ context: inout ScreenContext) {
        context.say("Pasted text is not read as keys")
    }
    package mutating func edited(_ text: String?, _ context: inout ScreenContext) {}
    package mutating func read(_ file: Result<String, FileFailure>, _ context: inout ScreenContext) {}
    package mutating func learn(_ report: TerminalReport, _ context: inout ScreenContext) {}
    package mutating func dismiss(_ context: inout ScreenContext) -> Bool { false }
    package var holds: String? { nil }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {}
    package func explanation(_ scope: Scope) -> Explanation? { nil }
    package func copies(_ scope: Scope) -> [Copy] { [] }
    package func sheet(_ scope: Scope) -> Sheet? { nil }
    package func exports(_ scope: Scope) -> [Menu.Item] { [] }
    package var isSettled: Bool { true }
    package var failure: ServerFailure? { nil }
}

extension Screen {
    /// The bindings that the role and the moment allow.
    func offered(_ scope: Scope) -> [Binding<Command>] {
        Self.bindings.filter { binding in
            (binding.needs.map(scope.may) ?? true) && can(binding.command, scope)
        }
    }

    /// Does what a key is bound to; says whether it is bound.
    mutating func press(_ key: Key, _ context: inout ScreenContext) -> Bool {
        guard let binding = offered(context.scope).first(where: { $0.keys.contains(key) }) else { return false }
        perform(binding.command, &context)
        return true
    }

    /// Does a command that was kept in a menu, a question or an undo.
    mutating func perform(_ command: AnyCommand, _ context: inout ScreenContext) {
        if let command = command.value as? Command { perform(command, &context) }
    }

    /// The lines of the help, from the table that binds the keys.
    func keyHelp(_ scope: Scope) -> [KeyHelp] { offered(scope).map(KeyHelp.init) }

    /// What the menu of actions and the palette offer.
    func offers(_ scope: Scope) -> [Offer] {
        offered(scope).map { Offer(key: $0.keys.first, text: $0.explanation, section: $0.section, .init($0.command)) }
    }
}

/// A command of some screen, kept until it is wanted.
package struct AnyCommand: Sendable {
    let value: any Sendable & Hashable

    package init(_ value: some Sendable & Hashable) { self.value = value }
}

/// Something that can be done now.
struct Offer: Sendable {
    let key: Key?
    let text: String
    let section: KeySection
    let command: AnyCommand

    init(key: Key?, text: String, section: KeySection, _ command: AnyCommand) {
        self.key = key
        self.text = text
        self.section = section
        self.command = command
    }
}

/// A piece of the address line.
package struct Segment: Sendable, Hashable {
    package let text: String
    package let ink: Ink

    package init(_ text: String, _ ink: Ink = .quiet) {
        self.text = text
        self.ink = ink
    }
}

/// Something to copy.
package struct Copy: Sendable, Hashable {
    /// The letter behind `y`.
    package let letter: Unicode.Scalar
    /// What it is, in a few words.
    package let label: String
    package let text: String

    package init(_ letter: Unicode.Scalar, _ label: String, _ text: String) {
        self.letter = letter
        self.label = label
        self.text = text
    }
}

/// A part of the picture that belongs to one drawer.
package struct Area: Sendable, Hashable {
    package let rows: Range<Int>
    package let columns: Range<Int>

    package init(rows: Range<Int>, columns: Range<Int>) {
        self.rows = rows
        self.columns = columns
    }

    package var size: Size { Size(columns: columns.count, rows: rows.count) }

    /// The upper rows, at most all.
    package func top(_ count: Int) -> Area {
        Area(rows: rows.lowerBound..<min(rows.upperBound, rows.lowerBound + max(0, count)), columns: columns)
    }

    /// What is left below the upper rows.
    package func below(_ count: Int) -> Area {
        Area(rows: min(rows.upperBound, rows.lowerBound + max(0, count))..<rows.upperBound, columns: columns)
    }

    /// The left columns, at most all.
    package func left(_ count: Int) -> Area {
        Area(rows: rows, columns: columns.lowerBound..<min(columns.upperBound, columns.lowerBound + max(0, count)))
    }

    /// What is left beside the left columns.
    package func right(of count: Int) -> Area {
        Area(rows: rows, columns: min(columns.upperBound, columns.lowerBound + max(0, count))..<columns.upperBound)
    }
}
