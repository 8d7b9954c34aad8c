/// How calls are made; the defaults fit providers on the internet.
package struct ProxySettings: Sendable {
    /// How long a connection may take.
    package var connectTimeout: Duration = .seconds(5)
    /// How long a provider may think before its first byte; an answer in one piece is all thinking.
    package var firstByteTimeout: Duration = .seconds(300)
    /// How long a stream may be silent.
    package var idleTimeout: Duration = .seconds(60)
    /// How long a call may take whose caller sets no deadline.
    package var totalTimeout: Duration = .seconds(600)
    /// How much of a caller's deadline is kept back, so that our answer still reaches it; at most a quarter of it.
    package var reserve: Duration = .milliseconds(100)
    /// The longest answer.
    package var responseBytes = 16 << 20
    /// How many calls each provider may have at the same time, all loops together.
    package var callsPerProvider = 256
    /// How many more may wait for one of them to end.
    package var waitingPerProvider = 1024
    package var retries = RetryPolicy()

    package init() {}
}
