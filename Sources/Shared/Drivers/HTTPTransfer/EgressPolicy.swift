/// Where a client may connect to.
///
/// Host names are checked when a request starts, addresses when a socket is about to connect: what a name resolves to
/// at that moment counts, so DNS cannot lead around the policy. Unix sockets never leave the machine and are permitted.
package struct EgressPolicy: Sendable, Hashable {
    private let hosts: [HostPattern]?
    private let permitsMetadataAddresses: Bool
    /// The hosts that may be in a private network, or be spoken to without TLS; `nil` for all.
    private let trustedHosts: [HostPattern]?

    private init(hosts: [HostPattern]?, permitsMetadataAddresses: Bool, trustedHosts: [HostPattern]? = nil) {
        self.hosts = hosts
        self.permitsMetadataAddresses = permitsMetadataAddresses
        self.trustedHosts = trustedHosts
    }

    /// Every host, but no link-local address and no metadata service of a cloud.
    package static let any = EgressPolicy(hosts: nil, permitsMetadataAddresses: false)

    /// Only these hosts: `api.example.com`, `api.example.com:443`, `*.example.com`, `[::1]:8080`. Without a port every
    /// port is meant. What `any` refuses is refused too.
    package static func only(_ hosts: [String]) -> EgressPolicy {
        EgressPolicy(hosts: hosts.map(HostPattern.init), permitsMetadataAddresses: false)
    }

    /// Only the hosts and ports of these URLs: for a client whose peers are known when it is made. What is no URL permits
    /// nothing, and what `any` refuses is refused too.
    package static func onlyTo(_ urls: [String]) -> EgressPolicy {
        only(
            urls.compactMap { url in
                do throws(InvalidURL) {
                    let parsed = try ParsedURL(url)
                    return "\(parsed.host):\(parsed.port)"
                } catch {
                    return nil
                }
            })
    }

    /// The same policy, with link-local and metadata addresses permitted: for a client that fetches the credentials of
    /// the machine it runs on.
    package func permittingMetadataAddresses() -> EgressPolicy {
        EgressPolicy(hosts: hosts, permitsMetadataAddresses: true, trustedHosts: trustedHosts)
    }

    /// The same policy, and what is not public only for the hosts that are named: addresses of private networks and of this
    /// machine, and connections without TLS. For a client that connects to where tenants say.
    package func trustingOnly(_ hosts: [String]) -> EgressPolicy {
        EgressPolicy(
            hosts: self.hosts, permitsMetadataAddresses: permitsMetadataAddresses,
            trustedHosts: hosts.map(HostPattern.init))
    }

    /// Whether requests to this host and port may start.
    package func permits(host: String, port: Int) -> Bool {
        guard let hosts else { return true }
        let host = HostPattern.normalized(host)
        return hosts.contains { $0.matches(host: host, port: port) }
    }

    /// Whether requests to this host and port may be sent without TLS, and to addresses that are not public.
    package func trusts(host: String, port: Int) -> Bool {
        guard let trustedHosts else { return true }
        let host = HostPattern.normalized(host)
        return trustedHosts.contains { $0.matches(host: host, port: port) }
    }

    /// Whether a socket may connect to this address of 4 or 16 bytes, for a host that is trusted or not.
    package func permits(address: [UInt8], ofTrustedHost isTrusted: Bool = true) -> Bool {
        guard permitsMetadataAddresses || !Self.isLocalOrMetadata(address) else { return false }
        return isTrusted || Self.isPublic(address)
    }

    private static func isPublic(_ address: [UInt8]) -> Bool {
        if address.count == 4 {
            let (first, second) = (address[0], address[1])
            switch first {
            case 0, 10, 127, 224...255: return false
            case 100: return second & 0xc0 != 64
            case 172: return second & 0xf0 != 16
            case 192: return second != 168 && !(second == 0 && address[2] == 0)
            case 198: return second & 0xfe != 18
            default: return true
            }
        }
        guard address.count == 16 else { return false }
        for prefix in [mappedPrefix, translatedPrefix, unspecifiedPrefix] where address.starts(with: prefix) {
            return isPublic(Array(address.dropFirst(prefix.count)))
        }
        // 6to4 carries an IPv4 address; the others are unique local, site-local and multicast.
        if address.starts(with: [0x20, 0x02]) { return isPublic(Array(address[2..<6])) }
        return address[0] & 0xfe != 0xfc && !(address[0] == 0xfe && address[1] & 0xc0 == 0xc0) && address[0] != 0xff
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
    /// Of `::`, `::1`, and IPv4 addresses as they once were mapped.
    private static let unspecifiedPrefix = [UInt8](repeating: 0, count: 12)

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
