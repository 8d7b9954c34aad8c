/// Modes of the terminal that ncurses does not know, as the sequences that set and reset them.
enum TerminalModes {
    /// Pasted text is marked, so that it is never read as keys.
    static let enter = "\u{1B}[?2004h"
    static let leave = "\u{1B}[?2004l"
    /// Asks whether pictures can be shown at once instead of as they arrive.
    static let askSynchronised = "\u{1B}[?2026$p"
    static let beginPicture = "\u{1B}[?2026h"
    static let endPicture = "\u{1B}[?2026l"
    /// Asks for a report when everything before has been shown.
    static let askStatus = "\u{1B}[5n"
    /// Everything that any mode could need to be undone; for a fault, when nothing else works any more.
    static let leaveAll =
        "\u{1B}[?2026l\u{1B}[?1000l\u{1B}[?1002l\u{1B}[?1003l\u{1B}[?1006l\u{1B}[?1004l\u{1B}[?2004l\u{1B}[0m"
        + "\u{1B}[?7h\u{1B}[?1049l\u{1B}[?25h\u{1B}[?1l\u{1B}>\r"
}
