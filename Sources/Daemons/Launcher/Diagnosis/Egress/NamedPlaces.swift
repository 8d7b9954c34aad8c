internal import EventLoop
internal import SystemCalls

/// The hosts that settings and the database name, and the addresses that they have at the moment.
struct NamedPlaces: Sendable {
    /// Host names and addresses, without ports.
    let hosts: Set<String>

    init(_ hosts: some Sequence<String>) { self.hosts = Set(hosts.map { $0.lowercased() }.filter { !$0.isEmpty }) }

    /// The hosts in a connection string or in addresses: `https://a:1/b`, `redis+sentinel://a:1,b:2/g`,
    /// `host=a,b dbname=c`, `a:443`.
    static func hosts(in text: String) -> [String] {
        if let scheme = text.firstRange(of: "://") {
            let rest = text[scheme.upperBound...]
            let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            let behindUser = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
            return behindUser.split(separator: ",").compactMap(host)
        }
        let words = text.split(separator: " ")
        let named = words.filter { $0.hasPrefix("host=") || $0.hasPrefix("hostaddr=") }
        guard named.isEmpty else {
            return named.flatMap { word in
                word.drop { $0 != "=" }.dropFirst().split(separator: ",").map { String($0.filter { $0 != "'" }) }
            }.filter { !$0.hasPrefix("/") }
        }
        return words.count == 1 ? words.compactMap(host) : []
    }

    private static func host(_ text: Substring) -> String? {
        if text.first == "[" {
            return text.firstIndex(of: "]").map { String(text[text.index(after: text.startIndex)..<$0]) }
        }
        let name = text.prefix { $0 != ":" }
        return name.isEmpty || name.hasPrefix("/") ? nil : String(name)
    }

    /// The addresses of all of them, written as numbers; names that cannot be resolved are left out.
    func addresses(on loop: Loop) async throws -> Set<String> {
        let resolver = NameResolver(name: "doctor")
        defer { resolver.shutdown() }
        var found: Set<String> = []
        for host in hosts.sorted() where !host.hasPrefix("*.") {
            do {
                found.formUnion(try await resolver.addresses(of: host, on: loop, until: .after(.seconds(3))))
            } catch NameResolver.Failure.unknown {
                continue
            } catch NameResolver.Failure.cancelled {
                throw CancellationError()
            }
        }
        return found
    }
}

/// Numeric addresses as people write them.
enum NumericAddress {
    /// `192.0.2.1`, or the eight groups of an IPv6 address as resolvers shorten them.
    static func text(_ bytes: [UInt8]) -> String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        let groups = stride(from: 0, to: bytes.count - 1, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
        let gap = longestGap(groups)
        guard gap.count > 1 else { return groups.map { String($0, radix: 16) }.joined(separator: ":") }
        func words(_ part: ArraySlice<Int>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
        return words(groups[..<gap.lowerBound]) + "::" + words(groups[gap.upperBound...])
    }

    private static func longestGap(_ groups: [Int]) -> Range<Int> {
        var best = 0..<0
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count, groups[end] == 0 { end += 1 }
            if end - start > best.count { best = start..<end }
            start = max(end, start + 1)
        }
        return best
    }
}
