/// How long the phases of a transfer may take; `nil` is without limit.
///
/// Time in which our own side does not read or has nothing to send counts only against `total`.
package struct TransferDeadlines: Sendable, Hashable {
    /// From the call until the connection can carry the request: a free connection, the name, TCP, TLS.
    package var connect: Duration
    /// From the last byte of the request until the last header of the response.
    package var firstByte: Duration?
    /// From the last byte of the request until the first byte of the response's body, where that may take longer than
    /// `idle`: some servers send the headers at once and then think. Not of a refusal.
    package var firstPiece: Duration?
    /// Between two pieces of the body, in either direction.
    package var idle: Duration?
    /// From the call until the last byte of the response.
    package var total: Duration?

    /// Defaults that end every transfer some time; a stream without end needs `total: nil`.
    package init(
        connect: Duration = .seconds(5), firstByte: Duration? = .seconds(60), firstPiece: Duration? = nil,
        idle: Duration? = .seconds(60), total: Duration? = .seconds(600)
    ) {
        self.connect = connect
        self.firstByte = firstByte
        self.firstPiece = firstPiece
        self.idle = idle
        self.total = total
    }
}

/// The limit that a transfer ran into.
package enum TransferPhase: String, Sendable, Hashable {
    /// No connection in time.
    case connect
    /// No complete response head in time, or nothing behind it.
    case firstByte
    /// No byte moved for too long.
    case idle
    /// The whole took too long.
    case total
}
