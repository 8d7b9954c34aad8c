package import FoundationEssentials
import Tenancy

/// An identifier derived from texts: the same texts give the same identifier on every machine. FNV-1a with 128 bits in
/// the form of a version 8 UUID; it separates texts of our own and is no defence against an adversary.
package struct ContentHash: Sendable {
    private var state: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d

    /// Hashes the texts with their borders: ("ab", "c") and ("a", "bc") differ.
    package init(of texts: String...) {
        for text in texts {
            for byte in text.utf8 { mix(byte) }
            mix(0xFF)  // never occurs in UTF-8
        }
    }

    /// The hash as an identifier.
    package var uuid: UUID {
        let high = UInt64(truncatingIfNeeded: state >> 64) & 0xFFFF_FFFF_FFFF_0FFF | 0x8000
        let low = UInt64(truncatingIfNeeded: state) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return UUID(high: high, low: low)
    }

    private mutating func mix(_ byte: UInt8) {
        state = (state ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b
    }
}
