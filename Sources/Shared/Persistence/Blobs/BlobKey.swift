/// The name of a blob: words between slashes, such as `exports/0190d6a1/1.csv`, that mean the same in every object store
/// and cannot lead out of a directory.
package struct BlobKey: Sendable, Hashable, Comparable, LosslessStringConvertible {
    package let description: String

    private static let longest = 512
    private static let longestWord = 200

    /// `nil` when a word is empty, begins with a dot or has anything but ASCII letters, digits, `.`, `_` and `-`, or when it
    /// is too long.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.longest else { return nil }
        let words = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard words.allSatisfy(Self.isWord) else { return nil }
        description = text
    }

    /// The key of words that the program itself has chosen, such as identifiers.
    package init(words: String...) {
        guard let key = BlobKey(words.joined(separator: "/")) else {
            preconditionFailure("\(words) are not words of a key")
        }
        self = key
    }

    private static func isWord(_ word: Substring.UTF8View) -> Bool {
        guard let first = word.first, first != UInt8(ascii: "."), word.count <= longestWord else { return false }
        return word.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }

    /// The words between its slashes.
    package var words: [Substring] { description.split(separator: "/") }

    /// The order of their bytes, as object stores list them.
    package static func < (left: BlobKey, right: BlobKey) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}
