package import Logging
package import Providers
package import Scoring
internal import Spending
package import Stores
internal import Synchronization

/// The keys of all providers that are called. They come sealed out of the database and are opened here and nowhere else;
/// a new one is used within seconds, and one that was revoked gets no further call.
package final class KeyPools: Sendable {
    /// The pools, and how what is stored gets into them.
    private final class Shelf: Sendable {
        let governor: Governor
        let limits: LimitTable
        let logger: Logger
        let source: @Sendable ([ProviderID]) async throws -> [SealedProviderKey]
        let open: @Sendable ([UInt8]) throws -> ProviderKey
        let pools = Mutex<[ProviderID: KeyPool]>([:])

        init(
            _ governor: Governor, _ limits: LimitTable, _ logger: Logger,
            _ source: @escaping @Sendable ([ProviderID]) async throws -> [SealedProviderKey],
            _ open: @escaping @Sendable ([UInt8]) throws -> ProviderKey
        ) {
            self.governor = governor
            self.limits = limits
            self.logger = logger
            self.source = source
            self.open = open
        }

        /// Gives these pools what is stored now.
        func fill(_ pools: [ProviderID: KeyPool]) async throws {
            guard !pools.isEmpty else { return }
            let stored = Dictionary(grouping: try await source(Array(pools.keys)), by: \.key.providerID)
            for (provider, pool) in pools {
                let keys = (stored[provider] ?? []).map { sealed in
                    KeyPool.SealedKey(
                        stored: sealed.key, box: sealed.box,
                        limits: limits.limits(of: .key(sealed.key.id), at: provider))
                }
                pool.adopt(keys, open: opened)
            }
        }

        private func opened(_ box: [UInt8]) -> ProviderKey? {
            do {
                return try open(box)
            } catch {
                logger.error("a key of a provider cannot be opened with this proxy's key: enter it again")
                return nil
            }
        }
    }

    private let shelf: Shelf
    private let refresh: Refreshed<Void>

    /// Keys out of `source`, which `open` opens.
    package init(
        governor: Governor, limits: LimitTable, logger: Logger,
        source: @escaping @Sendable ([ProviderID]) async throws -> [SealedProviderKey],
        open: @escaping @Sendable ([UInt8]) throws -> ProviderKey
    ) {
        let shelf = Shelf(governor, limits, logger, source, open)
        self.shelf = shelf
        refresh = Refreshed("keys of providers", every: .seconds(2), logger: logger) {
            try await shelf.fill(shelf.pools.withLock { $0 })
        }
    }

    /// The keys of a provider, which are looked up at its first call.
    /// - Throws: what the source throws.
    package func pool(of provider: ProviderID) async throws -> KeyPool {
        if let known = shelf.pools.withLock({ $0[provider] }) { return known }
        let pool = KeyPool(governor: shelf.governor)
        try await shelf.fill([provider: pool])
        return shelf.pools.withLock { pools in
            // Another call may have been quicker.
            if let known = pools[provider] { return known }
            pools[provider] = pool
            return pool
        }
    }

    /// Keeps the keys up to date until the task is cancelled. Call it on a loop.
    package func run() async { await refresh.run() }

    /// How the keys do of all providers that are called.
    var statuses: [KeyStatus] { shelf.pools.withLock { Array($0.values) }.flatMap(\.status) }

    /// Looks keys up again, because somebody has added, drained or revoked one.
    package func invalidate() { refresh.invalidate() }
}
