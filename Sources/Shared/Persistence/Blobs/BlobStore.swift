internal import Cryptography
package import FoundationEssentials

/// Where large things are kept under names. What was put is there for every process of the installation at once.
package protocol BlobStore: Sendable {
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

    /// An address from which whoever has it may fetch a blob for a while, without this program; `nil` where the store gives
    /// none, and the bytes have to be passed on. Whether there is such a blob is not asked.
    func presignedDownload(
        of key: BlobKey, for lifetime: Duration, as download: BlobDownload
    ) async throws(BlobError) -> String?
}

extension BlobStore {
    package func presignedDownload(
        of key: BlobKey, for lifetime: Duration, as download: BlobDownload
    ) async throws(BlobError) -> String? { nil }
}

/// What a browser is told of a blob that it fetches.
package struct BlobDownload: Sendable, Hashable {
    /// What the file is to be called.
    package let name: String
    /// Its media type.
    package let type: String

    package init(name: String, type: String) {
        self.name = name
        self.type = type
    }

    /// The value of `content-disposition` (RFC 6266): names of ASCII as they are, others encoded beside a plain one.
    var disposition: String {
        let plain = String(
            decoding: name.utf8.map { (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C ? $0 : 0x5F },
            as: UTF8.self)
        let quoted = "attachment; filename=\"\(plain)\""
        return plain == name ? quoted : "\(quoted); filename*=UTF-8''\(PercentEncoding.encode(name.utf8))"
    }
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
