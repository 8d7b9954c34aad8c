/// What happened, for the program to take in.
package enum Event<Message: Sendable>: Sendable {
    /// Something came from the terminal.
    case input(Input)
    /// Something came from another thread.
    case message(Message)
    /// The terminal has this size, now or from the start.
    case resized(Size)
    /// The time that the program asked to be woken at has come.
    case tick
    /// The program was stopped and runs again.
    case resumed
    /// Nobody is there who could continue a stopped program.
    case cannotSuspend
    /// What became of a text for the clipboard.
    case copied(Clipboard.Outcome)
    /// The editor was left; the text as it is now.
    case edited(Result<String, EditFailure>)
    /// What is known of the terminal.
    case report(TerminalReport)
}

/// What a program asks of the terminal's owner after an event.
package enum Request: Sendable, Hashable {
    /// Paint everything anew.
    case redraw
    /// Go to the background as the shell's suspend key does.
    case suspend
    /// Leave, with this exit status.
    case quit(Int32)
    /// Put text into the terminal's clipboard. Answered by `copied`.
    case copy(String)
    /// Call the window so, where the terminal can do that; its old title comes back when the program is left.
    case title(String)
    /// Ring the bell.
    case bell
    /// Hand the terminal to the user's editor until it is left. Answered by `edited`.
    case edit(Draft)
    /// Have the mouse told, or leave it to the terminal's own selection of text. It is off from the start.
    case mouse(Bool)
    /// Show another theme.
    case theme(ThemeName)
    /// Tell what is known of the terminal. Answered by `report`.
    case report
}

/// A program for a terminal, as functions. All are called on the thread that owns the terminal, with the time since
/// the start; none may block.
package struct Program<Message: Sendable> {
    /// Takes an event in; what it asks for is done in order.
    package var receive: (Event<Message>, Duration) -> [Request]
    /// When the program wants a tick, `nil` for never.
    package var wake: (Duration) -> Duration?
    /// The picture of the present state.
    package var view: (Size, Capabilities) -> Frame
    /// Whether someone waits for what a message brings.
    package var cause: (Message) -> Pacer.Cause

    package init(
        receive: @escaping (Event<Message>, Duration) -> [Request], wake: @escaping (Duration) -> Duration?,
        view: @escaping (Size, Capabilities) -> Frame, cause: @escaping (Message) -> Pacer.Cause
    ) {
        self.receive = receive
        self.wake = wake
        self.view = view
        self.cause = cause
    }
}
