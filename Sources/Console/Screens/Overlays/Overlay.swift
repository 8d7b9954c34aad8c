/// What lies over the screen and takes the keys, the innermost last.
enum Overlay: Sendable {
    /// The help, from a line on.
    case help(top: Int)
    case menu(Menu)
    case palette(Palette)
    case prompt(Prompt)
    case confirmation(Confirmation)
    case identity(IdentityCheck)
    case explanation(Explanation, top: Int)
    /// The message log, from a line on.
    case messages(top: Int)
    /// The filter line of a list.
    case filter(FilterLine)

    /// Whether keys are text for it.
    var isTyping: Bool {
        switch self {
        case .palette, .prompt, .confirmation, .filter: true
        case .identity(let check): check.isTyping
        case .help, .menu, .explanation, .messages: false
        }
    }
}

/// What a key did to an overlay.
enum OverlayOutcome: Sendable {
    /// It stays, changed or not.
    case stay(Overlay)
    /// It is closed.
    case close
    /// It is closed, and the screen does this.
    case perform(AnyCommand)
    /// It is closed, and the console does this.
    case everywhere(EverywhereCommand)
    /// It is closed, and the list does this.
    case list(ListCommand)
    /// It is closed, and the console is told this text.
    case typed(String, Prompt.Purpose)
    /// It is closed, and this filter is applied.
    case filter(String)
}

extension OverlayOutcome {
    /// Closed, with what was chosen.
    init(_ action: Menu.Action) {
        switch action {
        case .screen(let command): self = .perform(command)
        case .everywhere(let command): self = .everywhere(command)
        case .list(let command): self = .list(command)
        }
    }
}
