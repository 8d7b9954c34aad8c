import Cryptography
import Operations
import Testing

/// What is kept in backups, as whoever restores reads it, and what becomes of damage.
@Suite struct BackupStreamTests {
    private static let name = "backups/20270131T120000Z-1f3a/base"
    /// More than two pieces of what can be compressed and of what cannot.
    private static let contents = [UInt8](repeating: 7, count: 1_500_000) + randomBytes(1_300_001)

    private func written(_ contents: [UInt8], to recipients: [SealedBox.PublicKey]) throws -> [UInt8] {
        var writer = try BackupStreamWriter(to: recipients, name: Self.name)
        var stored: [UInt8] = []
        for start in stride(from: 0, to: contents.count, by: 300_000) {
            stored += try writer.add(Array(contents[start..<min(start + 300_000, contents.count)]))
        }
        return stored + (try writer.finish())
    }

    private func read(
        _ stored: [UInt8], with keys: [SealedBox.KeyPair] = [], as name: String = name, by count: Int = 70_001
    ) throws -> [UInt8] {
        var reader = BackupStreamReader(keys: keys, name: name)
        var contents: [UInt8] = []
        for start in stride(from: 0, to: stored.count, by: count) {
            contents += try reader.add(Array(stored[start..<min(start + count, stored.count)]))
        }
        try reader.finish()
        return contents
    }

    @Test func whatIsSealedComesBackForEachRecipient() throws {
        let (first, second) = (try SealedBox.KeyPair.generate(), try SealedBox.KeyPair.generate())
        let stored = try written(Self.contents, to: [first.publicKey, second.publicKey])
        #expect(stored.count < 1_500_000, "it is compressed")
        #expect(try read(stored, with: [first]) == Self.contents)
        #expect(try read(stored, with: [second]) == Self.contents)
        #expect(try read(try written([], to: [first.publicKey]), with: [first], by: 1).isEmpty)
        #expect(try read(try written(Self.contents, to: [])) == Self.contents, "without recipients anybody reads it")
    }

    @Test func whoHasNoKeyIsToldWhichOneIsNeeded() throws {
        let (pair, other) = (try SealedBox.KeyPair.generate(), try SealedBox.KeyPair.generate())
        let stored = try written([1, 2, 3], to: [pair.publicKey])
        let failure = #expect(throws: BackupFailure.self) { try read(stored, with: [other]) }
        #expect(failure?.description.contains(RecoveryKey.identifier(of: pair.publicKey)) == true)
        #expect(failure?.description.contains("--key-file") == true)
    }

    @Test(arguments: [true, false]) func whatWasCutOffIsNotRead(isSealed: Bool) throws {
        let pair = try SealedBox.KeyPair.generate()
        let stored = try written(Self.contents, to: isSealed ? [pair.publicKey] : [])
        // Within the header, within a piece, behind whole pieces: the last has a length of its own before it.
        for count in [0, 5, stored.count / 2, stored.count - 1] {
            let failure = #expect(throws: BackupFailure.self) { try read(Array(stored[..<count]), with: [pair]) }
            #expect(failure?.description.contains("cut off") == true)
        }
        #expect(throws: BackupFailure.self) { try read(stored + [0], with: [pair]) }
    }

    @Test func aPieceThatIsAlteredMovedOrCalledTheLastIsNoticed() throws {
        let pair = try SealedBox.KeyPair.generate()
        let stored = try written(Self.contents, to: [pair.publicKey])
        let header = 9 + 88
        for place in [header - 1, header + 10, stored.count / 2, stored.count - 1] {
            var altered = stored
            altered[place] ^= 1
            #expect(throws: BackupFailure.self) { try read(altered, with: [pair]) }
        }
        // The first piece as if it were all there is.
        let length = stored[header..<header + 4].reduce(0) { $0 << 8 | Int($1) }
        var short = Array(stored[..<(header + 4 + length)])
        short[header] |= 0x80
        #expect(throws: BackupFailure.self) { try read(short, with: [pair]) }
        // A whole stream in the place of another.
        #expect(throws: BackupFailure.self) { try read(stored, with: [pair], as: "backups/other/base") }
    }
}
