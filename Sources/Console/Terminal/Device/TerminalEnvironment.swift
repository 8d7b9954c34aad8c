import CNcurses

/// What the environment says about the terminal and its user.
package struct TerminalEnvironment: Sendable, Hashable {
    /// Why a charset is used.
    package enum CharsetReason: Sendable, Hashable {
        /// The locale of this name decides.
        case locale(String)
        /// The locale of this name is not installed, so nothing but ASCII is certain.
        case localeMissing(String)
        /// The user asked for it.
        case asked
    }

    /// A program between this one and the terminal, which decides what passes.
    package enum Multiplexer: String, Sendable, Hashable {
        case tmux
        case screen
    }

    /// The terminal type, as in `TERM`.
    package let type: String
    /// Whether colours are wanted; `NO_COLOR` with any text says no.
    package let wantsColour: Bool
    /// What the terminal shows.
    package private(set) var charset: Charset
    /// Why that is so.
    package let charsetReason: CharsetReason
    /// Whether the terminal is said to show any colour.
    package let claimsDirectColour: Bool
    package let multiplexer: Multiplexer?
    /// Whether the terminal is at the far end of an SSH connection.
    package let isRemote: Bool
    /// The name of the terminal program where it says so; it does not, through SSH.
    package let program: String?
    /// The user's editor, as a command for the shell.
    package let editor: String?
    /// Where files for a short time go.
    package let temporaryFolder: String

    /// Reads the locale of the process and the variables of its environment.
    package init(variables: (String) -> String?, asciiOnly: Bool = false) {
        func value(_ names: String...) -> String? {
            for name in names { if let value = variables(name), !value.isEmpty { return value } }
            return nil
        }
        type = value("TERM") ?? ""
        wantsColour = value("NO_COLOR") == nil
        let direct = value("COLORTERM").map { ["truecolor", "24bit"].contains($0.lowercased()) } ?? false
        let isTmux = value("TMUX") != nil || type.hasPrefix("tmux")
        let isScreen = !isTmux && (value("STY") != nil || type.hasPrefix("screen"))
        multiplexer = isTmux ? .tmux : isScreen ? .screen : nil
        // The variable is inherited by programs inside of screen, which takes the sequences for others.
        claimsDirectColour = direct && !isScreen
        isRemote = value("SSH_CONNECTION", "SSH_TTY") != nil
        program = value("TERM_PROGRAM") ?? (value("VTE_VERSION") != nil ? "VTE" : nil)
        editor = value("VISUAL", "EDITOR")
        temporaryFolder = value("TMPDIR", "XDG_RUNTIME_DIR") ?? "/tmp"
        let locale = value("LC_ALL", "LC_CTYPE", "LANG") ?? "C"
        let isUTF8 = cn_locale_is_utf8()
        charset = isUTF8 == 1 && !asciiOnly ? .unicode : .ascii
        charsetReason = asciiOnly ? .asked : isUTF8 < 0 ? .localeMissing(locale) : .locale(locale)
    }

    /// A terminal of which only this is known.
    package init(type: String, wantsColour: Bool, charset: Charset) {
        self.init { name in
            switch name {
            case "TERM": type
            case "NO_COLOR": wantsColour ? nil : "1"
            default: nil
            }
        }
        self.charset = charset
    }

    /// Terminal types to try, in order: terminals whose own entry is often missing on servers understand xterm's.
    package var candidates: [String] {
        guard !type.isEmpty, type != "dumb", type != "unknown" else { return [] }
        let old = ["vt", "linux", "cons", "ansi", "sun", "wsvt", "pcansi"]
        if old.contains(where: { type.hasPrefix($0) }) { return [type, "vt100"] }
        // Some terminals that show any colour call themselves by a name that stands for eight.
        let richer = claimsDirectColour && ["xterm", "tmux", "screen"].contains(type) ? ["\(type)-256color"] : []
        return richer + [type, "xterm-256color", "xterm", "vt100"]
    }

    /// Whether questions beside the status report are safe: older terminals show what they do not understand.
    package var understandsModeQuestions: Bool {
        [
            "xterm", "tmux", "foot", "alacritty", "wezterm", "rxvt", "contour", "konsole", "gnome", "iterm", "ghostty",
            "kitty", "vte", "mintty",
        ].contains { type.hasPrefix($0) }
    }

    /// Whether a title can be set: some older terminals show the text instead.
    var takesTitles: Bool { understandsModeQuestions || type.hasPrefix("screen") }
}
