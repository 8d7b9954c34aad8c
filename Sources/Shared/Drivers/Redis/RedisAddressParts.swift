/// The parts of an address, decoded. Error messages never contain what stands before the `@`.
struct RedisAddressParts {
    let scheme: String
    private(set) var user: String?
    private(set) var password: String?
    private(set) var addresses: [RedisSettings.Address] = []
    private(set) var path: [String] = []
    private(set) var query: [String: String] = [:]

    init(_ url: String) throws(RedisError) {
        guard let separator = url.firstRange(of: "://") else {
            throw RedisError(.settings, "a Redis address looks like redis://host:6379/0")
        }
        scheme = url[..<separator.lowerBound].lowercased()
        var rest = url[separator.upperBound...]
        if let mark = rest.firstIndex(of: "?") {
            let text = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
            for pair in text.split(separator: "&") {
                let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                query[String(halves[0])] = try decoded(halves.count > 1 ? halves[1] : "")
            }
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        for part in rest[slash...].split(separator: "/") { path.append(try decoded(part)) }
        var hosts = rest[..<slash]
        if let at = hosts.lastIndex(of: "@") {
            let halves = hosts[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if !halves[0].isEmpty { user = try decoded(halves[0]) }
            if halves.count > 1 { password = try decoded(halves[1]) }
            hosts = hosts[hosts.index(after: at)...]
        }
        guard scheme != "unix" else { return }
        for host in hosts.split(separator: ",", omittingEmptySubsequences: false) {
            addresses.append(try address(host))
        }
    }

    func malformed(_ problem: String) -> RedisError { RedisError(.settings, "the Redis address is wrong: \(problem)") }

    func database(_ text: String?) throws(RedisError) -> Int {
        guard let text else { return 0 }
        guard let number = Int(text), (0...16_383).contains(number) else {
            throw malformed("\"\(text)\" is no database number")
        }
        return number
    }

    private func address(_ text: Substring) throws(RedisError) -> RedisSettings.Address {
        let standard: UInt16 = scheme.hasSuffix("+sentinel") ? 26_379 : 6379
        let host: Substring
        let rest: Substring
        if text.first == "[", let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
        } else {
            let colon = text.firstIndex(of: ":") ?? text.endIndex
            host = text[..<colon]
            rest = text[colon...]
        }
        guard !host.isEmpty else { throw malformed("a host is missing") }
        guard !rest.isEmpty else { return RedisSettings.Address(host: String(host), port: standard) }
        guard rest.first == ":", let port = UInt16(rest.dropFirst()), port > 0 else {
            throw malformed("\"\(rest)\" is no port")
        }
        return RedisSettings.Address(host: String(host), port: port)
    }

    private func decoded(_ text: Substring) throws(RedisError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                throw malformed("a percent sign must be followed by two hexadecimal digits")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { throw malformed("not valid UTF-8") }
        return decoded
    }
}
