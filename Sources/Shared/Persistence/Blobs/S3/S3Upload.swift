internal import Cryptography
internal import HTTPMessages
internal import HTTPTransfer
internal import XML

/// A blob that is stored part by part. Until the store is told that all are there, nobody sees any of it; when that does not
/// come, the store is told to forget them.
struct S3Upload {
    private let path: String
    private let attempt: String
    private let transport: StorageTransport<S3Dialect>
    private var tags: [String] = []
    private var size: Int64 = 0

    init(of path: String, as attempt: String, over transport: StorageTransport<S3Dialect>) {
        self.path = path
        self.attempt = attempt
        self.transport = transport
    }

    /// Stores the first part and what follows it.
    mutating func put(
        _ first: [UInt8], _ gathering: consuming PartGathering, _ next: () async throws -> [UInt8]?
    ) async throws -> BlobReceipt {
        let id = try await begin()
        do {
            let sum = SHA256Sum()
            var part = first
            while !part.isEmpty {
                sum.update(part)
                try await send(part, id)
                part = []
                if !gathering.isAtEnd {
                    part = try await gathering.part(of: PartGathering.size(ofPart: tags.count + 1), from: next)
                }
            }
            try Task.checkCancellation()
            try await complete(id)
            return BlobReceipt(size: size, sha256: sum.finish())
        } catch {
            await abort(id)
            throw error
        }
    }

    private func begin() async throws(BlobError) -> String {
        let response = try await transport.send(
            StorageRequest(method: .post, path: path, query: [("uploads", nil)]), to: attempt, accepting: [200])
        guard let id = XMLElement.answer(response.body)?.text("UploadId"), !id.isEmpty else {
            throw BlobError(.unavailable, attempt, because: "the object storage does not begin an upload")
        }
        return id
    }

    private mutating func send(_ part: [UInt8], _ id: String) async throws(BlobError) {
        let number = tags.count + 1
        guard number <= PartGathering.most else { throw PartGathering.tooMany(attempt) }
        let response = try await transport.send(
            StorageRequest(
                method: .put, path: path, query: [("partNumber", "\(number)"), ("uploadId", id)], body: part),
            to: attempt, accepting: [200])
        guard let tag = response.headers["etag"] else {
            throw BlobError(.unavailable, attempt, because: "the object storage gives a part no tag")
        }
        tags.append(tag)
        size += Int64(part.count)
    }

    /// The answer may begin as a success and be a failure all the same. When one is lost, the next says that there is no such
    /// upload: then it is looked whether the blob is there.
    private func complete(_ id: String) async throws(BlobError) {
        let parts = tags.enumerated().map { number, tag in
            "<Part><PartNumber>\(number + 1)</PartNumber><ETag>\(MarkupText.escaped(tag))</ETag></Part>"
        }
        let list =
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(parts.joined())"
            + "</CompleteMultipartUpload>"
        let request = StorageRequest(
            method: .post, path: path, query: [("uploadId", id)], headers: ["content-type": "application/xml"],
            body: Array(list.utf8))
        let (transport, attempt) = (transport, attempt)
        var wasSent = false
        let isKnown = try await transport.trying(attempt) { () async throws in
            let isAgain = wasSent
            wasSent = true
            let response = try await transport.client.send(transport.dialect.outbound(request), bodyLimit: 1 << 20)
            if response.status == 404, isAgain { return false }
            guard response.status == 200, XMLElement.answer(response.body)?.name != "Error" else {
                throw transport.dialect.trouble(
                    status: response.status == 200 ? 500 : response.status, headers: response.headers,
                    body: response.body)
            }
            return true
        }
        guard !isKnown else { return }
        let head = try await transport.send(
            StorageRequest(method: .head, path: path), to: attempt, accepting: [200, 404])
        guard head.status == 200, head.headers["content-length"] == "\(size)" else {
            throw BlobError(.unavailable, attempt, because: "the object storage has lost the upload")
        }
    }

    private func abort(_ id: String) async {
        let (path, attempt, transport) = (path, attempt, transport)
        await cleaningUp {
            do throws(BlobError) {
                _ = try await transport.send(
                    StorageRequest(method: .delete, path: path, query: [("uploadId", id)]), to: attempt,
                    accepting: [200, 204, 404])
            } catch {
                // What is left is found by `removeRemains`.
                return
            }
        }
    }
}
