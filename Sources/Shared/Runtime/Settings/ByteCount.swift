/// An amount of bytes.
package struct ByteCount: Sendable, Hashable, Comparable {
    /// The number of bytes, not negative.
    package let bytes: Int

    package init(bytes: Int) { self.bytes = max(0, bytes) }

    /// 2²⁰ bytes each.
    package static func mebibytes(_ count: Int) -> ByteCount { ByteCount(bytes: count << 20) }
    /// 2¹⁰ bytes each.
    package static func kibibytes(_ count: Int) -> ByteCount { ByteCount(bytes: count << 10) }

    package static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    private static let units: [(name: String, bytes: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000),
        ("B", 1),
    ]

    /// Reads `10MiB`, `64 KiB`, `1GB` or a plain number of bytes.
    package init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let count = Int(digits) else { return nil }
        guard
            let factor = unit.isEmpty
                ? 1 : Self.units.first(where: { $0.name.lowercased() == unit.lowercased() })?.bytes
        else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        self.bytes = bytes
    }
}

extension ByteCount: CustomStringConvertible {
    /// In the largest binary unit that divides it.
    package var description: String {
        guard
            let unit = Self.units.first(where: { $0.bytes & ($0.bytes - 1) == 0 && bytes > 0 && bytes % $0.bytes == 0 })
        else { return "\(bytes)B" }
        return "\(bytes / unit.bytes)\(unit.name)"
    }
}
