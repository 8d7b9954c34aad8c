/// State that only one loop touches, and which therefore needs no lock.
///
/// `@unchecked Sendable`: the state is reached through `withState` alone, which stops the program off the loop.
public final class LoopConfined<State>: @unchecked Sendable {
    /// The loop that the state belongs to.
    @usableFromInline package let loop: Loop
    @usableFromInline var state: State

    /// Hands `state` over to `loop`.
    package init(_ state: sending State, on loop: Loop) {
        self.state = state
        self.loop = loop
    }

    /// Reads or changes the state, on its loop. Inlinable, so that it is compiled for the state and not for any.
    @inlinable public func withState<R, Failure: Error>(_ body: (inout State) throws(Failure) -> R) throws(Failure)
        -> R
    {
        loop.preconditionCurrent()
        return try body(&state)
    }
}
