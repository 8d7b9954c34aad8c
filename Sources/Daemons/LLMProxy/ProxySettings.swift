/// How calls are made; the defaults fit providers on the internet.
package struct ProxySettings: Sendable {
    /// How long the phases of a call may take.
    package var patience = CallPatience()
    /// How much of a caller's deadline is kept back, so that our answer still reaches it; at most a quarter of it.
    package var reserve: Duration = .milliseconds(100)
    /// The longest answer in one piece.
    package var responseBytes = 16 << 20
    /// How many calls each provider may have at the same time, all loops together.
    package var callsPerProvider = 256
    /// How many more may wait for one of them to end.
    package var waitingPerProvider = 1024
    package var retries = RetryPolicy()
    package var breaker = CircuitBreaker.Policy()
    /// How often providers are asked whether they are there; zero for never.
    package var probeInterval: Duration = .seconds(30)

    package init() {}
}
