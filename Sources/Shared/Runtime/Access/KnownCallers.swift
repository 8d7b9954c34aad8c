internal import FoundationEssentials
internal import Synchronization
internal import Tenancy

/// Callers seen a moment ago, by the hash of their token.
final class KnownCallers: Sendable {
    private static let lifetime: TimeInterval = 2
    private static let limit = 10_000

    private struct Entry {
        let principal: Principal
        let until: Date
    }

    private let entries = Mutex<[[UInt8]: Entry]>([:])

    func principal(of key: [UInt8], at moment: Date) -> Principal? {
        entries.withLock { entries in
            guard let entry = entries[key], moment < entry.until else { return nil }
            return entry.principal
        }
    }

    func remember(_ principal: Principal, under key: [UInt8], at moment: Date) {
        entries.withLock { entries in
            if entries.count >= Self.limit { entries = entries.filter { moment < $0.value.until } }
            if entries.count >= Self.limit { entries.removeAll() }
            entries[key] = Entry(principal: principal, until: moment.addingTimeInterval(Self.lifetime))
        }
    }

    func forgetAll() { entries.withLock { $0.removeAll() } }
}

/// When keys were last used, until it is stored.
final class KeyUses: Sendable {
    private static let limit = 10_000
    private let uses = Mutex<[APIKeyID: Date]>([:])

    func note(_ key: APIKeyID, at moment: Date) {
        uses.withLock { uses in
            guard uses.count < Self.limit || uses[key] != nil else { return }
            uses[key] = moment
        }
    }

    func take() -> [APIKeyID: Date] {
        uses.withLock { uses in
            defer { uses = [:] }
            return uses
        }
    }
}
