internal import Cryptography
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPTransfer
internal import JSON

/// An object that is stored part by part, over an address that the store gives for it. After a failure the store is asked how
/// much of it it has, and gets the rest. The object is there with its last part.
struct GoogleUpload {
    private let name: String
    private let attempt: String
    private let transport: StorageTransport<GoogleDialect>
    /// How many bytes the store has.
    private var stored: Int64 = 0
    private var crc = CRC32C()

    init(of name: String, as attempt: String, over transport: StorageTransport<GoogleDialect>) {
        self.name = name
        self.attempt = attempt
        self.transport = transport
    }

    mutating func put(
        _ first: [UInt8], _ gathering: consuming PartGathering, _ next: () async throws -> [UInt8]?
    ) async throws -> BlobReceipt {
        let session = try await begin()
        do {
            let sum = SHA256Sum()
            var (part, start, number) = (first, Int64(0), 1)
            while true {
                sum.update(part)
                crc.update(part)
                let end = start + Int64(part.count)
                if gathering.isAtEnd {
                    try Task.checkCancellation()
                    let answer = try await send(part, at: start, total: end, session)
                    try Self.compare(answer, crc.value, as: attempt)
                    return BlobReceipt(size: end, sha256: sum.finish())
                }
                _ = try await send(part, at: start, total: nil, session)
                (start, number) = (end, number + 1)
                part = []
                part = try await gathering.part(of: PartGathering.size(ofPart: number), from: next)
            }
        } catch {
            await abort(session)
            throw error
        }
    }

    private func begin() async throws(BlobError) -> String {
        var about = JSONWriter()
        about.object { json in json.member("contentType", "application/octet-stream") }
        let response = try await transport.send(
            StorageRequest(
                method: .post, path: "upload/storage/v1/b/\(transport.dialect.place.bucket)/o",
                query: [("uploadType", "resumable"), ("name", name)],
                headers: [
                    "content-type": "application/json; charset=UTF-8",
                    "x-upload-content-type": "application/octet-stream",
                ], body: about.bytes), to: attempt, accepting: [200, 201])
        guard let session = response.headers["location"], session.hasPrefix("http") else {
            throw BlobError(.unavailable, attempt, because: "the object storage does not begin an upload")
        }
        return session
    }

    /// Sends a part until the store has it; the answer to the last one.
    private mutating func send(
        _ part: [UInt8], at start: Int64, total: Int64?, _ session: String
    ) async throws(BlobError) -> [UInt8] {
        let end = start + Int64(part.count)
        let (transport, crc) = (transport, crc)
        var (stored, hasFailed) = (start, false)
        let answer: [UInt8] = try await transport.trying(attempt) { () async throws in
            guard stored >= start else {
                throw StorageTrouble(.unavailable, "the object storage has lost what it had of the upload", .giveUp)
            }
            if hasFailed, let answer = try await Self.ask(session, total, &stored, transport) { return answer }
            hasFailed = true
            while stored < end {
                let rest = Array(part[Int(stored - start)...])
                var request = StorageRequest(
                    method: .put, path: session,
                    headers: ["content-range": "bytes \(stored)-\(end - 1)/\(total.map { "\($0)" } ?? "*")"],
                    body: rest)
                if total != nil {
                    request.headers.add("x-goog-hash", "crc32c=\(Base64.encode(CRC32C.bytes(crc.value)))")
                }
                let before = stored
                if let answer = try await Self.ask(request, &stored, transport) { return answer }
                guard stored > before else {
                    throw StorageTrouble(.unavailable, "the object storage takes nothing of the upload", .wait(nil))
                }
            }
            return []
        }
        self.stored = stored
        return answer
    }

    /// Asks how much is there already; the answer to the last part, when it was that.
    private static func ask(
        _ session: String, _ total: Int64?, _ stored: inout Int64, _ transport: StorageTransport<GoogleDialect>
    ) async throws -> [UInt8]? {
        try await ask(
            StorageRequest(
                method: .put, path: session, headers: ["content-range": "bytes */\(total.map { "\($0)" } ?? "*")"]),
            &stored, transport)
    }

    private static func ask(
        _ request: StorageRequest, _ stored: inout Int64, _ transport: StorageTransport<GoogleDialect>
    ) async throws -> [UInt8]? {
        let response = try await transport.client.send(transport.dialect.outbound(request), bodyLimit: 1 << 20)
        switch response.status {
        case 200, 201: return response.body
        case 308:
            // Without a range it has nothing.
            let last = response.headers["range"].flatMap { $0.split(separator: "-").last }.flatMap { Int64($0) }
            stored = last.map { $0 + 1 } ?? 0
            return nil
        default:
            throw transport.dialect.trouble(status: response.status, headers: response.headers, body: response.body)
        }
    }

    /// An object that arrived otherwise than it was sent counts as none.
    static func compare(_ answer: [UInt8], _ crc: UInt32, as attempt: String) throws(BlobError) {
        guard let told = try GoogleBlobs.root(answer, attempt)["crc32c"]?.string else { return }
        guard CRC32C.value(Base64.decode(told)) == crc else {
            throw BlobError(.unavailable, attempt, because: "it arrived damaged: its checksum is another one")
        }
    }

    private func abort(_ session: String) async {
        let (transport, attempt) = (transport, attempt)
        await cleaningUp {
            do throws(BlobError) {
                _ = try await transport.send(
                    StorageRequest(method: .delete, path: session), to: attempt, accepting: [200, 204, 404, 499])
            } catch {
                // The store forgets it by itself.
                return
            }
        }
    }
}
