import Cryptography
import Testing

@testable import Blobs

/// What every object storage has to do, whatever keeps the bytes. A driver's tests call these with a store of their own,
/// which is empty.
struct BlobStoreConformance {
    let store: any BlobStore
    /// Whether lists are in the order of keys; one store has its own, by folders, which pages keep all the same.
    var isOrdered = true

    private struct Refusal: Error {}

    /// Puts `bytes` in pieces of `size`.
    @discardableResult
    func put(_ key: BlobKey, _ bytes: [UInt8], inPiecesOf size: Int = 1000) async throws -> BlobReceipt {
        var rest = bytes[...]
        return try await store.put(key) {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(size) }
            return Array(rest.prefix(size))
        }
    }

    func read(_ key: BlobKey, _ range: Range<Int64>? = nil) async throws -> [UInt8] {
        let contents = try await store.open(key, bytes: range)
        var bytes: [UInt8] = []
        while let piece = try await contents.next() { bytes += piece }
        #expect(Int64(bytes.count) == Int64(contents.bytes.count))
        return bytes
    }

    private static func noise(_ count: Int) -> [UInt8] {
        var state: UInt32 = 7
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
    }

    func whatIsPutIsRead() async throws {
        for (number, count) in [0, 1, 1000, 1_000_003].enumerated() {
            let key = BlobKey(words: "things", "of-\(number)")
            let bytes = Self.noise(count)
            let receipt = try await put(key, bytes, inPiecesOf: 70_001)
            #expect(receipt == BlobReceipt(size: Int64(count), sha256: SHA256.hash(bytes)))
            #expect(try await read(key) == bytes)
            #expect(try await store.size(of: key) == Int64(count))
        }
    }

    func aPartIsRead() async throws {
        let key = BlobKey(words: "part")
        let bytes = Self.noise(600_000)
        try await put(key, bytes)
        #expect(try await read(key, 0..<10) == Array(bytes[..<10]))
        #expect(try await read(key, 300_000..<599_999) == Array(bytes[300_000..<599_999]))
        #expect(try await read(key, 599_990..<Int64.max) == Array(bytes[599_990...]), "what is beyond is left out")
        #expect(try await read(key, 700_000..<800_000) == [])
        let contents = try await store.open(key, bytes: 10..<20)
        #expect(contents.size == 600_000 && contents.bytes == 10..<20)
    }

    func aSecondPutReplacesTheFirst() async throws {
        let key = BlobKey(words: "twice")
        try await put(key, [1, 2, 3])
        let reading = try await store.open(key, bytes: nil)
        try await put(key, [4])
        #expect(try await read(key) == [4])
        #expect(try await reading.next() == [1, 2, 3], "who has begun to read goes on")
    }

    func whatIsNotWholeDoesNotAppear() async throws {
        let key = BlobKey(words: "half", "way")
        var pieces = 0
        await #expect(throws: Refusal.self) {
            try await store.put(key) {
                pieces += 1
                guard pieces < 3 else { throw Refusal() }
                return Self.noise(100_000)
            }
        }
        #expect(try await store.size(of: key) == nil)
        try await put(key, [1])
        await #expect(throws: Refusal.self) { try await store.put(key) { throw Refusal() } }
        #expect(try await read(key) == [1], "what was there stays")
        #expect(try await store.list(in: BlobKey(words: "half"), behind: nil, limit: 10).count == 1)
    }

    func aPutIsNotSeenBeforeItsEnd() async throws {
        let key = BlobKey(words: "slow")
        var pieces = 0
        _ = try await store.put(key) {
            let size = try await store.size(of: key)
            #expect(size == nil)
            pieces += 1
            return pieces < 5 ? Self.noise(50_000) : nil
        }
        #expect(try await store.size(of: key) == 200_000)
    }

    func whatIsDeletedIsGone() async throws {
        let (key, other) = (BlobKey(words: "gone", "a"), BlobKey(words: "gone", "b"))
        try await put(key, [1])
        try await put(other, [2])
        try await store.delete(key)
        try await store.delete(key)
        #expect(try await store.size(of: key) == nil)
        let error = await #expect(throws: BlobError.self) { try await store.open(key, bytes: nil) }
        #expect(error?.kind == .missing)
        #expect(try await read(other) == [2])
        try await store.delete(other)
        try await put(key, [3])
        #expect(try await read(key) == [3])
    }

    func listsAreInTheOrderOfKeysAndGoOn() async throws {
        // '-' comes before '/', '0' behind it.
        let words = ["l/a-b/x", "l/a/1", "l/a/2", "l/a0", "l/b", "l/c/d/e", "l/c/d0"]
        for word in words.shuffled() { try await put(try #require(BlobKey(word)), Array(word.utf8)) }
        try await put(BlobKey(words: "l2"), [1])
        let folder = BlobKey(words: "l")
        let all = try await store.list(in: folder, behind: nil, limit: 100)
        #expect(inOrder(all.map(\.key.description)) == words)
        #expect(all.map(\.size) == all.map { Int64($0.key.description.utf8.count) })
        var seen: [String] = []
        var place: BlobKey?
        while true {
            let page = try await store.list(in: folder, behind: place, limit: 2)
            seen += page.map(\.key.description)
            guard page.count == 2 else { break }
            place = page.last?.key
        }
        #expect(inOrder(seen) == words)
        #expect(try await store.list(in: BlobKey(words: "l", "c"), behind: nil, limit: 100).count == 2)
        #expect(try await store.list(in: BlobKey(words: "nowhere"), behind: nil, limit: 100).isEmpty)
    }

    private func inOrder(_ keys: [String]) -> [String] {
        isOrdered ? keys : keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func manyAtOnceDoNotMix() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let bytes = [UInt8](repeating: UInt8(number), count: 100_000 + number)
                    try await put(BlobKey(words: "many", "\(number)"), bytes, inPiecesOf: 9000)
                    try await put(BlobKey(words: "same"), bytes, inPiecesOf: 9000)
                    #expect(try await read(BlobKey(words: "many", "\(number)")) == bytes)
                }
            }
            try await group.waitForAll()
        }
        let same = try await read(BlobKey(words: "same"))
        #expect(Set(same).count == 1 && same.count == 100_000 + Int(same[0]), "one of them, and whole")
    }

    /// Longer than the parts that stores over a network are sent.
    func aLargeBlobIsWhole() async throws {
        let key = BlobKey(words: "large", "one")
        let sum = SHA256Sum()
        let piece = Self.noise(1_000_003)
        var count = 0
        let receipt = try await store.put(key) {
            let size = try await store.size(of: key)
            #expect(size == nil, "nothing is seen before the end")
            guard count < 20 else { return nil }
            count += 1
            sum.update(piece)
            return piece
        }
        #expect(receipt == BlobReceipt(size: 20_000_060, sha256: sum.finish()))
        let read = SHA256Sum()
        let contents = try await store.open(key, bytes: nil)
        #expect(contents.size == receipt.size)
        while let piece = try await contents.next() { read.update(piece) }
        #expect(read.finish() == receipt.sha256)
        #expect(try await self.read(key, 8_388_600..<8_388_620).count == 20)
    }

    func aLargeBlobThatBreaksOffLeavesNothing() async throws {
        let key = BlobKey(words: "large", "half")
        var count = 0
        await #expect(throws: Refusal.self) {
            try await store.put(key) {
                count += 1
                guard count < 20 else { throw Refusal() }
                return [UInt8](repeating: 7, count: 1_000_000)
            }
        }
        #expect(try await store.size(of: key) == nil)
        #expect(try await store.list(in: BlobKey(words: "large"), behind: nil, limit: 10).isEmpty)
        #expect(try await store.removeRemains() == 0)
    }
}
