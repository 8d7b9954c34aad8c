internal import CPostgres

/// The hosts that a connection string names, in the order they are tried.
///
/// libpq walks through the list by itself when a host refuses. It cannot be told to leave a host that does not answer
/// at all; for that the walk is begun anew behind that host.
struct HostList {
    private struct Host {
        let name: String
        let address: String
        let port: String

        func `is`(_ tried: TriedHost) -> Bool {
            // What a connection string gives as an address only, libpq calls by that.
            let isSame = address.isEmpty ? name == tried.name : address == tried.address || address == tried.name
            return isSame && (port.isEmpty || port == tried.port)
        }
    }

    private var hosts: [Host] = []
    private var namesAreGiven = false
    private var addressesAreGiven = false

    /// The hosts of a libpq connection string; none when it leaves them to libpq's defaults.
    init(connection: String) throws(PostgresError) {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = unsafe PQconninfoParse(connection, &message) else {
            // Not libpq's message: it would quote the string, and with it the password.
            unsafe PQfreemem(message)
            // A string without "=" is the name of a database, not a mistake.
            guard !connection.contains("="), !connection.contains("://") else {
                throw PostgresError(.unavailable, "the connection string of the database is malformed")
            }
            return
        }
        defer { unsafe PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val {
                unsafe values[String(cString: keyword)] = unsafe String(cString: value)
            }
            unsafe option += 1
        }
        let names = parts(values["host"])
        let addresses = parts(values["hostaddr"])
        let ports = parts(values["port"])
        namesAreGiven = !names.isEmpty
        addressesAreGiven = !addresses.isEmpty
        for index in 0..<max(names.count, addresses.count) {
            hosts.append(
                Host(
                    name: index < names.count ? names[index] : "",
                    address: index < addresses.count ? addresses[index] : "",
                    port: index < ports.count ? ports[index] : ports.count == 1 ? ports[0] : ""))
        }
    }

    /// Whether there is no host left to try.
    var isEmpty: Bool { hosts.isEmpty }

    /// Whether there is none behind this one, or it is not in the list.
    func isLast(_ tried: TriedHost) -> Bool {
        guard let index = hosts.lastIndex(where: { $0.is(tried) }) else { return true }
        return index == hosts.count - 1
    }

    /// Drops the first hosts up to the one that did not answer; one that is not in the list drops all.
    mutating func drop(through silent: TriedHost) {
        let index = hosts.firstIndex { $0.is(silent) }
        hosts.removeFirst(index.map { $0 + 1 } ?? hosts.count)
    }

    /// Puts the hosts that kept silent a while ago behind the others, each lot in its order.
    mutating func putLast(_ silent: [TriedHost]) {
        let isSilent = { (host: Host) in silent.contains { host.is($0) } }
        hosts = hosts.filter { !isSilent($0) } + hosts.filter(isSilent)
    }

    /// The names whose addresses the system has to look up.
    var names: [String] {
        hosts.filter { $0.address.isEmpty && !$0.name.hasPrefix("/") && !$0.name.hasPrefix("@") }.map(\.name)
    }

    /// Puts in the place of each name all of its addresses, so that each is a host of its own: libpq can be told to leave
    /// a host, but not to leave an address. What has none is left out.
    mutating func expand(_ name: String, to addresses: [String]) {
        hosts = hosts.flatMap { host in
            guard host.name == name, host.address.isEmpty else { return [host] }
            return addresses.map { Host(name: name, address: $0, port: host.port) }
        }
        addressesAreGiven = true
    }

    /// The hosts with their ports, as people write them.
    var description: String {
        guard !hosts.isEmpty else { return "the local server" }
        return hosts.map { host in
            let name = host.name.isEmpty ? host.address : host.name
            return host.port.isEmpty ? name : "\(name):\(host.port)"
        }.joined(separator: ",")
    }

    /// The keywords that restrict a connection to these hosts.
    var keywords: [(String, String)] {
        guard !hosts.isEmpty else { return [] }
        var result = [("port", hosts.map(\.port).joined(separator: ","))]
        if namesAreGiven { result.append(("host", hosts.map(\.name).joined(separator: ","))) }
        if addressesAreGiven { result.append(("hostaddr", hosts.map(\.address).joined(separator: ","))) }
        return result
    }
}

private func parts(_ list: String?) -> [String] {
    guard let list, !list.isEmpty else { return [] }
    return list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
}
