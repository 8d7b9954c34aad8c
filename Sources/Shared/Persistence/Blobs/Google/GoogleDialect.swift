internal import CloudIdentity
internal import HTTPMessages
internal import HTTPTransfer
internal import JSON

/// How the JSON interface of Google's storage is spoken to.
struct GoogleDialect: StorageDialect {
    let place: GooglePlace
    /// `nil` for a store that asks nobody who they are.
    let tokens: BearerTokens?

    func outbound(_ request: StorageRequest) async throws -> OutboundRequest {
        var request = request
        // An address that the store has given for an upload is itself the right to use it.
        let isGiven = request.path.hasPrefix("http")
        if !isGiven, let tokens { request.headers.add("authorization", try await tokens.authorization()) }
        let url = isGiven ? request.path : "\(place.base)/\(request.path)"
        return request.outbound(to: request.encodedQuery.map { "\(url)?\($0)" } ?? url, adding: [])
    }

    func trouble(status: Int, headers: HTTPHeaders, body: [UInt8]) -> StorageTrouble {
        let message = Self.message(body).map { " (\($0.prefix(300)))" } ?? ""
        let said = "it answered \(status)\(message)"
        switch status {
        case 401:
            tokens?.forget()
            return StorageTrouble(.refused, "\(said); check the service account", tokens == nil ? .giveUp : .tryAnew)
        case 403:
            return StorageTrouble(
                .refused, "\(said); give the account the role “Storage Object Admin” of the bucket \(place.bucket)",
                .giveUp)
        case 404 where message.contains("bucket"):
            return StorageTrouble(
                .refused, "\(said); there is no bucket \(place.bucket) here: see blobs.gcs.bucket", .giveUp)
        case 404: return StorageTrouble(.missing, said, .giveUp)
        case 408, 429, 500...599:
            return StorageTrouble(
                .unavailable, said, .wait(headers["retry-after"].flatMap { Int($0) }.map { .seconds($0) }))
        case 413: return StorageTrouble(.full, said, .giveUp)
        default: return StorageTrouble(.unavailable, said, .giveUp)
        }
    }

    private static func message(_ body: [UInt8]) -> String? {
        do throws(JSONDecodingError) {
            return try JSONNode(body)["error"]?["message"]?.string
        } catch {
            // Other things than JSON come from machines in between: they say nothing.
            return nil
        }
    }
}
