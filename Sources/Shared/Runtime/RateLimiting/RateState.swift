internal import EventLoop

/// What a replica holds of the common buckets. A plain value that is told the time.
struct RateState {
    /// Buckets of which nothing is held are forgotten beyond so many.
    private static let mostHeld = 10_000
    /// Which part of a rate a replica allows that cannot agree with the others.
    private static let ownPart = 4.0
    /// In which time a bucket is full again.
    private static let refill = Duration.seconds(60)

    private struct Held {
        /// Calls that were taken out of the bucket.
        var calls = 0
        var until: Moment
        /// Until when a portion is awaited.
        var portionUntil: Moment?
        /// Until when the bucket is empty.
        var emptyUntil: Moment?
        /// What is left of the part that this replica allows alone, and since when.
        var alone: (level: Double, at: Moment)?

        func isIdle(at now: Moment) -> Bool {
            now >= until && emptyUntil.map { now >= $0 } ?? true
                && alone.map { now >= $0.at + RateState.refill } ?? true
        }
    }

    enum Decision: Equatable {
        case taken
        /// Taken where something is held; of the other buckets so much is to be asked for.
        case mustAsk([RateWish])
        case refused(RateRefusal)
    }

    private var held: [String: Held] = [:]
    private var forgetBeyond = mostHeld
    private var awayUntil: Moment?

    /// Takes one call out of each bucket, as far as they are held here.
    mutating func take(_ buckets: [RateBucket], at now: Moment) -> Decision {
        if let awayUntil, now < awayUntil { return takeAlone(buckets, at: now).map(Decision.refused) ?? .taken }
        var wishes: [RateWish] = []
        for (place, bucket) in buckets.enumerated() {
            let mine = held[bucket.name] ?? Held(until: now)
            if mine.calls > 0, now < mine.until { continue }
            if let empty = mine.emptyUntil, now < empty {
                return .refused(RateRefusal(place: place, wait: now.duration(to: empty)))
            }
            // While somebody waits for a portion others ask for their own call alone: a burst would empty the bucket.
            let isAwaited = mine.portionUntil.map { now < $0 } ?? false
            wishes.append(RateWish(place: place, calls: isAwaited ? 1 : bucket.portion))
        }
        for place in buckets.indices where !wishes.contains(where: { $0.place == place }) {
            held[buckets[place].name]?.calls -= 1
        }
        guard !wishes.isEmpty else { return .taken }
        for wish in wishes {
            held[buckets[wish.place].name, default: Held(until: now)].portionUntil = now + RequestRates.patience
        }
        // One call looks whether Redis is there again; the others do without it meanwhile.
        if awayUntil != nil { awayUntil = now + RequestRates.patience }
        return .mustAsk(wishes)
    }

    /// Notes what came of the wishes and takes one call out of each of their buckets; says which of them is empty, and for
    /// how long. Then what `take` had taken already is given back.
    mutating func filled(
        _ buckets: [RateBucket], _ wishes: [RateWish], with replies: [RateReply], at now: Moment
    ) -> RateRefusal? {
        awayUntil = nil
        makeRoom(at: now)
        for (wish, reply) in zip(wishes, replies) {
            var mine = held[buckets[wish.place].name] ?? Held(until: now)
            if now >= mine.until { mine.calls = 0 }
            mine.calls += reply.calls
            mine.until = now + RequestRates.holding
            mine.portionUntil = nil
            // Another call's portion may have come meanwhile.
            mine.emptyUntil = mine.calls == 0 && reply.isEmpty ? now + reply.wait : nil
            held[buckets[wish.place].name] = mine
        }
        let lacking = zip(wishes, replies).filter { held[buckets[$0.0.place].name]?.calls == 0 }
        if let (wish, reply) = lacking.first(where: \.1.isEmpty) ?? lacking.first {
            for place in buckets.indices where !wishes.contains(where: { $0.place == place }) {
                held[buckets[place].name]?.calls += 1
            }
            return RateRefusal(place: wish.place, wait: reply.wait)
        }
        for wish in wishes { held[buckets[wish.place].name]?.calls -= 1 }
        return nil
    }

    /// Redis did not answer. True when it did before.
    mutating func lost(until moment: Moment) -> Bool {
        defer { awayUntil = moment }
        return awayUntil == nil
    }

    /// Takes one call of what this replica allows alone; says where nothing is left, and for how long.
    mutating func takeAlone(_ buckets: [RateBucket], at now: Moment) -> RateRefusal? {
        makeRoom(at: now)
        for (place, bucket) in buckets.enumerated() {
            let capacity = max(1, Double(bucket.limit) / Self.ownPart)
            var mine = held[bucket.name] ?? Held(until: now)
            let known = mine.alone ?? (capacity, now)
            let level = min(capacity, known.level + known.at.duration(to: now) / Self.refill * capacity)
            mine.alone = (level, now)
            held[bucket.name] = mine
            guard level < 1 else { continue }
            return RateRefusal(place: place, wait: .seconds((1 - level) / capacity * 60))
        }
        for bucket in buckets { held[bucket.name]?.alone?.level -= 1 }
        return nil
    }

    private mutating func makeRoom(at now: Moment) {
        guard held.count > forgetBeyond else { return }
        held = held.filter { !$0.value.isIdle(at: now) }
        // Looking through all of them again is worth it when there are many new ones.
        forgetBeyond = max(Self.mostHeld, 2 * held.count)
    }
}
