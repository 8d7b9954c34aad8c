internal import FoundationEssentials
internal import Records
internal import Redis
internal import Stores
internal import Tenancy

/// Copies of the last seals in two other places, the one beside the seals and the other in Redis: whoever takes entries away
/// with their seals has to know of both, and cannot make any that say something else.
struct AuditSealCopies: Sendable {
    private let store: AuditChainStore
    private let redis: RedisClient?

    private static let key = "scorable:audit:seals"

    init(store: AuditChainStore, redis: RedisClient?) {
        self.store = store
        self.redis = redis
    }

    /// What Redis says of a chain.
    enum Remembered {
        case seal(AuditSeal)
        case nothing
        /// It cannot be asked.
        case unknown
    }

    /// The chains that Redis knows of.
    func chains() async throws -> [AuditChain] {
        guard let redis else { return [] }
        do throws(RedisError) {
            let names = try await redis.command(["HKEYS", .init(Self.key)]).array ?? []
            return names.compactMap { name in name.text.flatMap { UUID(uuidString: $0) }.map { AuditChain(id: $0) } }
        } catch {
            return []
        }
    }

    /// Both, as far as they are there.
    func all(of chain: AuditChain) async throws -> [AuditSeal] {
        let stored = try await store.mark(of: chain)
        guard case .seal(let seal) = await remembered(of: chain) else { return [stored].compactMap(\.self) }
        return [stored, seal].compactMap(\.self)
    }

    func remembered(of chain: AuditChain) async -> Remembered {
        guard let redis else { return .unknown }
        do throws(RedisError) {
            let reply = try await redis.command(["HGET", .init(Self.key), .init(chain.id.lowercaseText)])
            return reply.text.flatMap { AuditSeal(note: $0, of: chain) }.map(Remembered.seal) ?? .nothing
        } catch {
            return .unknown
        }
    }

    /// Keeps copies of a chain's last seal. Without Redis there is the other one.
    func keep(_ seal: AuditSeal) async throws {
        try await store.mark(seal)
        guard let redis else { return }
        do throws(RedisError) {
            _ = try await redis.command([
                "HSET", .init(Self.key), .init(seal.chain.id.lowercaseText), .init(seal.note),
            ])
        } catch {
            // Kept in the next round, when it can be reached.
        }
    }
}
