internal import EventLoop
package import Providers
internal import Scoring
package import Spending
internal import Synchronization

/// The keys of one provider: which of them are used, and how they do.
package final class KeyPool: Sendable {
    /// What a call said about the key that it was made with.
    package enum Outcome: Sendable, Hashable {
        case worked
        /// The provider does not accept it.
        case refused
        /// The provider knows it, and does not let it use this model.
        case forbidden
        /// It has had enough calls of this model for now.
        case throttled(retryAfter: Duration?)
        /// What was bought with it is used up.
        case exhausted(retryAfter: Duration?)
    }

    /// How long a key is left alone, and why.
    private struct Rest {
        var until: Moment?
        var failures = 0
        var reason: KeyStatus.Reason?

        func lasts(at now: Moment) -> Bool { until.map { $0 > now } ?? false }

        /// How often it had failed before this time. Calls that were under way when it failed fail together, which is once.
        func earlierFailures(at now: Moment) -> Int { lasts(at: now) ? max(0, failures - 1) : failures }

        mutating func lengthen(by pause: Duration, because reason: KeyStatus.Reason?, at now: Moment) {
            failures = earlierFailures(at: now) + 1
            self.reason = reason
            until = max(until ?? now, now + pause)
        }

        /// A call that began before the key failed says nothing about it now.
        mutating func end(at now: Moment) {
            if !lasts(at: now) { self = Rest() }
        }
    }

    private struct Entry {
        var stored: StoredProviderKey
        let box: [UInt8]
        /// `nil` when it cannot be opened.
        let secret: ProviderKey?
        var limits: CallLimits
        /// From all calls, and from those of single models: providers count by model.
        var rest = Rest()
        var modelRests: [String: Rest] = [:]
        /// Where its calls are limited, by model.
        var places: [String: GovernedPlace] = [:]

        /// When it can be used for a model again, by itself.
        func rest(for model: String, at now: Moment) -> Rest? {
            let rests = [rest, modelRests[model]].compactMap(\.self).filter { $0.lasts(at: now) }
            return rests.max { ($0.until ?? now) < ($1.until ?? now) }
        }

        func isUsable(for model: String, at now: Moment) -> Bool {
            secret != nil && !rest.lasts(at: now) && !(modelRests[model]?.lasts(at: now) ?? false)
        }
    }

    private struct Content {
        var entries: [Entry] = []
        /// What was found lately to be usable, by model, and until when that is so.
        private(set) var usable: [String: UsableKeys] = [:]

        mutating func note(_ keys: UsableKeys, for model: String) { usable[model] = keys }

        mutating func forgetUsable() { usable = [:] }

        func position(of id: ProviderKeyID) -> Int? {
            // Looked at where they are: an entry has many parts to be copied.
            let entries = entries.span
            return entries.indices.first { entries[$0].stored.id == id }
        }
    }

    private let governor: Governor
    private let state = Mutex(Content())
    /// Grows when what was found to be usable is so no more. Changed under the lock only.
    fileprivate let edition = Atomic<Int>(0)

    init(governor: Governor) { self.governor = governor }

    /// The keys that a call of a model can be made with now; the governor takes the one with the most room. Those that are
    /// being drained are among them only while no other one works.
    package func usable(for model: String) -> UsableKeys {
        let now = Moment.turn
        return state.withLock { content in
            if let known = content.usable[model], now < known.until { return known }
            let keys = find(for: model, in: &content.entries, at: now)
            content.note(keys, for: model)
            return keys
        }
    }

    /// Under the lock.
    private func forgetUsable(_ content: inout Content) {
        content.forgetUsable()
        edition.wrappingAdd(1, ordering: .releasing)
    }

    private func find(for model: String, in entries: inout [Entry], at now: Moment) -> UsableKeys {
        let edition = edition.load(ordering: .relaxed)
        let ends = entries.compactMap { $0.rest(for: model, at: now)?.until }.min() ?? .never
        for wanted in [ProviderKeyState.active, .draining] {
            var keys: [PooledKey] = []
            for index in entries.indices {
                guard entries[index].stored.state == wanted, entries[index].isUsable(for: model, at: now),
                    let secret = entries[index].secret
                else { continue }
                let place = place(of: &entries[index], for: model)
                keys.append(PooledKey(id: entries[index].stored.id, key: secret, place: place))
            }
            if !keys.isEmpty { return UsableKeys(keys, until: ends, edition: edition) }
        }
        return UsableKeys([], until: ends, edition: edition)
    }

    /// A limit that was set for a key holds for all its calls together. What a provider allows without being told, and
    /// says beside its answers, it counts by model.
    private func place(of entry: inout Entry, for model: String) -> GovernedPlace {
        if let known = entry.places[model] { return known }
        let name = "key:\(entry.stored.id)" + (entry.limits.isEmpty ? ":\(model)" : "")
        let place = governor.place(name, entry.limits, weight: entry.stored.weight)
        entry.places[model] = place
        return place
    }

    /// The keys that have had enough calls of a model for no longer than `patience`: where there are no others, they are
    /// waited for at their places, which take no calls until then. Those are no such places whose limits hold for all models.
    package func soonUsable(for model: String, within patience: Duration) -> UsableKeys {
        let now = Moment.turn
        return state.withLock { content in
            var keys: [PooledKey] = []
            for index in content.entries.indices where content.entries[index].limits.isEmpty {
                guard let secret = content.entries[index].secret, !content.entries[index].rest.lasts(at: now),
                    content.entries[index].modelRests[model].map({ ($0.until ?? now) <= now + patience }) ?? true
                else { continue }
                let place = place(of: &content.entries[index], for: model)
                keys.append(PooledKey(id: content.entries[index].stored.id, key: secret, place: place))
            }
            return UsableKeys(keys, until: now, edition: 0)
        }
    }

    /// Whether the provider has no keys: it may be called without one.
    package var isEmpty: Bool { state.withLock(\.entries.isEmpty) }

    /// Why there is no candidate, although there are keys; `nil` when there is one.
    package func obstacle(for model: String) -> KeyObstacle? {
        let now = Moment.now
        return state.withLock { content in
            let entries = content.entries
            guard !entries.isEmpty, !entries.contains(where: { $0.isUsable(for: model, at: now) }) else { return nil }
            let rests = entries.filter { $0.secret != nil }.compactMap { $0.rest(for: model, at: now) }
            let first = rests.min { ($0.until ?? now) < ($1.until ?? now) }
            return KeyObstacle(
                reason: first?.reason ?? .sealed, retryAfter: first?.until.map { now.duration(to: $0) })
        }
    }

    /// Notes what a call of a model said about its key. A key that does not work is left alone for a while, for longer
    /// each time.
    package func report(_ id: ProviderKeyID, _ outcome: Outcome, for model: String) {
        let now = Moment.turn
        let cooled = state.withLock { content -> ([GovernedPlace], Duration)? in
            guard let index = content.position(of: id) else { return nil }
            let cooled = note(outcome, for: model, of: &content.entries[index], at: now)
            if cooled != nil { forgetUsable(&content) }
            return cooled
        }
        // Those that wait for it wait for another one, or for its end.
        guard let (places, pause) = cooled else { return }
        for place in places { governor.block(place, for: pause) }
    }

    /// Returns which places take no calls for how long, if any.
    private func note(
        _ outcome: Outcome, for model: String, of entry: inout Entry, at now: Moment
    ) -> ([GovernedPlace], Duration)? {
        let reason = KeyStatus.Reason(outcome)
        switch outcome {
        case .worked:
            entry.rest.end(at: now)
            if entry.modelRests[model]?.lasts(at: now) == false { entry.modelRests[model] = nil }
            return nil
        case .throttled, .forbidden:
            var rest = entry.modelRests[model] ?? Rest()
            guard let pause = Self.pause(after: outcome, failures: rest.earlierFailures(at: now)) else { return nil }
            rest.lengthen(by: pause, because: reason, at: now)
            entry.modelRests[model] = rest
            return (entry.limits.isEmpty ? [place(of: &entry, for: model)] : [], pause)
        case .refused, .exhausted:
            guard let pause = Self.pause(after: outcome, failures: entry.rest.earlierFailures(at: now)) else {
                return nil
            }
            entry.rest.lengthen(by: pause, because: reason, at: now)
            return (Array(Set(entry.places.values)), pause)
        }
    }

    /// How the keys do, without the keys themselves.
    package var status: [KeyStatus] {
        let now = Moment.now
        return state.withLock { $0.entries }.map { entry in
            let rest = entry.modelRests.values.filter { $0.lasts(at: now) }.reduce(entry.rest) { longest, rest in
                (longest.until ?? now) < (rest.until ?? now) ? rest : longest
            }
            return KeyStatus(
                key: entry.stored, load: entry.places.values.map { governor.load(of: $0) }.max() ?? 0,
                coolsFor: rest.lasts(at: now) ? rest.until.map { now.duration(to: $0) } : nil,
                reason: entry.secret == nil ? .sealed : rest.reason)
        }
    }

    /// Takes over what is stored now. Keys that were there keep what is known of them; those that are gone or revoked get
    /// no further call.
    func adopt(_ keys: [SealedKey], open: ([UInt8]) -> ProviderKey?) {
        let known = state.withLock { $0.entries }
        let entries = keys.filter { $0.stored.state != .revoked }.map { key in
            guard var entry = known.first(where: { $0.stored.id == key.stored.id && $0.box == key.box }) else {
                return Entry(stored: key.stored, box: key.box, secret: open(key.box), limits: key.limits)
            }
            if entry.limits != key.limits || entry.stored.weight != key.stored.weight { entry.places = [:] }
            entry.stored = key.stored
            entry.limits = key.limits
            return entry
        }
        state.withLock { content in
            // What calls have reported meanwhile counts.
            let current = content.entries
            forgetUsable(&content)
            content.entries = entries.map { entry in
                guard let newer = current.first(where: { $0.stored.id == entry.stored.id && $0.box == entry.box })
                else { return entry }
                var merged = newer
                merged.stored = entry.stored
                merged.limits = entry.limits
                if entry.places.isEmpty { merged.places = [:] }
                return merged
            }
        }
        // What was found out about a key is not held against the one that was entered in its place.
        for old in known where keys.contains(where: { $0.stored.id == old.stored.id && $0.box != old.box }) {
            for place in old.places.values { governor.unblock(place) }
        }
    }

    /// A key as it is stored, with the limits that were set for it.
    struct SealedKey {
        let stored: StoredProviderKey
        let box: [UInt8]
        let limits: CallLimits
    }

    /// Never so long that somebody who has put things right at the provider waits much for it: to try once in a few minutes
    /// costs nothing.
    private static func pause(after outcome: Outcome, failures: Int) -> Duration? {
        switch outcome {
        case .worked: nil
        case .refused, .forbidden: min(.seconds(300), .seconds(60) * (1 << min(failures, 3)))
        case .throttled(let retryAfter): min(.seconds(300), retryAfter ?? .seconds(1) * (1 << min(failures, 5)))
        case .exhausted(let retryAfter):
            min(.seconds(3600), retryAfter ?? min(.seconds(900), .seconds(300) * (1 << min(failures, 2))))
        }
    }
}

/// A key that a call can be made with.
package final class PooledKey: Sendable {
    package let id: ProviderKeyID
    package let key: ProviderKey
    /// Where its calls are limited.
    package let place: GovernedPlace

    init(id: ProviderKeyID, key: ProviderKey, place: GovernedPlace) {
        self.id = id
        self.key = key
        self.place = place
    }
}

/// The keys of a provider that do for a call.
package final class UsableKeys: Sendable {
    package let keys: [PooledKey]
    /// Where the calls of each are limited.
    package let places: [GovernedPlace]
    /// When other keys can be used again by themselves.
    fileprivate let until: Moment
    /// Of the pool that they were found in.
    private let edition: Int

    fileprivate init(_ keys: [PooledKey], until: Moment, edition: Int) {
        self.keys = keys
        places = keys.map(\.place)
        self.until = until
        self.edition = edition
    }

    /// Whether they would be found in their pool now as well.
    func holds(for pool: KeyPool, at now: Moment) -> Bool {
        now < until && edition == pool.edition.load(ordering: .acquiring)
    }
}

/// Why no key of a provider can be used.
package struct KeyObstacle: Sendable, Hashable {
    /// What is the matter with the one that can be used again first.
    package let reason: KeyStatus.Reason
    /// When that is; `nil` for not by itself.
    package let retryAfter: Duration?
}

/// How a key does, for people who operate the system.
package struct KeyStatus: Sendable, Hashable {
    /// Why a key is not used although it could be.
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        case refused
        case throttled
        case exhausted
        /// It was sealed for another proxy.
        case sealed

        init?(_ outcome: KeyPool.Outcome) {
            switch outcome {
            case .worked: return nil
            case .refused, .forbidden: self = .refused
            case .throttled: self = .throttled
            case .exhausted: self = .exhausted
            }
        }
    }

    package let key: StoredProviderKey
    /// How much of its limits is in use, from 0 to about 1.
    package let load: Double
    package let coolsFor: Duration?
    package let reason: Reason?
}
