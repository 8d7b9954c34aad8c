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
}

/// What a program asks of the terminal's owner after an event.
package enum Request: Sendable, Hashable {
    case none
    /// Paint everything anew.
    case redraw
    /// Go to the background as the shell's suspend key does.
    case suspend
    /// Leave, with this exit status.
    case quit(Int32)
}

/// A program for a terminal, as functions. All are called on the thread that owns the terminal, with the time since
/// the start; none may block.
package struct Program<Message: Sendable> {
    /// Takes an event in.
    package var receive: (Event<Message>, Duration) -> Request
    /// When the program wants a tick, `nil` for never.
    package var wake: (Duration) -> Duration?
    /// The picture of the present state.
    package var view: (Size, Capabilities) -> Frame
    /// Whether someone waits for what a message brings.
    package var cause: (Message) -> Pacer.Cause

    package init(
        receive: @escaping (Event<Message>, Duration) -> Request, wake: @escaping (Duration) -> Duration?,
        view: @escaping (Size, Capabilities) -> Frame, cause: @escaping (Message) -> Pacer.Cause
    ) {
        self.receive = receive
        self.wake = wake
        self.view = view
        self.cause = cause
    }
}
