/// Addresses of the Internet in their usual forms.
enum NetworkAddress {
    /// Four numbers to 255 without leading zeros.
    static func isIPv4(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        let parts = scalars.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                let text = String(String.UnicodeScalarView(part))
                guard let number = Int(text), (0...255).contains(number) else { return false }
                return String(number) == text
            }
    }

    /// Eight groups of up to four hexadecimal digits, of which `::` stands for some that are 0; the last two may be
    /// written as IPv4 (RFC 4291, 2.2). A time such as 12:30:45 is none.
    static func isIPv6(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        let text = String(String.UnicodeScalarView(scalars))
        let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        var groups = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            var parts = half.split(separator: ":", omittingEmptySubsequences: false)
            if index == halves.count - 1, let last = parts.last, last.contains(".") {
                guard isIPv4(Array(last.unicodeScalars)[...]) else { return false }
                parts.removeLast()
                groups += 2
            }
            guard parts.allSatisfy({ (1...4).contains($0.count) }) else { return false }
            groups += parts.count
        }
        // “::” alone is punctuation more often than an address.
        return halves.count == 2 ? (1...7).contains(groups) && scalars.count > 4 : groups == 8
    }
}
