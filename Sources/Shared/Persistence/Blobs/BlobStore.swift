package import FoundationEssentials

/// Where large things are kept under names. What was put is there for every process of the installation at once.
package protocol BlobStore: Sendable {  // ok: object stores over the network follow, held to the same conformance suite
    /// Stores what `next` brings, piece by piece until it brings `nil`, in place of what has the key. It appears whole or
    /// not at all: when this throws, also what `next` threw, the key is as it was. Pieces may be of any size.
    func put(_ key: BlobKey, _ next: () async throws -> [UInt8]?) async throws -> BlobReceipt

    /// Opens a blob, or those bytes of it, for reading; the bytes beyond its end are left out.
    /// - Throws: `BlobError` of kind `missing`, among others.
    func open(_ key: BlobKey, bytes: Range<Int64>?) async throws(BlobError) -> BlobContents

    /// How many bytes a blob has; `nil` when there is none of this key.
    func size(of key: BlobKey) async throws(BlobError) -> Int64?

    /// Removes a blob; one that is not there is no error.
    func delete(_ key: BlobKey) async throws(BlobError)

    /// The blobs whose keys have `folder` and a slash before the rest, behind `place` in the order of keys.
    func list(in folder: BlobKey, behind place: BlobKey?, limit: Int) async throws(BlobError) -> [BlobListing]

    /// Removes what puts left behind whose process was killed; how many they were.
    func removeRemains() async throws(BlobError) -> Int
}

/// What was stored.
package struct BlobReceipt: Sendable, Hashable {
    /// In bytes.
    package let size: Int64
    /// Of the contents.
    package let sha256: [UInt8]

    package init(size: Int64, sha256: [UInt8]) {
        self.size = size
        self.sha256 = sha256
    }
}

/// A blob in a list.
package struct BlobListing: Sendable, Hashable {
    package let key: BlobKey
    /// In bytes.
    package let size: Int64
    package let modifiedAt: Date

    package init(key: BlobKey, size: Int64, modifiedAt: Date) {
        self.key = key
        self.size = size
        self.modifiedAt = modifiedAt
    }
}

/// A blob that is being read. Only one piece of it is in memory.
package struct BlobContents: Sendable {
    /// How many bytes the whole blob has.
    package let size: Int64
    /// Which of them are read.
    package let bytes: Range<Int64>
    /// The next piece, `nil` at the end. From one task at a time.
    package let next: @Sendable () async throws(BlobError) -> [UInt8]?

    package init(
        size: Int64, bytes: Range<Int64>, next: @escaping @Sendable () async throws(BlobError) -> [UInt8]?
    ) {
        self.size = size
        self.bytes = bytes
        self.next = next
    }
}
