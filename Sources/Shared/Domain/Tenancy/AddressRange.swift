/// Addresses that begin alike, such as `10.0.0.0/8` or `2001:db8::/32`; an address alone is a range of one.
package struct AddressRange: Sendable, Hashable, LosslessStringConvertible {
    private let network: NetworkAddress
    private let prefixLength: Int

    /// Reads the usual form; `nil` for anything else, also for an address that goes on behind its prefix: nobody knows
    /// whether `10.1.2.3/8` means one address or sixteen million.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let network = NetworkAddress(String(parts[0])) else { return nil }
        var length = network.bitCount
        if parts.count == 2 {
            guard let given = Int(parts[1]), String(given) == parts[1], (0...network.bitCount).contains(given) else {
                return nil
            }
            length = given
        }
        guard network.masked(to: length) == network else { return nil }
        (self.network, prefixLength) = (network, length)
    }

    /// Whether the address is one of them. IPv4 that comes inside IPv6 is IPv4; text that is no address is in no range.
    package func contains(_ address: String) -> Bool {
        guard let address = NetworkAddress(address), address.bitCount == network.bitCount else { return false }
        return address.masked(to: prefixLength) == network
    }

    /// Whether every address of `other` is one of these.
    package func contains(_ other: AddressRange) -> Bool {
        other.network.bitCount == network.bitCount && other.prefixLength >= prefixLength
            && other.network.masked(to: prefixLength) == network
    }

    /// An address in its shortest form, without brackets, and IPv4 that came inside IPv6 as IPv4; `nil` for text that is no
    /// address.
    package static func address(_ text: String) -> String? { NetworkAddress(text)?.description }

    /// The shortest form, with the length of the prefix.
    package var description: String { "\(network)/\(prefixLength)" }
}

/// An address of the Internet as its bytes: four, or sixteen.
struct NetworkAddress: Sendable, Hashable, CustomStringConvertible {
    private let bytes: [UInt8]

    var bitCount: Int { bytes.count * 8 }

    /// Reads either form, also with brackets or a zone, as sockets name peers.
    init?(_ text: String) {
        var text = text[...]
        if text.first == "[", text.last == "]" { text = text.dropFirst().dropLast() }
        if let zone = text.firstIndex(of: "%") { text = text[..<zone] }
        if let bytes = Self.ipv4(text) {
            self.bytes = bytes
        } else if let bytes = Self.ipv6(text) {
            // `::ffff:192.0.2.1` is how a socket for both names a peer of IPv4.
            let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            self.bytes = isMapped ? Array(bytes[12...]) : bytes
        } else {
            return nil
        }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// The address with all bits behind the first `length` ones cleared.
    func masked(to length: Int) -> NetworkAddress {
        NetworkAddress(
            bytes: bytes.enumerated().map { index, byte in
                let kept = min(max(length - index * 8, 0), 8)
                return kept == 0 ? 0 : byte & (0xFF << UInt8(8 - kept))
            })
    }

    var description: String {
        guard bytes.count == 16 else { return bytes.map { "\($0)" }.joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
        guard let zeros = Self.longestRun(ofZerosIn: groups) else { return Self.text(groups[...]) }
        return Self.text(groups[..<zeros.lowerBound]) + "::" + Self.text(groups[zeros.upperBound...])
    }

    private static func text(_ groups: ArraySlice<Int>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first of the longest runs, as RFC 5952 wants it shortened; one group alone is not.
    private static func longestRun(ofZerosIn groups: [Int]) -> Range<Int>? {
        var (longest, start) = (0..<0, 0)
        for index in groups.indices {
            if groups[index] != 0 { start = index + 1 }
            if index + 1 - start > longest.count { longest = start..<index + 1 }
        }
        return longest.count > 1 ? longest : nil
    }

    private static func ipv4(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let bytes = parts.compactMap { part in UInt8(part).flatMap { String($0) == part ? $0 : nil } }
        return bytes.count == 4 ? bytes : nil
    }

    /// Eight groups of up to four hexadecimal digits, of which `::` stands for some that are 0; the last two may be
    /// written as IPv4 (RFC 4291, 2.2).
    private static func ipv6(_ text: Substring) -> [UInt8]? {
        guard let gap = text.firstRange(of: "::") else {
            let bytes = groups(text, endsAddress: true)
            return bytes?.count == 16 ? bytes : nil
        }
        guard let head = groups(text[..<gap.lowerBound], endsAddress: false),
            let tail = groups(text[gap.upperBound...], endsAddress: true), head.count + tail.count <= 14
        else { return nil }
        return head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func groups(_ text: Substring, endsAddress: Bool) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if endsAddress, index == parts.count - 1, let last = ipv4(part) {
                bytes += last
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(isHexadecimal),
                    let value = UInt16(part, radix: 16)
                else { return nil }
                bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
            }
        }
        return bytes
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
