internal import Terminal

/// The keys of labelling beside those of the answers, which `LabelKeys` makes of the scale.
package enum LabellingKeys {
    /// What they do.
    package enum Command: Sendable, Hashable {
        case skip
        case undo
        case reason
        case explain
        case down
        case up
        case pageDown
        case pageUp
        case help
        case leave
    }

    package static let bindings: [Binding<Command>] = [
        Binding([.character("s")], .skip, hint: "skip", "Leave it as it is and go on"),
        Binding([.character("u")], .undo, hint: "undo", "Take the last label back, and show again what it was for"),
        Binding(
            [.character("r")], .reason, hint: "why",
            "Say why, with the answer that comes next; what could not be read is read again"),
        Binding([.character("e")], .explain, hint: "explain", "Explain the scale and the keys of its answers"),
        Binding([Key(.down), .character("j")], .down, "Read on", .move),
        Binding([Key(.up), .character("k")], .up, "Read back", .move),
        Binding([Key(.pageDown), .character(" ")], .pageDown, "Read a screen on", .move),
        Binding([Key(.pageUp)], .pageUp, "Read a screen back", .move),
        Binding([.character("?"), Key(.function(1))], .help, hint: "help", "Show these keys", .everywhere),
        Binding([Key(.escape)], .leave, hint: "leave", "Leave; what is answered is stored", .everywhere),
    ]
}
