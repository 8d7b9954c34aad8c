/// Modes of the terminal that ncurses does not know, as the sequences that set and reset them.
enum TerminalModes {
    /// Pasted text is marked, so that it is never read as keys; the window says when it gets and loses the keyboard.
    static let enter = "\u{1B}[?1004h\u{1B}[?2004h"
    static let leave = "\u{1B}[?1004l\u{1B}[?2004l"
    /// Buttons and the wheel are told, in the form that knows no largest column.
    static let enterMouse = "\u{1B}[?1000h\u{1B}[?1006h"
    static let leaveMouse = "\u{1B}[?1006l\u{1B}[?1000l"
    /// Asks whether pictures can be shown at once instead of as they arrive, which of the modes above are known, what
    /// the terminal is, and the colour of its page.
    static let questions = [2026, 2004, 1004].map { "\u{1B}[?\($0)$p" }.joined() + "\u{1B}[>q\u{1B}]11;?\u{1B}\\"
    static let beginPicture = "\u{1B}[?2026h"
    static let endPicture = "\u{1B}[?2026l"
    /// Asks for a report when everything before has been shown.
    static let askStatus = "\u{1B}[5n"
    /// Keeps the title that the window has, and gives it back.
    static let keepTitle = "\u{1B}[22;2t"
    static let returnTitle = "\u{1B}[23;2t"
    /// Ends a link that a fault left open.
    static let leaveLink = "\u{1B}]8;;\u{1B}\\"
    /// Everything that any mode could need to be undone; for a fault, when nothing else works any more.
    static let leaveAll =
        "\u{1B}[?2026l\u{1B}[?1000l\u{1B}[?1002l\u{1B}[?1003l\u{1B}[?1006l\u{1B}[?1004l\u{1B}[?2004l"
        + "\u{1B}[0m\u{1B}[?7h\u{1B}[?1049l\u{1B}[?25h\u{1B}[?1l\u{1B}>\r"
}
