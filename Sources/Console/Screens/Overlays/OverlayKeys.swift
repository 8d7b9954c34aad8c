import Terminal

/// What the key line says while something lies over the screen.
enum OverlayKeys {
    /// What keys do there; the overlays read them themselves.
    private enum Command: Sendable, Hashable { case choose, apply, complete, close }

    static func hints(for overlay: Overlay?) -> [KeyHelp] {
        if case .identity(let check) = overlay, !check.isTyping { return check.help }
        return bindings(for: overlay).map(KeyHelp.init)
    }

    private static func bindings(for overlay: Overlay?) -> [Binding<Command>] {
        let close = Binding([Key(.escape)], Command.close, hint: "close", "Close", .everywhere)
        let cancel = Binding([Key(.escape)], Command.close, hint: "cancel", "Leave everything as it is", .everywhere)
        switch overlay {
        case .help, .explanation, .messages: return [close]
        case .menu: return [Binding([Key(.enter)], .choose, hint: "choose", "Choose"), close]
        case .palette:
            return [
                Binding([Key(.enter)], .choose, hint: "do it", "Do it"),
                Binding([Key(.tab)], .complete, hint: "complete", "Complete"), close,
            ]
        case .filter:
            return [
                Binding([Key(.enter)], .apply, hint: "apply", "Apply"),
                Binding([Key(.tab)], .complete, hint: "complete", "Complete"), cancel,
            ]
        case .prompt, .identity: return [Binding([Key(.enter)], .apply, hint: "take it", "Take it"), cancel]
        case .confirmation: return [Binding([Key(.enter)], .apply, hint: "do it", "Do it"), cancel]
        case nil: return []
        }
    }
}
