internal import Synchronization

/// The hosts that lately let an attempt to connect run out, of all loops of a client: they are tried last for a while, so
/// that a machine that is switched off does not cost every new connection the whole of its patience.
final class SilentHosts: Sendable {
    private static let memory: Duration = .seconds(30)

    private struct Host: Hashable {
        let name: String
        let port: String
    }

    private let seen = Mutex<[Host: ContinuousClock.Instant]>([:])

    /// A host did not answer at all.
    func note(_ name: String, _ port: String) {
        seen.withLock { seen in
            seen = seen.filter { $0.value.duration(to: .now) < Self.memory }
            seen[Host(name: name, port: port)] = .now
        }
    }

    /// Whether a host kept silent a short while ago; a port that a connection string leaves out may be any.
    func contains(_ name: String, _ port: String) -> Bool {
        seen.withLock { seen in
            seen.contains { host, moment in
                host.name == name && (port.isEmpty || host.port == port) && moment.duration(to: .now) < Self.memory
            }
        }
    }
}
