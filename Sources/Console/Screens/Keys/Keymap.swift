package import Terminal

/// One line of the key table: it binds the keys, and the key line, the help and the manual page are made from it.
package struct Binding: Sendable, Hashable {
    /// A group of the help.
    package enum Section: String, Sendable, Hashable, CaseIterable {
        case screen = "This screen"
        case move = "Move"
        case everywhere = "Everywhere"
    }

    /// The keys that do it, the one to show first.
    package let keys: [Key]
    package let command: Command
    /// What the key line says, in a word or two; `nil` where the key line does not name it.
    package let hint: String?
    /// What the help says.
    package let explanation: String
    package let section: Section

    init(_ keys: [Key], _ command: Command, hint: String? = nil, _ explanation: String, _ section: Section) {
        self.keys = keys
        self.command = command
        self.hint = hint
        self.explanation = explanation
        self.section = section
    }

    /// The keys as they are written for people.
    package var keyNames: String { keys.map(\.name).joined(separator: " ") }
}

/// Which keys do what, in each place.
package enum Keymap {
    /// The bindings of a place, in the order of the key line and the help.
    package static func bindings(_ context: KeyContext) -> [Binding] {
        switch context {
        case .signIn: signIn + terminal
        case .executions: executions + moves { .executions(.move($0)) } + everywhere + terminal
        case .filter: filter + terminal
        case .detail: detail + moves { .detail(.move($0)) } + everywhere + terminal
        case .help: help + moves { .help(.move($0)) } + terminal
        }
    }

    /// What a key does in a place.
    package static func command(_ key: Key, in context: KeyContext) -> Command? {
        bindings(context).first { $0.keys.contains(key) }?.command
    }

    private static let signIn = [
        Binding([Key(.enter)], .signIn(.submit), hint: "sign in", "Next field; on the last one, sign in", .screen),
        Binding(
            [Key(.tab), Key(.down), Key(.up), Key(.tab, .shift)], .signIn(.otherField), hint: "other field",
            "The other field", .screen),
        Binding([.control("q")], .everywhere(.quit), hint: "quit", "Leave", .everywhere),
    ]

    private static let executions = [
        Binding(
            [Key(.enter), Key(.right), .character("l")], .executions(.open), hint: "open", "Open the execution", .screen
        ),
        Binding([.character("/")], .executions(.filter), hint: "filter", "Filter the list", .screen),
        Binding([.character("a")], .executions(.showAll), hint: "all", "Show all: clear the filter", .screen),
        Binding([.character("r")], .executions(.reload), hint: "reload", "Read the list anew", .screen),
    ]

    private static let filter = [
        Binding([Key(.enter)], .filter(.apply), hint: "apply", "Apply the filter", .screen),
        Binding([Key(.escape)], .filter(.cancel), hint: "cancel", "Keep the filter as it was", .screen),
    ]

    private static let detail: [Binding] =
        [
            Binding(
                [Key(.escape), Key(.left), .character("h"), Key(.backspace)], .detail(.back), hint: "back", "Back",
                .screen),
            Binding([Key(.tab), .character("]")], .detail(.nextSection), hint: "section", "Next section", .screen),
            Binding([Key(.tab, .shift), .character("[")], .detail(.previousSection), "Previous section", .screen),
            Binding([.character("n")], .detail(.nextItem), hint: "next", "The next older one of the list", .screen),
            Binding([.character("p")], .detail(.previousItem), hint: "previous", "The next newer one", .screen),
            Binding(
                [.character("f")], .detail(.unfold), hint: "full text", "Show long texts in full, or fold them", .screen
            ),
            Binding([.character("r")], .detail(.reload), "Read it anew", .screen),
        ]
        + (1...9).map { digit in
            Binding(
                [.character(Unicode.Scalar(UInt8(0x30 + digit)))], .detail(.openPart(digit)),
                "Open evaluator \(digit) of a judge", .screen)
        }

    private static let help = [
        Binding(
            [Key(.escape), .character("?"), .character("q"), Key(.enter)], .help(.close), hint: "close", "Close",
            .screen)
    ]

    private static func moves(_ command: (Move) -> Command) -> [Binding] {
        [
            Binding([Key(.up), .character("k")], command(.up), "A line up", .move),
            Binding([Key(.down), .character("j")], command(.down), "A line down", .move),
            Binding([Key(.pageUp), .control("b"), .control("u")], command(.pageUp), "A screen up", .move),
            Binding(
                [Key(.pageDown), .control("f"), .control("d"), .character(" ")], command(.pageDown), "A screen down",
                .move),
            Binding([.character("g"), Key(.home)], command(.start), "To the start; the newest, and follow it", .move),
            Binding([.character("G"), Key(.end)], command(.end), "To the end; the oldest that is held", .move),
        ]
    }

    private static let everywhere = [
        Binding([.character("?"), Key(.function(1))], .everywhere(.help), hint: "help", "This help", .everywhere),
        Binding([.character("q"), .character("Q")], .everywhere(.quit), hint: "quit", "Leave", .everywhere),
    ]

    private static let terminal = [
        Binding([.control("l")], .everywhere(.redraw), "Paint the screen anew", .everywhere),
        Binding([.control("z")], .everywhere(.suspend), "Suspend; fg comes back", .everywhere),
        Binding([.control("c")], .everywhere(.interrupt), "Twice within two seconds: leave", .everywhere),
    ]
}

extension Key {
    /// The key as it is written for people.
    package var name: String {
        var name = ""
        if modifiers.contains(.control) { name += "Ctrl-" }
        if modifiers.contains(.alt) { name += "Alt-" }
        if modifiers.contains(.shift) { name += "Shift-" }
        switch code {
        case .character(" "): return name + "Space"
        case .character(let scalar):
            return name + (modifiers.contains(.control) ? String(scalar).uppercased() : String(scalar))
        case .enter: return name + "Enter"
        case .tab: return name + "Tab"
        case .escape: return name + "Esc"
        case .backspace: return name + "Backspace"
        case .insert: return name + "Ins"
        case .delete: return name + "Del"
        case .up: return name + "Up"
        case .down: return name + "Down"
        case .left: return name + "Left"
        case .right: return name + "Right"
        case .home: return name + "Home"
        case .end: return name + "End"
        case .pageUp: return name + "PgUp"
        case .pageDown: return name + "PgDn"
        case .function(let number): return name + "F\(number)"
        }
    }
}
