package import Blobs
internal import FoundationEssentials
package import PDFText
package import Records
package import Scoring
package import Stores
package import Tenancy

/// A file is larger than is taken.
package struct FileTooLarge: Error, Hashable, CustomStringConvertible {
    package init() {}

    package var description: String { "The file is larger than \(Files.largest >> 20) MB." }
}

/// A document cannot be read at this moment.
package struct FileReaderUnavailable: Error, Hashable, CustomStringConvertible {
    /// For whoever runs the installation.
    package let reason: String

    package var description: String { "Documents cannot be read at the moment; pictures can be uploaded." }
}

/// The files that people upload for evaluators to look at.
///
/// A file is kept with what models get to see of it: pictures as they are, documents as their text, which is read once, when
/// the file comes in. So whoever executes has it at once, and a document that nobody can read is refused while its sender is
/// still there.
package struct Files: Sendable {
    /// The largest file, in bytes.
    package static let largest = 20 << 20
    /// The longest text of a document, in bytes.
    package static let longestText = 4 << 20
    /// Where they are in the object storage.
    static let folder = "files"

    let store: FileStore
    let blobs: any BlobStore
    private let reader: PDFReader
    private let identifiers: IdentifierSource
    /// For how long addresses at the object storage hold; `nil` when none are given.
    private let presignedFor: Duration?

    package init(
        store: FileStore, blobs: any BlobStore, identifiers: IdentifierSource,
        reader: PDFReader = PDFReader(longest: Files.longestText), presignedFor: Duration? = nil
    ) {
        self.store = store
        self.blobs = blobs
        self.identifiers = identifiers
        self.reader = reader
        self.presignedFor = presignedFor
    }

    /// Keeps the file whose bytes `next` brings until it brings `nil`. The same bytes of the same person are kept once.
    /// - Returns: The file, and whether it was not there before.
    /// - Throws: `FileTooLarge`; `InvalidDefinition` naming the field `file` for what is neither a document with text nor a
    ///   picture; `FileReaderUnavailable`; `BlobError`; what `next` throws.
    package func keep(
        named name: String?, for principal: Principal, _ next: () async throws -> [UInt8]?
    ) async throws -> (file: UploadedFile, isNew: Bool) {
        let (id, date) = identifiers.nextDated(FileMarker.self)
        var inspection = FileInspection()
        var size = 0
        let receipt = try await blobs.put(Self.key(of: id)) {
            guard let piece = try await next() else { return nil }
            size += piece.count
            guard size <= Self.largest else { throw FileTooLarge() }
            inspection.take(piece)
            return piece
        }
        do {
            let known = try await store.reuse(
                receipt.sha256, of: principal.user.id, in: principal.organizationID, at: date)
            if let known {
                await discard(id)
                return (known, false)
            }
            guard let kind = inspection.kind else {
                throw InvalidDefinition("file", "Upload a PDF or a picture: PNG, JPEG, WebP, SVG.")
            }
            let extent = kind.isPicture ? inspection.extent : try await read(id, kind)
            let file = UploadedFile(
                id: id, organizationID: principal.organizationID, projectID: Self.project(of: principal),
                ownerID: principal.user.id, name: Self.name(name, kind), kind: kind, size: receipt.size,
                sha256: receipt.sha256, extent: extent, createdAt: date, usedAt: date)
            let stored = try await store.add(file)
            // Sent twice at the same moment: the other one came first.
            if stored.id != id { await discard(id) }
            return (stored, stored.id == id)
        } catch {
            await discard(id)
            throw error
        }
    }

    /// How a file is got: it is passed on, or fetched at an address of the object storage for a while.
    package enum Download: Sendable {
        case contents(UploadedFile, BlobContents)
        case address(String)
    }

    /// The file with its bytes, or where they are.
    /// - Throws: `NotFound`; `BlobError`.
    package func open(_ id: FileID, for principal: Principal) async throws -> Download {
        let found = try await store.find([id], in: principal.organizationID).first
        guard let file = found, principal.mayRead(file) else { throw NotFound("File") }
        if let presignedFor {
            let download = BlobDownload(name: file.name, type: file.kind.rawValue)
            let address = try await blobs.presignedDownload(of: Self.key(of: id), for: presignedFor, as: download)
            if let address { return .address(address) }
        }
        return .contents(file, try await blobs.open(Self.key(of: id), bytes: nil))
    }

    /// Where a file of theirs belongs: the default project, else the first in which they may keep one.
    private static func project(of principal: Principal) -> ProjectID {
        switch principal.reach(.fileCreate) {
        case .organization: principal.defaultProjectID
        case .projects(let projects) where projects.contains(principal.defaultProjectID): principal.defaultProjectID
        case .projects(let projects): projects.first ?? principal.defaultProjectID
        }
    }

    // MARK: Names

    static func key(of id: FileID) -> BlobKey { BlobKey(words: folder, id.description) }

    /// Where the text of a document is.
    static func textKey(of id: FileID) -> BlobKey { BlobKey(words: folder, "\(id).txt") }

    /// The file that lies there; `nil` for what was put there by somebody else.
    static func file(at key: BlobKey) -> FileID? {
        key.words.last.flatMap { $0.split(separator: ".").first }.flatMap { FileID(String($0)) }
    }

    /// What its sender calls it, without the folders and signs that a line of text cannot have.
    private static func name(_ name: String?, _ kind: FileKind) -> String {
        let last = (name ?? "").split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        let plain = last.unicodeScalars.filter {
            !$0.properties.isNoncharacterCodePoint && $0.value >= 0x20 && $0.value != 0x7F
        }
        let text = String(String.UnicodeScalarView(plain.prefix(200)))
        return text.isEmpty ? "file.\(kind.rawValue.split(separator: "/").last ?? "")" : text
    }

    // MARK: Documents

    /// Reads the text of a document that is stored, and stores it beside it.
    private func read(_ id: FileID, _ kind: FileKind) async throws -> UploadedFile.Extent {
        let contents = try await blobs.open(Self.key(of: id), bytes: nil)
        guard kind == .pdf else {
            guard contents.size <= Self.longestText, try await contents.text() != nil else {
                throw InvalidDefinition("file", "A drawing has to be UTF-8 and may have \(Self.longestText >> 20) MB.")
            }
            return .unknown
        }
        do {
            let found = try await reader.contents { try await contents.next() }
            var rest: [UInt8]? = Array(found.text.utf8)
            _ = try await blobs.put(Self.textKey(of: id)) {
                defer { rest = nil }
                return rest
            }
            return found.pages > 0 ? .pages(found.pages) : .unknown
        } catch let problem as PDFProblem {
            throw Self.error(of: problem)
        }
    }

    private static func error(of problem: PDFProblem) -> any Error {
        switch problem {
        case .encrypted: InvalidDefinition("file", "The PDF is encrypted: upload it without a password.")
        case .damaged: InvalidDefinition("file", "The PDF is broken: it cannot be read.")
        case .withoutText: InvalidDefinition("file", "The PDF has no text. If its pages are pictures, upload these.")
        case .tooLong: InvalidDefinition("file", "The PDF has more than \(longestText >> 20) MB of text.")
        case .tooMuchWork: InvalidDefinition("file", "The PDF takes too much time or memory to read.")
        case .busy: BlobError(.busy, "read a document", because: "too many wait already")
        case .unavailable(let reason): FileReaderUnavailable(reason: reason)
        }
    }

    /// Removes what was stored of a file that is not kept; what cannot be removed is left to the sweep.
    private func discard(_ id: FileID) async {
        for key in [Self.key(of: id), Self.textKey(of: id)] {
            do { try await blobs.delete(key) } catch { continue }
        }
    }
}

extension BlobContents {
    /// All of it as text; `nil` when it is not UTF-8.
    func text() async throws -> String? { String(validating: try await whole(), as: UTF8.self) }

    /// All of it.
    func whole() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(size))
        while let piece = try await next() { bytes += piece }
        return bytes
    }
}
