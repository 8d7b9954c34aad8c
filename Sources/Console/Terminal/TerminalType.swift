import CNcurses

/// What the environment says about the terminal.
package struct TerminalEnvironment: Sendable, Hashable {
    /// The terminal type, as in `TERM`.
    package let type: String
    /// Whether colours are wanted; `NO_COLOR` with any text says no.
    package let wantsColour: Bool
    /// Whether the locale writes UTF-8.
    package let charset: Charset

    package init(type: String, wantsColour: Bool, charset: Charset) {
        self.type = type
        self.wantsColour = wantsColour
        self.charset = charset
    }

    /// Reads the locale of the process and what the caller found in the environment.
    package init(term: String?, noColor: String?) {
        let isUTF8 = cn_locale_is_utf8() == 1
        self.init(type: term ?? "", wantsColour: noColor?.isEmpty ?? true, charset: isUTF8 ? .unicode : .ascii)
    }

    /// The same terminal, shown ASCII characters only.
    package var withASCII: TerminalEnvironment {
        TerminalEnvironment(type: type, wantsColour: wantsColour, charset: .ascii)
    }

    /// Terminal types to try, in order: terminals whose own entry is often missing on servers understand xterm's.
    package var candidates: [String] {
        guard !type.isEmpty, type != "dumb", type != "unknown" else { return [] }
        let old = ["vt", "linux", "cons", "ansi", "sun", "wsvt", "pcansi"]
        if old.contains(where: { type.hasPrefix($0) }) { return [type, "vt100"] }
        return [type, "xterm-256color", "xterm", "vt100"]
    }

    /// Whether questions beside the status report are safe: older terminals show what they do not understand.
    package var understandsModeQuestions: Bool {
        ["xterm", "tmux", "foot", "alacritty", "wezterm", "rxvt", "contour", "konsole", "gnome", "iterm"]
            .contains { type.hasPrefix($0) }
    }
}
