internal import HTTPMessages

/// What of some bytes is passed on.
package enum Passage: Sendable, Hashable {
    /// A part of them, as it stands there: no copy of it is needed.
    case part(Range<Int>)
    /// Others: what was kept of earlier ones is among them.
    case bytes([UInt8])

    /// What is passed on of `source`, which this was said of.
    package func bytes(of source: Span<UInt8>) -> [UInt8] {
        switch self {
        case .part(let range): Array(copying: source.extracting(range))
        case .bytes(let bytes): bytes
        }
    }
}
