internal import CloudIdentity
internal import Cryptography
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPTransfer
internal import Synchronization
internal import XML

/// How S3 is spoken to: every request is signed with its whole body, and refusals are told from failures.
final class S3Dialect: StorageDialect {
    let place: S3Place
    private let credentials: AmazonCredentials
    /// Where the bucket really is, as far as it was learned.
    private let region: Mutex<String>

    init(_ place: S3Place, _ credentials: AmazonCredentials) {
        self.place = place
        self.credentials = credentials
        region = Mutex(place.region)
    }

    func outbound(_ request: StorageRequest) async throws -> OutboundRequest {
        let region = region.withLock { $0 }
        let address = place.address(in: region)
        let query = request.encodedQuery
        let signer = SigV4(credentials: try await credentials.current(), region: region, service: "s3")
        let signed = request.headers.fields.filter { $0.name.hasPrefix("x-amz-") }.map {
            (name: $0.name, value: $0.value)
        }
        let added = signer.sign(
            method: request.method.rawValue, path: address.path(request.path), query: query,
            headers: [(name: "host", value: address.host)] + signed,
            payload: .digest(Hexadecimal.encode(SHA256.hash(request.body))), date: Date())
        return request.outbound(to: address.url(request.path, query: query), adding: added)
    }

    /// An address by which a blob can be fetched for so many seconds.
    func presigned(_ path: String, for seconds: Int, as download: BlobDownload) async throws -> String {
        let region = region.withLock { $0 }
        let address = place.address(in: region)
        let signer = SigV4(credentials: try await credentials.current(), region: region, service: "s3")
        let request = StorageRequest(
            method: .get, path: path,
            query: [
                ("response-content-disposition", download.disposition), ("response-content-type", download.type),
            ])
        let query = signer.presign(
            method: "GET", host: address.host, path: address.path(path), query: request.encodedQuery, seconds: seconds,
            date: Date())
        return address.url(path, query: query)
    }

    // MARK: Refusals

    func trouble(status: Int, headers: HTTPHeaders, body: [UInt8]) -> StorageTrouble {
        let answer = XMLElement.answer(body)
        let code = answer?.text("Code") ?? ""
        let told = answer?.text("Region") ?? headers["x-amz-bucket-region"]
        if let told, [301, 307, 400, 403].contains(status), learn(told) {
            return StorageTrouble(.refused, "the bucket is in the region \(told); set blobs.s3.region", .tryAnew)
        }
        let said = Self.said(status, code, answer?.text("Message"))
        switch code {
        case "ExpiredToken", "TokenRefreshRequired", "InvalidToken":
            let canBeOthers = credentials.forget()
            return StorageTrouble(.refused, "\(said); the credentials have ended", canBeOthers ? .tryAnew : .giveUp)
        case "RequestTimeTooSkewed":
            return StorageTrouble(
                .refused, "\(said); the clock of this machine is wrong: see timedatectl and chrony", .giveUp)
        case "NoSuchBucket":
            return StorageTrouble(
                .refused, "\(said); there is no bucket \(place.bucket) here: see blobs.s3.bucket and the endpoint",
                .giveUp)
        case "SlowDown", "ServiceUnavailable", "RequestTimeout", "InternalError", "OperationAborted":
            return StorageTrouble(.unavailable, said, .wait(Self.pause(headers)))
        case "QuotaExceeded", "XMinioStorageFull", "EntityTooLarge":
            return StorageTrouble(.full, said, .giveUp)
        default: break
        }
        switch status {
        case 301, 307, 308:
            return StorageTrouble(
                .refused, "\(said); the bucket is elsewhere: see blobs.s3.region and blobs.s3.endpoint", .giveUp)
        case 401, 403:
            return StorageTrouble(
                .refused, "\(said); check the key or the role, and that it may do this with the bucket \(place.bucket)",
                .giveUp)
        case 404: return StorageTrouble(.missing, said, .giveUp)
        case 408, 429, 500...599: return StorageTrouble(.unavailable, said, .wait(Self.pause(headers)))
        case 507: return StorageTrouble(.full, said, .giveUp)
        default: return StorageTrouble(.unavailable, said, .giveUp)
        }
    }

    /// Whether that is news.
    private func learn(_ told: String) -> Bool {
        // It becomes part of a name of a host.
        guard !told.isEmpty,
            told.utf8.allSatisfy({
                $0 == UInt8(ascii: "-")
                    || Character(Unicode.Scalar($0)).isASCII
                        && (Character(Unicode.Scalar($0)).isLetter || Character(Unicode.Scalar($0)).isNumber)
            })
        else { return false }
        return region.withLock { region in
            guard region != told else { return false }
            region = told
            return true
        }
    }

    /// In the store's words, of which nothing can be a signature: a code and a sentence.
    private static func said(_ status: Int, _ code: String, _ message: String?) -> String {
        let words = [code, message ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
        return words.isEmpty ? "it answered \(status)" : "it answered \(status) (\(words.prefix(300)))"
    }

    private static func pause(_ headers: HTTPHeaders) -> Duration? {
        headers["retry-after"].flatMap { Int($0) }.map { .seconds($0) }
    }
}
