package import CloudIdentity
package import Cryptography
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPTransfer
internal import XML

/// What Azure's storage knows this program by.
package enum AzureAccess: Sendable {
    /// The key of the account, as Azure shows it, decoded.
    case sharedKey(SecretBytes)
    /// A shared access signature for the container: a query.
    case sharedAccess(SecretBytes)
    /// Tokens of a managed identity.
    case tokens(BearerTokens)
}

/// How Azure's storage of blobs is spoken to.
struct AzureDialect: StorageDialect {
    let place: AzurePlace
    let access: AzureAccess

    func outbound(_ request: StorageRequest) async throws -> OutboundRequest {
        var request = request
        request.headers.add("x-ms-version", AzureSigning.version)
        request.headers.add("x-ms-date", HTTPDate.text(Int64(Date().timeIntervalSince1970)))
        let url = place.url(request.path)
        var query = request.encodedQuery
        switch access {
        case .sharedKey(let key):
            let signing = AzureSigning(account: place.account, key: key)
            request.headers.add(
                "authorization",
                signing.authorization(
                    method: request.method.rawValue, path: AzurePlace.path(of: url), query: request.query,
                    headers: request.headers, length: request.body.count))
        case .sharedAccess(let signature):
            let text = String(decoding: signature.exposed, as: UTF8.self)
            query = [query, text].compactMap { $0 }.joined(separator: "&")
        case .tokens(let tokens): request.headers.add("authorization", try await tokens.authorization())
        }
        return request.outbound(to: query.map { "\(url)?\($0)" } ?? url, adding: [])
    }

    func trouble(status: Int, headers: HTTPHeaders, body: [UInt8]) -> StorageTrouble {
        let answer = XMLElement.answer(body)
        let code = headers["x-ms-error-code"] ?? answer?.text("Code") ?? ""
        let said = code.isEmpty ? "it answered \(status)" : "it answered \(status) (\(code.prefix(100)))"
        switch status {
        case 401, 403: return refusal(said, code, answer?.text("Message") ?? "")
        case 404 where code == "ContainerNotFound":
            return StorageTrouble(
                .refused, "\(said); there is no container \(place.container): see blobs.azure.container", .giveUp)
        case 404: return StorageTrouble(.missing, said, .giveUp)
        case 408, 429, 500...599:
            return StorageTrouble(
                .unavailable, said, .wait(headers["retry-after"].flatMap { Int($0) }.map { .seconds($0) }))
        case 413: return StorageTrouble(.full, said, .giveUp)
        default: return StorageTrouble(.unavailable, said, .giveUp)
        }
    }

    /// The service's sentence may repeat what was signed: it is not passed on.
    private func refusal(_ said: String, _ code: String, _ message: String) -> StorageTrouble {
        if message.contains("date header") || message.contains("too old") {
            return StorageTrouble(
                .refused, "\(said); the clock of this machine is wrong: see timedatectl and chrony", .giveUp)
        }
        switch access {
        case .sharedKey:
            return StorageTrouble(.refused, "\(said); check blobs.azure.account and blobs.azure.key", .giveUp)
        case .sharedAccess:
            return StorageTrouble(
                .refused, "\(said); check blobs.azure.sas: it may have ended, or not permit this", .giveUp)
        case .tokens(let tokens):
            guard code != "AuthorizationPermissionMismatch", code != "AuthorizationFailure" else {
                return StorageTrouble(
                    .refused, "\(said); give the identity the role “Storage Blob Data Contributor”", .giveUp)
            }
            tokens.forget()
            return StorageTrouble(.refused, "\(said); the identity is not accepted", .tryAnew)
        }
    }
}
