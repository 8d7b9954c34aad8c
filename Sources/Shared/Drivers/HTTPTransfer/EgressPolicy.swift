/// Where a client may connect to.
///
/// Host names are checked when a request starts, addresses when a socket is about to connect: what a name resolves to
/// at that moment counts, so DNS cannot lead around the policy. Unix sockets never leave the machine and are permitted.
package struct EgressPolicy: Sendable, Hashable {
    private let hosts: [HostPattern]?
    private let permitsMetadataAddresses: Bool

    private init(hosts: [HostPattern]?, permitsMetadataAddresses: Bool) {
        self.hosts = hosts
        self.permitsMetadataAddresses = permitsMetadataAddresses
    }

    /// Every host, but no link-local address and no metadata service of a cloud.
    package static let any = EgressPolicy(hosts: nil, permitsMetadataAddresses: false)

    /// Only these hosts: `api.example.com`, `api.example.com:443`, `*.example.com`, `[::1]:8080`. Without a port every
    /// port is meant. What `any` refuses is refused too.
    package static func only(_ hosts: [String]) -> EgressPolicy {
        EgressPolicy(hosts: hosts.map(HostPattern.init), permitsMetadataAddresses: false)
    }

    /// The same policy, with link-local and metadata addresses permitted: for a client that fetches the credentials of
    /// the machine it runs on.
    package func permittingMetadataAddresses() -> EgressPolicy {
        EgressPolicy(hosts: hosts, permitsMetadataAddresses: true)
    }

    /// Whether requests to this host and port may start.
    func permits(host: String, port: Int) -> Bool {
        guard let hosts else { return true }
        let host = HostPattern.normalized(host)
        return hosts.contains { $0.matches(host: host, port: port) }
    }

    /// Whether a socket may connect to this address of 4 or 16 bytes.
    func permits(address: [UInt8]) -> Bool {
        permitsMetadataAddresses || !Self.isLocalOrMetadata(address)
    }

    private static func isLocalOrMetadata(_ address: [UInt8]) -> Bool {
        if address.count == 4 {
            return address.starts(with: [169, 254]) || metadataServices.contains(address)
        }
        // An IPv4 address as IPv6 sees it: mapped (::ffff:0:0/96) or behind NAT64 (64:ff9b::/96).
        for prefix in [mappedPrefix, translatedPrefix] where address.starts(with: prefix) {
            return isLocalOrMetadata(Array(address.dropFirst(prefix.count)))
        }
        let isLinkLocal = address.count == 16 && address[0] == 0xfe && address[1] & 0xc0 == 0x80
        return isLinkLocal || metadataServices.contains(address)
    }

    private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
    private static let translatedPrefix: [UInt8] = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]

    /// Metadata services outside of the link-local ranges.
    private static let metadataServices: [[UInt8]] = [
        [0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54],  // Amazon, fd00:ec2::254
        [100, 100, 100, 200],  // Alibaba
        [168, 63, 129, 16],  // Azure
        [192, 0, 0, 192],  // Oracle
    ]
}

/// One entry of an allow-list.
private struct HostPattern: Sendable, Hashable {
    private let host: String
    private let coversSubdomains: Bool
    private let port: Int?

    init(_ text: String) {
        var host = Substring(text)
        var port: Int?
        // The colon before the port is the one after the last bracket: IPv6 addresses have colons of their own.
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]"),
            let number = Int(host[host.index(after: colon)...])
        {
            port = number
            host = host[..<colon]
        }
        coversSubdomains = host.hasPrefix("*.")
        self.host = Self.normalized(String(coversSubdomains ? host.dropFirst(1) : host))
        self.port = port
    }

    func matches(host candidate: String, port candidatePort: Int) -> Bool {
        guard port == nil || port == candidatePort else { return false }
        return coversSubdomains ? candidate.hasSuffix(host) && candidate != host : candidate == host
    }

    /// Lower case, without the dot that marks a fully qualified name.
    static func normalized(_ host: String) -> String {
        let lower = host.lowercased()
        return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
    }
}
