internal import Blobs
internal import Cryptography
internal import FoundationEssentials
internal import Records
internal import Stores
internal import Scoring
internal import Tenancy

/// Files as an execution looks at them.
struct OpenedFiles: Sendable {
    /// What the log keeps of them.
    let references: [AttachedFile]
    /// What is in them, in the same order.
    let materials: [FileMaterial]

    static let none = OpenedFiles(references: [], materials: [])

    /// Both together.
    /// - Throws: `InvalidDefinition` when they are more than an execution may look at.
    func joined(by others: OpenedFiles) throws(InvalidDefinition) -> OpenedFiles {
        let joined = OpenedFiles(
            references: references + others.references, materials: materials + others.materials)
        var (pictures, text) = (0, 0)
        for material in joined.materials {
            switch material.content {
            case .text(let content): text += content.utf8.count
            case .picture(let base64): pictures += base64.utf8.count / 4 * 3
            }
        }
        try Files.check(pictures: pictures, text: text)
        return joined
    }
}

extension Files {
    /// The most files that one execution looks at.
    package static let mostAtOnce = 20
    /// The most bytes that the pictures of one execution may have together. The LLM proxy takes no larger prompts.
    private static let largestPictures = 20 << 20
    /// A file that was used in the last day is not noted to be used again.
    private static let noteEvery: TimeInterval = 86_400

    /// What the files say and show, each once and in the order given; those of an organisation that `owner` is not are not
    /// there for it, nor those that `reader` may not read, where there is one.
    /// - Throws: `InvalidDefinition` naming the field `file_ids` for files that are not there, for too many, and for more
    ///   than an execution may look at; `BlobError`.
    func look(
        into ids: [FileID], of owner: OrganizationID, readableBy reader: Principal? = nil
    ) async throws -> OpenedFiles {
        guard !ids.isEmpty else { return .none }
        let files = try await find(ids, of: owner, readableBy: reader)
        let pictures = files.filter(\.kind.isPicture).reduce(0) { $0 + $1.size }
        try Self.check(pictures: Int(pictures), text: 0)
        var materials: [FileMaterial] = []
        var length = 0
        for file in files {
            let content = try await content(of: file)
            if case .text(let text) = content { length += text.utf8.count }
            try Self.check(pictures: 0, text: length)
            materials.append(FileMaterial(name: file.name, mediaType: file.kind.rawValue, content: content))
        }
        let now = Date()
        let stale = files.filter { $0.usedAt < now.addingTimeInterval(-Self.noteEvery) }.map(\.id)
        if !stale.isEmpty { try await store.noteUse(of: stale, in: owner, at: now) }
        return OpenedFiles(references: files.map(\.reference), materials: materials)
    }

    /// Refuses more bytes than an execution may look at.
    fileprivate static func check(pictures: Int, text: Int) throws(InvalidDefinition) {
        guard pictures <= largestPictures else {
            throw InvalidDefinition("file_ids", "The pictures have more than \(largestPictures >> 20) MB together.")
        }
        guard text <= longestText else {
            throw InvalidDefinition(
                "file_ids", "The documents have more than \(longestText >> 20) MB of text together.")
        }
    }

    /// Refuses files that the caller's organisation does not have, or that the caller may not read.
    /// - Throws: `InvalidDefinition` naming `field`.
    func requireKnown(_ ids: [FileID], field: String = "file_ids", for principal: Principal) async throws {
        if !ids.isEmpty {
            _ = try await find(ids, of: principal.organizationID, readableBy: principal, field: field)
        }
    }

    private func find(
        _ ids: [FileID], of owner: OrganizationID, readableBy reader: Principal?, field: String = "file_ids"
    ) async throws -> [UploadedFile] {
        var wanted: [FileID] = []
        for id in ids where !wanted.contains(id) { wanted.append(id) }
        guard wanted.count <= Self.mostAtOnce else {
            throw InvalidDefinition(field, "Give at most \(Self.mostAtOnce) files.")
        }
        let found = Dictionary(uniqueKeysWithValues: try await store.find(wanted, in: owner).map { ($0.id, $0) })
        return try wanted.map { id in
            guard let file = found[id], reader?.mayRead(file) ?? true else {
                throw InvalidDefinition(field, "There is no file \(id).")
            }
            return file
        }
    }

    private func content(of file: UploadedFile) async throws -> FileMaterial.Content {
        switch file.kind {
        case .png, .jpeg, .webp:
            return .picture(base64: Base64.encode(try await blobs.open(Self.key(of: file.id), bytes: nil).whole()))
        case .pdf: return .text(String(decoding: try await text(at: Self.textKey(of: file.id)), as: UTF8.self))
        case .svg: return .text(String(decoding: try await text(at: Self.key(of: file.id)), as: UTF8.self))
        }
    }

    private func text(at key: BlobKey) async throws -> [UInt8] {
        try await blobs.open(key, bytes: nil).whole()
    }
}

extension Principal {
    /// Whether they may read the file: by a right in its project, and what they have brought themselves, wherever it lies.
    func mayRead(_ file: UploadedFile) -> Bool {
        if may(.fileRead, with: file.organizationID, in: file.projectID) { return true }
        return file.ownerID == user.id && (!reach(.fileRead).isNowhere || !reach(.fileCreate).isNowhere)
    }
}
