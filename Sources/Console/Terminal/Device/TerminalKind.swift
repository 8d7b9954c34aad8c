/// What is known of the terminal program at the far end, by the name that it gives itself or that the environment gives.
struct TerminalKind {
    private let names: [String]
    private let multiplexer: TerminalEnvironment.Multiplexer?

    /// - Parameters:
    ///   - ownName: the terminal's answer to the question what it is, `nil` when it gave none.
    ///   - environment: what the environment says.
    init(ownName: String?, _ environment: TerminalEnvironment) {
        multiplexer = environment.multiplexer
        // Its own word is worth more than that of variables, which programs inherit and connections lose.
        names =
            ownName.map { [$0.lowercased()] } ?? [environment.type, environment.program ?? ""].map { $0.lowercased() }
    }

    private func isOne(of kinds: [String]) -> Bool {
        names.contains { name in
            kinds.contains { name.hasPrefix($0) || name.hasPrefix("xterm-\($0)") }
        }
    }

    /// Whether it takes links. Said only where this kind is known for it; others may show the address.
    var links: TerminalReport.Support {
        // Older versions of tmux drop them, and the newer ones do not say.
        guard multiplexer == nil else { return .assumed(false) }
        let kinds = [
            "kitty", "ghostty", "foot", "wezterm", "iterm", "vte", "konsole", "contour", "alacritty", "mintty", "rio",
        ]
        return isOne(of: kinds) ? .known(true) : .assumed(false)
    }

    /// Whether it takes text for its clipboard.
    var clipboard: TerminalReport.Support {
        guard multiplexer == nil else { return .assumed(true) }
        if isOne(of: ["kitty", "ghostty", "foot", "wezterm", "contour", "alacritty", "rio"]) { return .known(true) }
        return isOne(of: ["vte", "linux", "vt"]) ? .known(false) : .assumed(true)
    }
}
