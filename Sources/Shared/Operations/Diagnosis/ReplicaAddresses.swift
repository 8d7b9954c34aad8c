internal import EventLoop
internal import SystemCalls

/// The replicas that stand behind one name, each by its own address.
package enum ReplicaAddresses {
    private static let scheme = "http://"
    private static let patience = Duration.seconds(2)

    /// The address with each of those that its name has at the moment; as it is where there are not several, where they
    /// cannot be found out, and with TLS, since the certificate is the name's. On a loop.
    /// - Throws: `CancellationError`.
    package static func each(of url: String) async throws -> [String] {
        guard url.hasPrefix(scheme), let loop = Loop.current else { return [url] }
        let rest = url.dropFirst(scheme.count)
        let host = rest.prefix { !":/".contains($0) }
        // `localhost` is one machine, however many addresses it has; in brackets stands an address.
        guard !host.isEmpty, host != "localhost", host.first != "[" else { return [url] }
        let resolver = NameResolver(name: "replicas")
        defer { resolver.shutdown() }
        let found: [String]
        do {
            found = try await resolver.addresses(of: String(host), on: loop, until: .after(patience))
        } catch NameResolver.Failure.unknown {
            return [url]
        } catch NameResolver.Failure.cancelled {
            throw CancellationError()
        }
        // A machine may have an address of each family: one family is enough to find all.
        let older = found.filter { !$0.contains(":") }
        let addresses = Set(older.isEmpty ? found : older).sorted()
        guard addresses.count > 1 else { return [url] }
        return addresses.map { address in
            scheme + (address.contains(":") ? "[\(address)]" : address) + rest[host.endIndex...]
        }
    }
}
