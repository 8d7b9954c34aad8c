import Terminal

/// The keys of the form of a trial; every other key is text.
package enum TrialKeys {
    /// What they do.
    package enum Command: Sendable, Hashable {
        case run
        case nextField
        case previousField
        case newLine
        case editor
        case resultUp
        case resultDown
        case leave
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter), Key(.enter, .control)], .run, hint: "run", "Run it on what the form says"),
        Binding([Key(.tab)], .nextField, hint: "next field", "Go to the next field"),
        Binding([Key(.tab, .shift)], .previousField, "Go to the field before"),
        Binding([Key(.enter, .alt), .control("o")], .newLine, hint: "new line", "Begin a new line in the field"),
        Binding([.control("e")], .editor, hint: "editor", "Write the field in your editor"),
        Binding([Key(.pageDown)], .resultDown, "Show more of the result"),
        Binding([Key(.pageUp)], .resultUp, "Show what is above in the result"),
        Binding([Key(.escape)], .leave, hint: "leave it", "Leave the form, with what is in it", .everywhere),
    ]
}
