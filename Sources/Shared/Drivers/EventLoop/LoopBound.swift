/// A value that was made on a loop and is reached on that loop only: so it can be carried through what may be sent anywhere,
/// such as a closure that a server keeps until its connection is ready.
///
/// `@unchecked Sendable`: whoever makes it is on the loop, `value` stops the program off it, and a loop has one thread.
public struct LoopBound<Value>: @unchecked Sendable {
    @usableFromInline let loop: Loop
    @usableFromInline let bound: Value

    /// Binds `value` to the loop that the caller runs on, where all that shares state with it has to be.
    @inlinable public init(_ value: Value) {
        guard let loop = Loop.current else { preconditionFailure("a value is bound to a loop on that loop") }
        self.loop = loop
        bound = value
    }

    /// The value, on its loop.
    @inlinable public var value: Value {
        loop.preconditionCurrent()
        return bound
    }
}
