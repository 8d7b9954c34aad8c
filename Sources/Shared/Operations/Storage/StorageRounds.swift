package import Blobs
internal import Synchronization

/// Goes over what lies in a folder of the object storage, so much in a round that each ends soon however much there is: the
/// next round goes on where the one before ended, and begins anew behind the end.
package final class StorageRounds: Sendable {
    private let folder: BlobKey
    private let blobs: any BlobStore
    /// How many objects are handed over together, and how often in a round.
    private let piece: Int
    private let pieces: Int
    private let place = Mutex<BlobKey?>(nil)

    package init(of folder: BlobKey, in blobs: any BlobStore, piece: Int, pieces: Int) {
        self.folder = folder
        self.blobs = blobs
        self.piece = piece
        self.pieces = pieces
    }

    /// Does a round; the sum of what `body` makes of its pieces. A round that fails is done again.
    package func next(_ body: ([BlobListing]) async throws -> Int) async throws -> Int {
        var count = 0
        var last = place.withLock(\.self)
        for _ in 0..<pieces {
            let found = try await blobs.list(in: folder, behind: last, limit: piece)
            count += try await body(found)
            last = found.count == piece ? found.last?.key : nil
            if last == nil { break }
        }
        place.withLock { $0 = last }
        return count
    }
}
