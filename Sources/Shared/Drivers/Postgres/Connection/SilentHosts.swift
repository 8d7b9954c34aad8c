internal import Synchronization

/// A host as libpq has tried it: one address of it, where it has any.
struct TriedHost: Hashable {
    let name: String
    /// Empty for a Unix socket.
    let address: String
    let port: String
}

/// The hosts that lately let an attempt to connect run out, of all loops of a client: they are tried last for a while, so
/// that a machine that is switched off does not cost every new connection the whole of its patience.
final class SilentHosts: Sendable {
    private static let memory: Duration = .seconds(30)

    private let seen = Mutex<[TriedHost: ContinuousClock.Instant]>([:])

    /// A host did not answer at all.
    func note(_ host: TriedHost) {
        seen.withLock { seen in
            seen = seen.filter { $0.value.duration(to: .now) < Self.memory }
            seen[host] = .now
        }
    }

    /// Those that kept silent a short while ago.
    var recent: [TriedHost] {
        seen.withLock { seen in seen.filter { $0.value.duration(to: .now) < Self.memory }.map(\.key) }
    }
}
