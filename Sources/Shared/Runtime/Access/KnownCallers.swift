internal import FoundationEssentials
internal import Stores
internal import Synchronization
internal import Tenancy

/// Callers seen a moment ago, by the hash of their token.
final class KnownCallers: Sendable {
    private static let lifetime: TimeInterval = 2
    private static let limit = 10_000

    private struct Entry {
        let principal: Principal
        let until: Date
        /// Whether nobody sat there when they were looked up.
        let isUnattended: Bool
    }

    private struct State {
        var entries: [[UInt8]: Entry] = [:]
        var epoch = Epoch(number: 0)
    }

    private let state = Mutex(State())

    /// The time between two calls of `forgetAll`.
    struct Epoch: Sendable, Hashable {
        fileprivate(set) var number: Int
    }

    /// The epoch of this moment; a look-up begins with it.
    var epoch: Epoch { state.withLock { $0.epoch } }

    /// Who was looked up without anybody sitting there is not known yet to a call of somebody who does: that one counts as
    /// activity.
    func principal(of key: [UInt8], at moment: Date, isUnattended: Bool = false) -> Principal? {
        state.withLock { state in
            guard let entry = state.entries[key], moment < entry.until, isUnattended || !entry.isUnattended else {
                return nil
            }
            return entry.principal
        }
    }

    /// Keeps what a look-up found, unless rights have changed since it began.
    func remember(
        _ principal: Principal, under key: [UInt8], at moment: Date, lookedUpIn epoch: Epoch,
        isUnattended: Bool = false
    ) {
        state.withLock { state in
            guard state.epoch == epoch else { return }
            if state.entries.count >= Self.limit { state.entries = state.entries.filter { moment < $0.value.until } }
            if state.entries.count >= Self.limit { state.entries.removeAll() }
            state.entries[key] = Entry(
                principal: principal, until: moment.addingTimeInterval(Self.lifetime), isUnattended: isUnattended)
        }
    }

    func forgetAll() {
        state.withLock { state in
            state.entries.removeAll()
            state.epoch.number += 1
        }
    }
}

/// When keys were last used and from where, until it is stored.
final class KeyUses: Sendable {
    private static let limit = 10_000
    private let uses = Mutex<[APIKeyID: KeyUse]>([:])

    func note(_ key: APIKeyID, _ use: KeyUse) {
        uses.withLock { uses in
            guard uses.count < Self.limit || uses[key] != nil else { return }
            uses[key] = use
        }
    }

    func take() -> [APIKeyID: KeyUse] {
        uses.withLock { uses in
            defer { uses = [:] }
            return uses
        }
    }
}
