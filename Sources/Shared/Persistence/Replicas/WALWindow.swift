/// Where the primary's log was, at moments that lie back no longer than is asked for.
///
/// The rule by which a replica may be read: it has replayed what the primary had at most so long ago. Positions are byte
/// counts from the beginning of the log.
struct WALWindow {
    private struct Sample {
        let moment: ContinuousClock.Instant
        let position: Int64
    }

    private let length: Duration
    private var samples: [Sample] = []

    init(length: Duration) { self.length = length }

    /// The last known position of the primary.
    var newest: Int64? { samples.last?.position }

    /// The primary's log was at `position` at `moment` or later.
    mutating func note(_ position: Int64, at moment: ContinuousClock.Instant) {
        // Another server has become the primary, and has not got what the one before wrote last.
        if let newest, position < newest { samples = [] }
        samples.append(Sample(moment: moment, position: position))
        samples.removeAll { $0.moment < moment - length }
    }

    /// Whether a server that has replayed up to `position` is young enough at `now`; false when nobody knows.
    func isYoungEnough(_ position: Int64, at now: ContinuousClock.Instant) -> Bool {
        guard let oldest = samples.first(where: { $0.moment >= now - length }) else { return false }
        return position >= oldest.position
    }
}
