package import Cryptography

/// Where the server is and how patient the client is with it.
package struct RedisSettings: Sendable, CustomStringConvertible {
    /// A host with its port.
    package struct Address: Sendable, Hashable, CustomStringConvertible {
        package let host: String
        package let port: UInt16

        package init(host: String, port: UInt16) {
            self.host = host
            self.port = port
        }

        package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    enum Target: Sendable, Hashable {
        case tcp(Address)
        case unix(path: String)
        case sentinel(group: String, sentinels: [Address])
    }

    private(set) var target: Target
    let usesTLS: Bool
    var user: String?
    var password: String?
    var sentinelUser: String?
    var sentinelPassword: String?
    var database = 0

    /// Roots to trust for `rediss://`, in PEM; the system's when nil.
    package var rootsPEM: String?
    /// A certificate to show to the server; none when nil.
    package var clientCredentials: TLSCredentials?
    /// From the first packet to the accepted password.
    package var connectTimeout: Duration = .seconds(3)
    /// For a command whose caller gives no deadline.
    package var commandTimeout: Duration = .seconds(2)
    /// With replies due and silence for this long, the connection is taken for dead.
    package var stallTimeout: Duration = .seconds(5)
    /// Commands that may wait for their replies, on each loop.
    package var maximumInFlight = 20_000
    /// Bytes that may wait to be sent, on each loop.
    package var maximumUnsentBytes = 64 << 20
    /// What `CLIENT LIST` shows.
    package var clientName = "scorable"

    /// Whether another server may take the place of the one that is connected to, so that one which takes no writes any more
    /// is to be left.
    var mayMove: Bool {
        switch target {
        case .tcp, .sentinel: true
        case .unix: false
        }
    }

    /// Reads an address:
    /// - `redis://[[user]:password@]host[:port][/database]`, `rediss://…` for TLS
    /// - `unix:///path[?db=1&user=…&password=…]`
    /// - `redis+sentinel://[[user]:password@]host:port,host:port/group[/database][?sentinel_password=…]`,
    ///   `rediss+sentinel://…` for TLS; with `sentinel_user=…` where the sentinels know more than one
    ///
    /// Passwords are percent-encoded.
    package init(url: String) throws(RedisError) {
        let parts = try RedisAddressParts(url)
        usesTLS = parts.scheme.hasPrefix("rediss")
        user = parts.user
        password = parts.password
        switch parts.scheme {
        case "redis", "rediss":
            guard parts.addresses.count == 1, parts.path.count <= 1 else {
                throw parts.malformed("one host is expected")
            }
            target = .tcp(parts.addresses[0])
            database = try parts.database(parts.path.first)
        case "unix":
            target = .unix(path: "/" + parts.path.joined(separator: "/"))
            user = parts.query["user"]
            password = parts.query["password"]
            database = try parts.database(parts.query["db"])
        case "redis+sentinel", "rediss+sentinel":
            guard let group = parts.path.first, parts.path.count <= 2 else {
                throw parts.malformed("the name of the master group is missing behind the hosts")
            }
            target = .sentinel(group: group, sentinels: parts.addresses)
            sentinelUser = parts.query["sentinel_user"]
            sentinelPassword = parts.query["sentinel_password"]
            database = try parts.database(parts.path.dropFirst().first)
        default:
            throw parts.malformed("the scheme must be redis, rediss, unix, redis+sentinel or rediss+sentinel")
        }
    }

    /// The group that is asked for by sentinels, and how each of those is reached; `nil` where there are none.
    package var sentinels: (group: String, servers: [(name: String, settings: RedisSettings)])? {
        guard case .sentinel(let group, let addresses) = target else { return nil }
        let servers = addresses.map { address in
            var settings = self
            settings.target = .tcp(address)
            (settings.user, settings.password, settings.database) = (nil, sentinelPassword, 0)
            return (address.description, settings)
        }
        return (group, servers)
    }

    /// The address without credentials.
    package var description: String {
        let scheme = usesTLS ? "rediss" : "redis"
        return switch target {
        case .tcp(let address): "\(scheme)://\(address)/\(database)"
        case .unix(let path): "unix://\(path)?db=\(database)"
        case .sentinel(let group, let sentinels):
            "\(scheme)+sentinel://\(sentinels.map(\.description).joined(separator: ","))/\(group)/\(database)"
        }
    }
}
