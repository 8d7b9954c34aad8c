package import CloudIdentity
internal import Cryptography
internal import FoundationEssentials
internal import HTTPMessages
package import HTTPTransfer
internal import JSON

/// Blobs as objects of a bucket of Google's storage.
///
/// A small blob is one request, a large one a resumable upload, of which one part is in memory. What the store receives it
/// compares with a CRC-32C, and with that what is read is compared.
package struct GoogleBlobs: BlobStore {
    let transport: StorageTransport<GoogleDialect>
    /// Who signs addresses; `nil` where that is nobody.
    private let account: ServiceAccount?
    private var place: GooglePlace { transport.dialect.place }

    private static let longestPage = 1000
    /// The longest that an address holds, in seconds.
    private static let longestPresigned = 604_800

    package init(_ place: GooglePlace, tokens: BearerTokens?, account: ServiceAccount?, client: HTTPClient) {
        transport = StorageTransport(client: client, dialect: GoogleDialect(place: place, tokens: tokens))
        self.account = account
    }

    private func name(of key: BlobKey) -> String { "\(place.prefix)\(key)" }

    private func path(of key: BlobKey) -> String {
        "storage/v1/b/\(place.bucket)/o/\(PercentEncoding.encode(name(of: key).utf8))"
    }

    // MARK: Writing

    package func put(_ key: BlobKey, _ next: () async throws -> [UInt8]?) async throws -> BlobReceipt {
        try await uploading {
            var gathering = PartGathering()
            let first = try await gathering.part(of: PartGathering.size(ofPart: 1), from: next)
            guard gathering.isAtEnd else {
                var upload = GoogleUpload(of: name(of: key), as: "store \(key)", over: transport)
                return try await upload.put(first, gathering, next)
            }
            try Task.checkCancellation()
            return try await putWhole(key, first)
        }
    }

    /// One request of two parts: what is said of the object, and the object.
    private func putWhole(_ key: BlobKey, _ bytes: [UInt8]) async throws(BlobError) -> BlobReceipt {
        var crc = CRC32C()
        crc.update(bytes)
        var about = JSONWriter()
        about.object { json in
            json.member("name", name(of: key))
            json.member("contentType", "application/octet-stream")
            json.member("crc32c", Base64.encode(CRC32C.bytes(crc.value)))
        }
        let boundary = "scorable-\(UUID().uuidString)"
        var body = Array("--\(boundary)\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n".utf8)
        body += about.bytes
        body += Array("\r\n--\(boundary)\r\nContent-Type: application/octet-stream\r\n\r\n".utf8)
        body += bytes
        body += Array("\r\n--\(boundary)--\r\n".utf8)
        let response = try await transport.send(
            StorageRequest(
                method: .post, path: "upload/storage/v1/b/\(place.bucket)/o", query: [("uploadType", "multipart")],
                headers: ["content-type": "multipart/related; boundary=\(boundary)"], body: body),
            to: "store \(key)", accepting: [200])
        try GoogleUpload.compare(response.body, crc.value, as: "store \(key)")
        return BlobReceipt(size: Int64(bytes.count), sha256: SHA256.hash(bytes))
    }

    package func delete(_ key: BlobKey) async throws(BlobError) {
        do throws(BlobError) {
            _ = try await transport.send(
                StorageRequest(method: .delete, path: path(of: key)), to: "delete \(key)", accepting: [200, 204])
        } catch {
            guard error.kind == .missing else { throw error }
        }
    }

    // MARK: Reading

    package func open(_ key: BlobKey, bytes: Range<Int64>?) async throws(BlobError) -> BlobContents {
        let attempt = "open \(key)"
        if let bytes, bytes.isEmpty { return try await nothing(of: key, at: bytes.lowerBound) }
        var request = StorageRequest(method: .get, path: path(of: key), query: [("alt", "media")])
        if let bytes { request.headers.add("range", ByteRangeField.text(bytes)) }
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
        let crc = wanted.count == size ? Self.crc(stream.headers) : nil
        let generation = stream.headers["x-goog-generation"]
        let reading = BlobReading(key, wanted, from: stream, promise: crc.map { .crc32c($0) } ?? .none) {
            rest async throws(BlobError) in
            var request = StorageRequest(
                method: .get, path: path(of: key), query: [("alt", "media")],
                headers: ["range": ByteRangeField.text(rest)])
            if let generation { request.query.append(("ifGenerationMatch", generation)) }
            return try await transport.open(request, to: "read \(key)", accepting: [206])
        }
        return BlobContents(size: size, bytes: wanted) { () async throws(BlobError) in try await reading.next() }
    }

    /// What the store says of the whole: `crc32c=…,md5=…`, in one field or two.
    private static func crc(_ headers: HTTPHeaders) -> UInt32? {
        for field in headers.all("x-goog-hash") {
            for hash in field.split(whereSeparator: { $0 == "," || $0 == " " }) where hash.hasPrefix("crc32c=") {
                return CRC32C.value(Base64.decode(hash.dropFirst(7)))
            }
        }
        return nil
    }

    private func nothing(of key: BlobKey, at place: Int64) async throws(BlobError) -> BlobContents {
        guard let size = try await size(of: key) else {
            throw BlobError(.missing, "open \(key)", because: "there is no such object")
        }
        let end = min(place, size)
        return BlobContents(size: size, bytes: end..<end) { () async throws(BlobError) in nil }
    }

    package func size(of key: BlobKey) async throws(BlobError) -> Int64? {
        let attempt = "look at \(key)"
        do throws(BlobError) {
            let response = try await transport.send(
                StorageRequest(method: .get, path: path(of: key), query: [("fields", "size")]), to: attempt,
                accepting: [200])
            return try Self.root(response.body, attempt)["size"]?.string.flatMap { Int64($0) }
        } catch {
            guard error.kind == .missing else { throw error }
            return nil
        }
    }

    package func presignedDownload(
        of key: BlobKey, for lifetime: Duration, as download: BlobDownload
    ) async throws(BlobError) -> String? {
        guard let account else { return nil }
        let seconds = min(Int(lifetime.components.seconds), Self.longestPresigned)
        do throws(CryptographyError) {
            return try GoogleSignedAddress.make(
                of: name(of: key), in: place, for: seconds, as: download, by: account, at: Date())
        } catch {
            throw BlobError(.refused, "give an address of \(key)", because: error.description)
        }
    }

    // MARK: Lists

    package func list(
        in folder: BlobKey, behind place: BlobKey?, limit: Int
    ) async throws(BlobError) -> [BlobListing] {
        var found: [BlobListing] = []
        var token: String?
        while found.count < limit {
            // The place itself is listed as well.
            let count = limit - found.count + (place == nil ? 0 : 1)
            var query: [(name: String, value: String?)] = [
                ("prefix", "\(name(of: folder))/"), ("maxResults", "\(min(Self.longestPage, count))"),
                ("fields", "items(name,size,updated),nextPageToken"),
            ]
            if let token { query.append(("pageToken", token)) }
            if let place { query.append(("startOffset", name(of: place))) }
            let root = try await page(query, of: "list \(folder)")
            for item in root["items"]?.list.map(Array.init) ?? [] {
                guard let listing = listing(item), place.map({ $0 < listing.key }) ?? true else { continue }
                found.append(listing)
            }
            token = root["nextPageToken"]?.string
            if token == nil { break }
        }
        return Array(found.prefix(limit))
    }

    private func page(
        _ query: [(name: String, value: String?)], of attempt: String
    ) async throws(BlobError) -> JSONNode {
        do throws(BlobError) {
            let response = try await transport.send(
                StorageRequest(method: .get, path: "storage/v1/b/\(place.bucket)/o", query: query), to: attempt,
                accepting: [200])
            return try Self.root(response.body, attempt)
        } catch {
            guard error.kind == .missing else { throw error }
            throw BlobError(
                .refused, attempt, because: "there is no bucket \(place.bucket) here: see blobs.gcs.bucket")
        }
    }

    private func listing(_ item: JSONNode) -> BlobListing? {
        guard let name = item["name"]?.string, name.hasPrefix(place.prefix),
            let key = BlobKey(String(name.dropFirst(place.prefix.count))),
            let size = item["size"]?.string.flatMap({ Int64($0) }),
            let modifiedAt = item["updated"]?.string.flatMap(ISO8601.date)
        else { return nil }
        return BlobListing(key: key, size: size, modifiedAt: modifiedAt)
    }

    static func root(_ body: [UInt8], _ attempt: String) throws(BlobError) -> JSONNode {
        do throws(JSONDecodingError) {
            return try JSONNode(body)
        } catch {
            throw BlobError(.unavailable, attempt, because: "the object storage gave something other than JSON")
        }
    }

    /// Google forgets uploads that do not go on after a week.
    package func removeRemains() async throws(BlobError) -> Int { 0 }
}
