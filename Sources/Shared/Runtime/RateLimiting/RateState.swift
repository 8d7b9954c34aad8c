internal import EventLoop

/// Whose calls are counted together, and how many there may be.
struct RateBucket {
    let subject: RequestRates.Subject
    let name: String
    /// In a minute.
    let limit: Int

    init(_ subject: RequestRates.Subject, _ name: String, limit: Int) {
        self.subject = subject
        self.name = name
        self.limit = limit
    }

    /// How many calls are taken out of it at a time: what is there of it in a twentieth of a second.
    var portion: Int { max(1, limit / 1200) }
}

/// What a replica holds of the common buckets. A plain value that is told the time.
struct RateState {
    /// Buckets of which nothing is held are forgotten beyond so many.
    private static let mostHeld = 10_000
    /// Which part of a rate a replica allows that cannot agree with the others.
    private static let ownPart = 4

    private struct Held {
        /// Calls that were taken out of the bucket.
        var calls = 0
        var until: Moment
        /// Until when the bucket is empty.
        var emptyUntil: Moment?
        /// What is left of the part that this replica allows alone, and since when.
        var alone: (level: Double, at: Moment)?
    }

    enum Decision: Equatable {
        case taken
        case mustAsk
        case refused(place: Int, wait: Duration)
    }

    private var held: [String: Held] = [:]
    private var awayUntil: Moment?

    /// Takes one call out of each bucket, if all of them are held here.
    mutating func take(_ buckets: [RateBucket], at now: Moment, holding: Duration) -> Decision {
        if let awayUntil, now < awayUntil {
            return takeAlone(buckets, at: now).map { .refused(place: $0.place, wait: $0.wait) } ?? .taken
        }
        for (place, bucket) in buckets.enumerated() {
            if let empty = held[bucket.name]?.emptyUntil, now < empty {
                return .refused(place: place, wait: now.duration(to: empty))
            }
        }
        for bucket in buckets {
            guard let mine = held[bucket.name], mine.calls > 0, now < mine.until else { return .mustAsk }
        }
        for bucket in buckets { held[bucket.name]?.calls -= 1 }
        return .taken
    }

    /// Notes what came out of the buckets and takes one call out of each; says which of them is empty, and until when.
    mutating func filled(
        _ buckets: [RateBucket], with replies: [(calls: Int, wait: Duration)], at now: Moment
    ) -> (place: Int, wait: Duration)? {
        awayUntil = nil
        makeRoom(at: now)
        var refused: (place: Int, wait: Duration)?
        for (place, bucket) in buckets.enumerated() {
            let reply = replies[place]
            var mine = held[bucket.name].flatMap { now < $0.until ? $0 : nil } ?? Held(until: now)
            mine.calls += reply.calls
            mine.until = now + RequestRates.holding
            mine.alone = nil
            mine.emptyUntil = mine.calls == 0 ? now + reply.wait : nil
            if mine.calls == 0, refused == nil { refused = (place, reply.wait) }
            held[bucket.name] = mine
        }
        if refused == nil { for bucket in buckets { held[bucket.name]?.calls -= 1 } }
        return refused
    }

    /// Redis did not answer. True when it did before.
    mutating func lost(until moment: Moment) -> Bool {
        defer { awayUntil = moment }
        return awayUntil == nil
    }

    /// Takes one call of what this replica allows alone; says where nothing is left, and for how long.
    mutating func takeAlone(_ buckets: [RateBucket], at now: Moment) -> (place: Int, wait: Duration)? {
        makeRoom(at: now)
        for (place, bucket) in buckets.enumerated() {
            let capacity = max(1, Double(bucket.limit) / Double(Self.ownPart))
            var mine = held[bucket.name] ?? Held(until: now)
            let known = mine.alone ?? (capacity, now)
            let level = min(capacity, known.level + known.at.duration(to: now) / .seconds(60) * capacity)
            mine.alone = (level, now)
            held[bucket.name] = mine
            guard level < 1 else { continue }
            return (place, .seconds((1 - level) / capacity * 60))
        }
        for bucket in buckets { held[bucket.name]?.alone?.level -= 1 }
        return nil
    }

    private mutating func makeRoom(at now: Moment) {
        guard held.count > Self.mostHeld else { return }
        held = held.filter { now < $0.value.until || $0.value.emptyUntil.map { now < $0 } ?? false }
    }
}
