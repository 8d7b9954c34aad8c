package import FoundationEssentials
package import Tenancy
package import Terminal
package import WireAPI

/// What every screen may know beside its own facts. Read only.
package struct Scope: Sendable {
    /// The time since the console was started.
    package let now: Duration
    package let clock: ServerClock
    package let charset: Charset
    package let session: OperatorSession?
    package let stream: EventStream
    /// The number of columns and rows of the whole terminal.
    package let size: Size
    package let preferences: Preferences

    /// The marks of the terminal's characters.
    var marks: Marks { Marks(charset) }

    /// The server's time, `nil` before it said any.
    package var date: Date? { clock.date(at: now) }

    /// Whether the person who is signed in may do something.
    package func may(_ permission: Permission) -> Bool {
        session?.permissions.contains(permission.rawValue) ?? false
    }
}
