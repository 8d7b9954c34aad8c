internal import Compression
package import Cryptography

/// The form of what is kept in backups: compressed in pieces and, where there are recipients, sealed to them piece by
/// piece, so that neither side holds more than a piece. A stream that was cut off, or in which anything was changed, is
/// not opened.
///
/// `SCORBAK1`, the number of recipients, for each the identifier of its key (8 bytes) and the stream's key in a box (80
/// bytes), then pieces: four bytes of length whose highest bit marks the last one, then the piece.
enum BackupStream {
    static let magic = Array("SCORBAK1".utf8)
    /// Of a piece before it is compressed, in bytes.
    static let piece = 1 << 20
    static let boxSize = 80
    static let idSize = 8
    static let lastMark: UInt32 = 1 << 31
    static let purpose = "scorable backup stream 1"

    /// What every piece is bound to: where it is kept, and to whom it is sealed.
    static func context(_ name: String, _ header: [UInt8]) -> [UInt8] { Array(name.utf8) + SHA256.hash(header) }
}

/// Writes a stream.
package struct BackupStreamWriter: Sendable {
    private var pending: [UInt8] = []
    private var unsent: [UInt8]
    private var sealing: StreamSealing?

    /// `name` is where the stream is kept; without recipients anybody can read it.
    package init(to recipients: [SealedBox.PublicKey], name: String) throws {
        precondition(recipients.count < 256, "a byte counts the recipients")
        var header = BackupStream.magic + [UInt8(recipients.count)]
        let key = SecretBytes(randomCount: 32)
        for recipient in recipients {
            header += RecoveryKey.identifierBytes(of: recipient)
            header += try SealedBox.seal(
                key.exposed, to: recipient, purpose: BackupStream.purpose, context: Array(name.utf8))
        }
        unsent = header
        if !recipients.isEmpty {
            sealing = StreamSealing(key: key, context: BackupStream.context(name, header))
        }
    }

    /// Takes more, and gives what is to be stored meanwhile.
    package mutating func add(_ bytes: [UInt8]) throws -> [UInt8] {
        pending += bytes
        while pending.count > BackupStream.piece {
            try emit(Array(pending.prefix(BackupStream.piece)), isLast: false)
            pending.removeFirst(BackupStream.piece)
        }
        return take()
    }

    /// The end of the stream.
    package mutating func finish() throws -> [UInt8] {
        try emit(pending, isLast: true)
        pending = []
        return take()
    }

    private mutating func emit(_ piece: [UInt8], isLast: Bool) throws {
        let compressed = Deflation.deflate(piece)
        let body = try sealing?.seal(compressed, isLast: isLast) ?? compressed
        let length = UInt32(body.count) | (isLast ? BackupStream.lastMark : 0)
        for shift in stride(from: UInt32(24), through: 0, by: -8) {
            unsent.append(UInt8(truncatingIfNeeded: length >> shift))
        }
        unsent += body
    }

    private mutating func take() -> [UInt8] {
        defer { unsent = [] }
        return unsent
    }
}

/// Reads a stream.
package struct BackupStreamReader: Sendable {
    private let keys: [SealedBox.KeyPair]
    private let name: String
    private var pending: [UInt8] = []
    private var hasHeader = false
    private var isAtEnd = false
    private var opening: StreamOpening?

    /// `keys` may open what is sealed; `name` is where the stream is kept.
    package init(keys: [SealedBox.KeyPair], name: String) {
        self.keys = keys
        self.name = name
    }

    /// Takes more as it was stored, and gives what is whole of it.
    /// - Throws: `BackupFailure` when it is damaged or no key opens it.
    package mutating func add(_ bytes: [UInt8]) throws -> [UInt8] {
        pending += bytes
        guard try hasHeader || readHeader() else { return [] }
        var output: [UInt8] = []
        var place = 0
        while pending.count - place >= 4 {
            let length = pending[place..<place + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let isLast = length & BackupStream.lastMark != 0
            let count = Int(length & ~BackupStream.lastMark)
            guard !isAtEnd, count <= 2 * BackupStream.piece else { throw damaged("it goes on behind its end") }
            guard pending.count - place - 4 >= count else { break }
            output += try open(Array(pending[place + 4..<place + 4 + count]), isLast: isLast)
            place += 4 + count
            isAtEnd = isLast
        }
        pending.removeFirst(place)
        guard !isAtEnd || pending.isEmpty else { throw damaged("it goes on behind its end") }
        return output
    }

    /// Says that nothing more comes.
    /// - Throws: `BackupFailure` when the end is missing.
    package func finish() throws {
        guard isAtEnd else { throw damaged("it was cut off") }
    }

    private mutating func readHeader() throws -> Bool {
        let start = BackupStream.magic.count + 1
        guard pending.count >= start else { return false }
        guard pending.starts(with: BackupStream.magic) else { throw damaged("it does not begin like a backup") }
        let entry = BackupStream.idSize + BackupStream.boxSize
        let size = start + Int(pending[start - 1]) * entry
        guard pending.count >= size else { return false }
        if size > start {
            let context = BackupStream.context(name, Array(pending[..<size]))
            opening = StreamOpening(key: try key(in: pending[start..<size], entry: entry), context: context)
        }
        pending.removeFirst(size)
        hasHeader = true
        return true
    }

    private func key(in boxes: ArraySlice<UInt8>, entry: Int) throws -> SecretBytes {
        var wanted: [String] = []
        for place in stride(from: boxes.startIndex, to: boxes.endIndex, by: entry) {
            let id = Array(boxes[place..<place + BackupStream.idSize])
            wanted.append(Hexadecimal.encode(id))
            guard let pair = keys.first(where: { RecoveryKey.identifierBytes(of: $0.publicKey) == id }) else {
                continue
            }
            let box = Array(boxes[place + BackupStream.idSize..<place + entry])
            do {
                return SecretBytes(
                    try SealedBox.open(box, with: pair, purpose: BackupStream.purpose, context: Array(name.utf8)))
            } catch {
                throw damaged("its key does not open (\(error))")
            }
        }
        throw BackupFailure(
            "\(name) is sealed to the recovery key \(wanted.joined(separator: " or ")). Name its file with --key-file.")
    }

    private mutating func open(_ body: [UInt8], isLast: Bool) throws -> [UInt8] {
        do {
            let compressed = try opening?.open(body, isLast: isLast) ?? body
            return try Inflation.inflate(compressed, limit: BackupStream.piece)
        } catch {
            throw damaged("\(error)")
        }
    }

    private func damaged(_ reason: String) -> BackupFailure {
        BackupFailure("\(name) is damaged: \(reason). Use another backup, or the copy of this one elsewhere.")
    }
}
