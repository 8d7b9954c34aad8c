/// A key parser that knows the time: how long a lone Escape may wait for the rest of a sequence.
struct KeyReader {
    private var parser = KeyParser()
    private var lastInput = Duration.zero

    /// Takes bytes that arrived.
    mutating func take(_ bytes: [UInt8], at now: Duration) -> [Input] {
        lastInput = now
        return parser.feed(bytes)
    }

    /// When the parser will have waited long enough, `nil` when it waits for nothing.
    func deadline(roundTrip: Duration?) -> Duration? {
        parser.patience.map { lastInput + Self.limit(of: $0, roundTrip: roundTrip) }
    }

    /// Ends the waiting where its time is over.
    mutating func expire(at now: Duration, roundTrip: Duration?) -> [Input] {
        guard let deadline = deadline(roundTrip: roundTrip), deadline <= now else { return [] }
        lastInput = now
        return parser.expire()
    }

    /// A slow link tears sequences apart, so it gets more time.
    private static func limit(of patience: KeyParser.Patience, roundTrip: Duration?) -> Duration {
        switch patience {
        case .escape: (roundTrip ?? .zero) > .milliseconds(100) ? .milliseconds(150) : .milliseconds(50)
        case .sequence: .milliseconds(500)
        case .paste: .seconds(5)
        }
    }
}
