internal import EventLoop
internal import Records

/// What was sent to a receiver and may not have arrived. A receiver's system acknowledges bytes long before its program
/// reads them, and when the program ends then, they are lost, however long ago that was. Therefore nothing counts as arrived
/// until the receiver has read to the end of an orderly ended stream; everything else is sent again on the next one.
struct DeliveryWindow {
    /// The most entries that may be on their way.
    static let mostEntries = 10_000

    private var places: [AuditChain: Int64] = [:]
    /// How many entries are on their way, with how many bytes.
    private(set) var entries = 0
    private(set) var bytes = 0
    /// When the first of them was sent.
    private var since: Moment?

    /// Nothing yet.
    init() {}

    var isEmpty: Bool { entries == 0 }

    /// Whether so much is on its way that no more should be sent.
    func isFull(_ budget: DeliveryBudget) -> Bool { entries >= Self.mostEntries || bytes >= budget.bytes }

    /// Whether the receiver should say by now that it has read everything.
    func isDue(at moment: Moment, after time: Duration) -> Bool {
        since.map { $0.duration(to: moment) >= time } ?? false
    }

    /// Notes that an entry was sent.
    mutating func add(_ chain: AuditChain, at position: Int64, bytes count: Int, on moment: Moment) {
        places[chain] = position
        entries += 1
        bytes += count
        since = since ?? moment
    }

    /// Everything has arrived: through which positions, by chain.
    mutating func settle() -> [AuditChain: Int64] {
        defer { self = DeliveryWindow() }
        return places
    }
}

/// How many bytes a receiver is sent before it has to say that it has read them. One that is slow gets less, so that it can
/// say so in time, and what is sent again is little.
struct DeliveryBudget {
    private static let (least, most) = (16 << 10, 4 << 20)

    private(set) var bytes = DeliveryBudget.most

    /// As for a fast receiver.
    init() {}

    mutating func grow() { bytes = min(bytes * 2, Self.most) }
    mutating func shrink() { bytes = max(bytes / 4, Self.least) }
}
