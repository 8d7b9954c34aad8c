internal import Cryptography
internal import FoundationEssentials
internal import HTTPMessages
package import HTTPTransfer
internal import Synchronization
internal import XML

/// Blobs in a container of Azure's storage, as block blobs.
///
/// A small blob is one request; a large one is put block by block, and is there when the list of its blocks is. Azure itself
/// forgets blocks that no list names after a week. What it receives it compares with an MD5.
package struct AzureBlobs: BlobStore {
    let transport: StorageTransport<AzureDialect>
    private let marks = AzureListMarks()
    private var place: AzurePlace { transport.dialect.place }

    private static let sumField = "x-ms-meta-sha256"
    /// As Microsoft's own clients name it.
    private static let rangeField = "x-ms-range"
    /// How many blobs Azure lists at once.
    private static let longestPage = 5000

    package init(_ place: AzurePlace, access: AzureAccess, client: HTTPClient) {
        transport = StorageTransport(client: client, dialect: AzureDialect(place: place, access: access))
    }

    private func path(of key: BlobKey) -> String { "\(place.prefix)\(key)" }

    // MARK: Writing

    package func put(_ key: BlobKey, _ next: () async throws -> [UInt8]?) async throws -> BlobReceipt {
        try await uploading {
            var gathering = PartGathering()
            let first = try await gathering.part(of: PartGathering.size(ofPart: 1), from: next)
            guard gathering.isAtEnd else { return try await putBlocks(key, first, gathering, next) }
            try Task.checkCancellation()
            let sha256 = SHA256.hash(first)
            var headers = Self.headers(checking: first)
            headers.add("x-ms-blob-type", "BlockBlob")
            headers.add(Self.sumField, Hexadecimal.encode(sha256))
            _ = try await transport.send(
                StorageRequest(method: .put, path: path(of: key), headers: headers, body: first), to: "store \(key)",
                accepting: [201])
            return BlobReceipt(size: Int64(first.count), sha256: sha256)
        }
    }

    private func putBlocks(
        _ key: BlobKey, _ first: [UInt8], _ gathering: consuming PartGathering, _ next: () async throws -> [UInt8]?
    ) async throws -> BlobReceipt {
        let (attempt, path, sum) = ("store \(key)", path(of: key), SHA256Sum())
        // Blocks of another upload of the same blob are not taken for ours.
        let upload = UUID().uuidString
        var (blocks, size, part) = ([String](), Int64(0), first)
        while !part.isEmpty {
            guard blocks.count < PartGathering.most else { throw PartGathering.tooMany(attempt) }
            let number = "\(100_000 + blocks.count)"
            let id = Base64.encode(Array("\(upload)-\(number)".utf8))
            sum.update(part)
            _ = try await transport.send(
                StorageRequest(
                    method: .put, path: path, query: [("comp", "block"), ("blockid", id)],
                    headers: Self.headers(checking: part), body: part), to: attempt, accepting: [201])
            blocks.append(id)
            size += Int64(part.count)
            part = []
            if !gathering.isAtEnd {
                part = try await gathering.part(of: PartGathering.size(ofPart: blocks.count + 1), from: next)
            }
        }
        try Task.checkCancellation()
        let sha256 = sum.finish()
        let list = blocks.map { "<Latest>\($0)</Latest>" }.joined()
        let body = Array("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>\(list)</BlockList>".utf8)
        var headers = Self.headers(checking: body)
        headers.add(Self.sumField, Hexadecimal.encode(sha256))
        _ = try await transport.send(
            StorageRequest(method: .put, path: path, query: [("comp", "blocklist")], headers: headers, body: body),
            to: attempt, accepting: [201])
        return BlobReceipt(size: size, sha256: sha256)
    }

    private static func headers(checking body: [UInt8]) -> HTTPHeaders {
        MD5.hash(body).map { ["content-md5": Base64.encode($0)] } ?? [:]
    }

    package func delete(_ key: BlobKey) async throws(BlobError) {
        do throws(BlobError) {
            _ = try await transport.send(
                StorageRequest(method: .delete, path: path(of: key), headers: ["x-ms-delete-snapshots": "include"]),
                to: "delete \(key)", accepting: [202])
        } catch {
            guard error.kind == .missing else { throw error }
        }
    }

    // MARK: Reading

    package func open(_ key: BlobKey, bytes: Range<Int64>?) async throws(BlobError) -> BlobContents {
        let attempt = "open \(key)"
        if let bytes, bytes.isEmpty { return try await nothing(of: key, at: bytes.lowerBound) }
        var request = StorageRequest(method: .get, path: path(of: key))
        if let bytes { request.headers.add(Self.rangeField, ByteRangeField.text(bytes)) }
        let stream = try await transport.open(request, to: attempt, accepting: [200, 206, 416])
        if stream.status == 416 {
            stream.cancel()
            return try await nothing(of: key, at: bytes?.lowerBound ?? 0)
        }
        let said = stream.status == 206 ? ByteRangeField.size(stream.headers["content-range"]) : nil
        guard let size = said ?? stream.headers["content-length"].flatMap({ Int64($0) }),
            bytes == nil || stream.status == 206
        else {
            stream.cancel()
            throw BlobError(.unavailable, attempt, because: "the object storage does not say how large it is")
        }
        let wanted = (bytes ?? 0..<size).clamped(to: 0..<size)
        let sum = wanted.count == size ? stream.headers[Self.sumField].flatMap { Hexadecimal.decode($0) } : nil
        let tag = stream.headers["etag"]
        let reading = BlobReading(key, wanted, from: stream, promise: sum.map { .sha256($0) } ?? .none) {
            rest async throws(BlobError) in
            var request = StorageRequest(
                method: .get, path: path(of: key), headers: [Self.rangeField: ByteRangeField.text(rest)])
            if let tag { request.headers.add("if-match", tag) }
            return try await transport.open(request, to: "read \(key)", accepting: [206])
        }
        return BlobContents(size: size, bytes: wanted) { () async throws(BlobError) in try await reading.next() }
    }

    private func nothing(of key: BlobKey, at place: Int64) async throws(BlobError) -> BlobContents {
        guard let size = try await size(of: key) else {
            throw BlobError(.missing, "open \(key)", because: "there is no such blob")
        }
        let end = min(place, size)
        return BlobContents(size: size, bytes: end..<end) { () async throws(BlobError) in nil }
    }

    package func size(of key: BlobKey) async throws(BlobError) -> Int64? {
        do throws(BlobError) {
            let response = try await transport.send(
                StorageRequest(method: .head, path: path(of: key)), to: "look at \(key)", accepting: [200])
            return response.headers["content-length"].flatMap { Int64($0) }
        } catch {
            guard error.kind == .missing else { throw error }
            return nil
        }
    }

    package func presignedDownload(
        of key: BlobKey, for lifetime: Duration, as download: BlobDownload
    ) async throws(BlobError) -> String? {
        // A signature that was given to us may permit more than to read one blob.
        guard case .sharedKey(let secret) = transport.dialect.access else { return nil }
        let url = place.url(path(of: key))
        let query = AzureSigning(account: place.account, key: secret).query(
            reading: path(of: key), in: place.container,
            until: Date().addingTimeInterval(Double(lifetime.components.seconds)), as: download,
            onlyTLS: url.hasPrefix("https:"))
        return "\(url)?\(query)"
    }

    // MARK: Lists

    package func list(
        in folder: BlobKey, behind place: BlobKey?, limit: Int
    ) async throws(BlobError) -> [BlobListing] {
        var found: [BlobListing] = []
        var marker = place.flatMap { marks.marker(behind: $0, in: folder) }
        while found.count < limit {
            // Where it is not known how to go on, what comes before is read as well: in long pages.
            let isKnown = place == nil || marker != nil
            let count = isKnown ? min(limit - found.count, Self.longestPage) : Self.longestPage
            var query: [(name: String, value: String?)] = [
                ("restype", "container"), ("comp", "list"), ("prefix", "\(path(of: folder))/"),
                ("maxresults", "\(count)"),
            ]
            if let marker { query.append(("marker", marker)) }
            let response = try await transport.send(
                StorageRequest(method: .get, path: "", query: query), to: "list \(folder)", accepting: [200])
            guard let answer = XMLElement.answer(response.body) else {
                throw BlobError(
                    .unavailable, "list \(folder)", because: "the object storage gave something other than a list")
            }
            let listed = (answer.elements("Blobs").first?.elements("Blob") ?? []).compactMap(listing)
            found += listed.filter { item in place.map { $0 < item.key } ?? true }
            marker = answer.text("NextMarker").flatMap { $0.isEmpty ? nil : $0 }
            guard let marker else { break }
            if found.count <= limit, let last = listed.last { marks.note(marker, behind: last.key, in: folder) }
        }
        return Array(found.prefix(limit))
    }

    private func listing(_ blob: XMLElement) -> BlobListing? {
        guard let name = blob.text("Name"), name.hasPrefix(place.prefix),
            let key = BlobKey(String(name.dropFirst(place.prefix.count))),
            let properties = blob.elements("Properties").first,
            let size = properties.text("Content-Length").flatMap({ Int64($0) }),
            let modified = properties.text("Last-Modified"), let seconds = HTTPDate.seconds(modified)
        else { return nil }
        return BlobListing(key: key, size: size, modifiedAt: Date(timeIntervalSince1970: Double(seconds)))
    }

    package func removeRemains() async throws(BlobError) -> Int { 0 }
}

/// How lists go on: Azure does not take a name to go on behind, only the marks that it gave itself.
private final class AzureListMarks: Sendable {
    private struct Mark {
        let place: BlobKey
        let folder: BlobKey
        let marker: String
    }

    private static let most = 16
    private let marks = Mutex<[Mark]>([])

    func marker(behind place: BlobKey, in folder: BlobKey) -> String? {
        marks.withLock { $0.first { $0.place == place && $0.folder == folder }?.marker }
    }

    func note(_ marker: String, behind place: BlobKey, in folder: BlobKey) {
        marks.withLock { marks in
            marks.removeAll { $0.place == place && $0.folder == folder }
            marks.append(Mark(place: place, folder: folder, marker: marker))
            if marks.count > Self.most { marks.removeFirst() }
        }
    }
}
