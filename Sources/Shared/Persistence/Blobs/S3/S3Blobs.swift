package import CloudIdentity
internal import Cryptography
internal import FoundationEssentials
internal import HTTPMessages
package import HTTPTransfer
internal import JSON
internal import XML

/// Blobs as objects of a bucket, at Amazon or any other store that speaks S3.
///
/// A small blob is one request, a large one a multipart upload, of which one part is in memory. What a store receives it
/// compares with the checksum that is signed.
package struct S3Blobs: BlobStore {
    let transport: StorageTransport<S3Dialect>
    private var place: S3Place { transport.dialect.place }

    /// What the SHA-256 of a blob of one request is kept under.
    private static let sumField = "x-amz-meta-sha256"
    /// An upload so old is left behind.
    private static let longestUpload: TimeInterval = 86_400
    /// How many uploads that are left behind go at once.
    private static let remains = 1000
    /// The longest that an address holds, in seconds.
    private static let longestPresigned = 604_800

    package init(_ place: S3Place, credentials: AmazonCredentials, client: HTTPClient) {
        transport = StorageTransport(client: client, dialect: S3Dialect(place, credentials))
    }

    func path(of key: BlobKey) -> String { "\(place.prefix)\(key)" }

    // MARK: Writing

    package func put(_ key: BlobKey, _ next: () async throws -> [UInt8]?) async throws -> BlobReceipt {
        try await uploading {
            var gathering = PartGathering()
            let first = try await gathering.part(of: PartGathering.size(ofPart: 1), from: next)
            guard gathering.isAtEnd else {
                var upload = S3Upload(of: path(of: key), as: "store \(key)", over: transport)
                return try await upload.put(first, gathering, next)
            }
            try Task.checkCancellation()
            let sha256 = SHA256.hash(first)
            let request = StorageRequest(
                method: .put, path: path(of: key), headers: [Self.sumField: Hexadecimal.encode(sha256)], body: first)
            _ = try await transport.send(request, to: "store \(key)", accepting: [200])
            return BlobReceipt(size: Int64(first.count), sha256: sha256)
        }
    }

    package func delete(_ key: BlobKey) async throws(BlobError) {
        _ = try await transport.send(
            StorageRequest(method: .delete, path: path(of: key)), to: "delete \(key)", accepting: [200, 204, 404])
    }

    // MARK: Reading

    package func open(_ key: BlobKey, bytes: Range<Int64>?) async throws(BlobError) -> BlobContents {
        let attempt = "open \(key)"
        if let bytes, bytes.isEmpty { return try await nothing(of: key, at: bytes.lowerBound) }
        var request = StorageRequest(method: .get, path: path(of: key))
        if let bytes { request.headers.add("range", ByteRangeField.text(bytes)) }
        let stream = try await transport.open(request, to: attempt, accepting: [200, 206, 416])
        if stream.status == 416 {
            stream.cancel()
            return try await nothing(of: key, at: bytes?.lowerBound ?? 0)
        }
        let said = stream.status == 206 ? ByteRangeField.size(stream.headers["content-range"]) : nil
        guard let size = said ?? stream.headers["content-length"].flatMap({ Int64($0) }) else {
            throw BlobError(.unavailable, attempt, because: "the object storage does not say how large it is")
        }
        guard bytes == nil || stream.status == 206 else {
            stream.cancel()
            throw BlobError(.unavailable, attempt, because: "the object storage does not give parts")
        }
        let wanted = (bytes ?? 0..<size).clamped(to: 0..<size)
        let sum = wanted.count == size ? stream.headers[Self.sumField].flatMap { Hexadecimal.decode($0) } : nil
        let tag = stream.headers["etag"]
        let reading = BlobReading(key, wanted, from: stream, promise: sum.map { .sha256($0) } ?? .none) {
            rest async throws(BlobError) in
            var request = StorageRequest(
                method: .get, path: path(of: key), headers: ["range": ByteRangeField.text(rest)])
            // Another blob of that key is not the rest of this one.
            if let tag { request.headers.add("if-match", tag) }
            return try await transport.open(request, to: "read \(key)", accepting: [206])
        }
        return BlobContents(size: size, bytes: wanted) { () async throws(BlobError) in try await reading.next() }
    }

    /// A part in which there is nothing: what is there all the same is how large the blob is.
    private func nothing(of key: BlobKey, at place: Int64) async throws(BlobError) -> BlobContents {
        guard let size = try await size(of: key) else {
            throw BlobError(.missing, "open \(key)", because: "there is no such object")
        }
        let end = min(place, size)
        return BlobContents(size: size, bytes: end..<end) { () async throws(BlobError) in nil }
    }

    package func size(of key: BlobKey) async throws(BlobError) -> Int64? {
        let response = try await transport.send(
            StorageRequest(method: .head, path: path(of: key)), to: "look at \(key)", accepting: [200, 404])
        guard response.status == 200 else { return nil }
        guard let size = response.headers["content-length"].flatMap({ Int64($0) }) else {
            throw BlobError(
                .unavailable, "look at \(key)", because: "the object storage does not say how large it is")
        }
        return size
    }

    package func presignedDownload(
        of key: BlobKey, for lifetime: Duration, as download: BlobDownload
    ) async throws(BlobError) -> String? {
        let seconds = min(Int(lifetime.components.seconds), Self.longestPresigned)
        return try await transport.trying("give an address of \(key)") {
            try await transport.dialect.presigned(path(of: key), for: seconds, as: download)
        }
    }

    // MARK: Lists

    package func list(
        in folder: BlobKey, behind place: BlobKey?, limit: Int
    ) async throws(BlobError) -> [BlobListing] {
        var found: [BlobListing] = []
        var token: String?
        while found.count < limit {
            var query: [(name: String, value: String?)] = [
                ("list-type", "2"), ("prefix", "\(path(of: folder))/"),
                ("max-keys", "\(min(1000, limit - found.count))"),
            ]
            if let token { query.append(("continuation-token", token)) }
            if let place { query.append(("start-after", path(of: place))) }
            let answer = try await answer(
                StorageRequest(method: .get, path: "", query: query), to: "list \(folder)")
            for object in answer.elements("Contents") {
                guard let key = object.text("Key").flatMap(key), let size = object.text("Size").flatMap({ Int64($0) }),
                    let modifiedAt = object.text("LastModified").flatMap(ISO8601.date)
                else { continue }
                found.append(BlobListing(key: key, size: size, modifiedAt: modifiedAt))
            }
            token = answer.text("IsTruncated") == "true" ? answer.text("NextContinuationToken") : nil
            if token == nil { break }
        }
        return found
    }

    /// The key of an object; `nil` for what somebody else has put there.
    private func key(_ name: String) -> BlobKey? {
        name.hasPrefix(place.prefix) ? BlobKey(String(name.dropFirst(place.prefix.count))) : nil
    }

    package func removeRemains() async throws(BlobError) -> Int {
        let attempt = "look for remains"
        let latest = Date().addingTimeInterval(-Self.longestUpload)
        let answer = try await answer(
            StorageRequest(
                method: .get, path: "",
                query: [("uploads", nil), ("prefix", place.prefix), ("max-uploads", "\(Self.remains)")]), to: attempt)
        var count = 0
        for upload in answer.elements("Upload") {
            guard let name = upload.text("Key"), key(name) != nil, let id = upload.text("UploadId"),
                let begun = upload.text("Initiated").flatMap(ISO8601.date), begun < latest
            else { continue }
            _ = try await transport.send(
                StorageRequest(method: .delete, path: name, query: [("uploadId", id)]), to: attempt,
                accepting: [200, 204, 404])
            count += 1
        }
        return count
    }

    private func answer(_ request: StorageRequest, to attempt: String) async throws(BlobError) -> XMLElement {
        let response = try await transport.send(request, to: attempt, accepting: [200])
        guard let answer = XMLElement.answer(response.body) else {
            throw BlobError(.unavailable, attempt, because: "the object storage gave something other than a list")
        }
        return answer
    }
}
