internal import CloudIdentity
internal import Cryptography
package import FoundationEssentials
internal import JSON

/// Whoever gives access tokens in exchange for a key: Google for a service account, Microsoft for an application.
package struct TokenIssuer: Sendable {
    private enum Identity: Sendable {
        case google(ServiceAccount)
        case microsoft(EntraApplication)
    }

    /// Tells issuers and keys apart without telling the key.
    package let id: String
    private let identity: Identity

    /// The issuer behind a key in JSON; `nil` when the kind knows no such key.
    init?(_ key: ProviderKey, of kind: ProviderKind) {
        let bytes = Array(key.text.utf8)
        id = Hexadecimal.encode(SHA256.hash(bytes))
        do {
            if kind.descriptor.authentication == .serviceAccount {
                identity = .google(try ServiceAccount(json: bytes))
            } else {
                let root = try JSONNode(bytes)
                identity = .microsoft(
                    EntraApplication(
                        tenant: try root.required("tenant_id").text(), clientID: try root.required("client_id").text(),
                        secret: ProviderKey(try root.required("client_secret").text())))
            }
        } catch {
            return nil
        }
    }

    /// The call that gets a token.
    package func request(now: Date) throws -> ProviderRequest {
        switch identity {
        case .google(let account):
            let exchange = try account.tokenExchange(now: now)
            return ProviderRequest(url: exchange.url, headers: TokenExchange.headers, body: exchange.body)
        case .microsoft(let application): return application.tokenRequest()
        }
    }

    /// The token in the answer to it.
    package func token(status: Int, body: [UInt8], now: Date) throws(OAuthToken.Refused) -> OAuthToken {
        try OAuthToken(status: status, body: body, now: now)
    }
}
