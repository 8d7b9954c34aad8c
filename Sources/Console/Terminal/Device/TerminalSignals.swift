import CNcurses

/// Signals as a descriptor: blocked in every thread made later, read by the one that owns the terminal.
package struct TerminalSignals: Sendable {
    let descriptor: Int32

    /// Takes the signals over. Called before any other thread is made: one that has them unblocked would get them.
    package init() { descriptor = cn_signals_open() }

    /// The next one that came.
    func next() -> Int32? {
        let number = cn_signals_next(descriptor)
        return number == 0 ? nil : number
    }
}
