internal import EventLoop
internal import Records

/// What was sent to a receiver and may not have arrived. A receiver's system acknowledges bytes before its program reads
/// them, and when the program ends then, they are lost. Therefore what was acknowledged counts as arrived only when the
/// connection has lasted for a while after it; everything else is sent again on the next connection.
struct DeliveryWindow {
    /// So long a connection has to last after an acknowledgement.
    static let settling = Duration.seconds(10)
    /// The most entries that may be on their way.
    static let mostEntries = 100_000

    private struct Parcel {
        let chain: AuditChain
        let position: Int64
        let entries: Int
        /// Where in the stream it ends.
        let end: Int64
        var acknowledgedAt: Moment?
    }

    private var parcels: [Parcel] = []
    /// How many entries are on their way.
    private(set) var entries = 0

    /// Whether so many are on their way that no more should be sent.
    var isFull: Bool { entries >= Self.mostEntries }
    var isEmpty: Bool { parcels.isEmpty }

    /// Notes that entries of a chain through a position were sent, up to a place in the stream.
    mutating func add(_ chain: AuditChain, through position: Int64, entries count: Int, end: Int64) {
        parcels.append(Parcel(chain: chain, position: position, entries: count, end: end, acknowledgedAt: nil))
        entries += count
    }

    /// What counts as arrived now, by chain: everything that was acknowledged long enough ago.
    mutating func settle(acknowledged: Int64, at moment: Moment) -> [AuditChain: Int64] {
        var settled: [AuditChain: Int64] = [:]
        for index in parcels.indices {
            guard parcels[index].end <= acknowledged else { break }
            if parcels[index].acknowledgedAt == nil { parcels[index].acknowledgedAt = moment }
        }
        let done = parcels.prefix { parcel in
            parcel.acknowledgedAt.map { $0.duration(to: moment) >= Self.settling } ?? false
        }
        for parcel in done {
            settled[parcel.chain] = parcel.position
            entries -= parcel.entries
        }
        parcels.removeFirst(done.count)
        return settled
    }

    /// Everything: the receiver has read to the end.
    mutating func settleAll() -> [AuditChain: Int64] {
        var settled: [AuditChain: Int64] = [:]
        for parcel in parcels { settled[parcel.chain] = parcel.position }
        parcels = []
        entries = 0
        return settled
    }
}
