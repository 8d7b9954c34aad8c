package import Records
package import Stores
package import Tenancy

/// Reading what people did: those of the caller's organisation, and where it runs the installation what was done on the
/// servers.
package struct AuditEntries: Sendable {
    private let store: AuditStore
    private let chains: AuditChainStore
    private let organizations: OrganizationStore

    /// How many entries of an export are in memory at a time.
    private static let exportedAtOnce = 500

    package init(store: AuditStore, chains: AuditChainStore, organizations: OrganizationStore) {
        self.store = store
        self.chains = chains
        self.organizations = organizations
    }

    /// A page of them.
    package func page(
        _ request: PageRequest, matching filter: AuditFilter, for principal: Principal
    ) async throws -> Slice<ChainedAuditEntry> {
        try await store.page(
            of: principal.organizationID, andOfInstallation: try await runsInstallation(principal), matching: filter,
            request)
    }

    /// One of them.
    /// - Throws: `NotFound`.
    package func find(_ id: AuditEntryID, for principal: Principal) async throws -> ChainedAuditEntry {
        let found = try await store.find(
            id, of: principal.organizationID, orOfInstallation: try await runsInstallation(principal))
        guard let found else { throw NotFound("Audit entry") }
        return found
    }

    /// Where somebody who follows them has come to in each chain. Entries get their positions as their transactions end, so
    /// that none turns up before a position that was passed.
    package struct TailPlace: Sendable, Hashable, LosslessStringConvertible {
        let organization: Int64
        let installation: Int64

        init(organization: Int64, installation: Int64) {
            self.organization = organization
            self.installation = installation
        }

        package init?(_ text: String) {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int64($0) }
            guard parts.count == 2, let first = parts[0], let second = parts[1], first >= 0, second >= 0 else {
                return nil
            }
            self.init(organization: first, installation: second)
        }

        package var description: String { "\(organization).\(installation)" }
    }

    /// What there is behind a place, the oldest first.
    package struct Tail: Sendable {
        package let entries: [ChainedAuditEntry]
        package let place: TailPlace
        package let hasMore: Bool
    }

    /// What was done behind a place, or the latest entries.
    package func tail(
        behind place: TailPlace?, limit: Int, matching filter: AuditFilter, for principal: Principal
    ) async throws -> Tail {
        let own = AuditChain(of: principal.organizationID)
        let hasInstallation = try await runsInstallation(principal)
        // Asked for before the entries: what comes meanwhile is behind them.
        let ownHead = try await chains.head(of: own)?.position ?? 0
        let installationHead =
            hasInstallation ? try await chains.head(of: .installation)?.position ?? 0 : 0
        guard let place else {
            let newest = try await page(PageRequest(limit: limit), matching: filter, for: principal).items.reversed()
            return Tail(
                entries: newest.filter {
                    $0.place.position <= ($0.entry.organizationID == nil ? installationHead : ownHead)
                }, place: TailPlace(organization: ownHead, installation: installationHead), hasMore: false)
        }
        let found = try await chains.entries(of: own, behind: place.organization, limit: limit, matching: filter)
        let others =
            hasInstallation
            ? try await chains.entries(
                of: .installation, behind: place.installation, limit: limit, matching: filter) : []
        func reached(_ entries: [ChainedAuditEntry], _ head: Int64, _ start: Int64) -> Int64 {
            let last = entries.last?.place.position ?? start
            return entries.count < limit ? max(last, head, start) : last
        }
        return Tail(
            entries: (found + others).sorted { $0.entry.createdAt < $1.entry.createdAt },
            place: TailPlace(
                organization: reached(found, ownHead, place.organization),
                installation: reached(others, installationHead, place.installation)),
            hasMore: found.count == limit || others.count == limit)
    }

    /// All of them, the oldest first, as a file.
    package func export(
        _ format: AuditTable.Format, matching filter: AuditFilter, for principal: Principal,
        write: ([UInt8]) async throws -> Void
    ) async throws {
        let withInstallation = try await runsInstallation(principal)
        var request = PageRequest(limit: Self.exportedAtOnce, order: .oldestFirst)
        var table = AuditTable(format)
        while true {
            let found = try await store.page(
                of: principal.organizationID, andOfInstallation: withInstallation, matching: filter, request)
            for entry in found.items { table.add(entry) }
            try await write(table.take())
            guard found.hasNext, let last = found.items.last else { return }
            request = PageRequest(
                limit: Self.exportedAtOnce, order: .oldestFirst,
                position: .after(Keyset(createdAt: last.entry.createdAt, id: last.entry.id.uuid)))
        }
    }

    /// How whole the chains are.
    package func chains(for principal: Principal) async throws -> [ChainState] {
        var all = [AuditChain(of: principal.organizationID)]
        if try await runsInstallation(principal) { all.append(.installation) }
        var states: [ChainState] = []
        for chain in all {
            states.append(
                ChainState(
                    chain: chain, head: try await chains.head(of: chain) ?? AuditChain.start,
                    seal: try await chains.lastSeal(of: chain), check: try await chains.check(of: chain)))
        }
        return states
    }

    /// How whole a chain is, as far as the daemons know.
    package struct ChainState: Sendable {
        package let chain: AuditChain
        package let head: AuditPlace
        package let seal: AuditSeal?
        package let check: AuditCheck?
    }

    private func runsInstallation(_ principal: Principal) async throws -> Bool {
        try await organizations.runsInstallation(principal.organizationID)
    }
}
