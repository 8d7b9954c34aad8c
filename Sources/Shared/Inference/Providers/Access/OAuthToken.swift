package import FoundationEssentials
internal import HTTPMessages
internal import JSON

/// A token that stands for a credential for a while.
package struct OAuthToken: Sendable {
    /// A server that gave no token.
    package struct Refused: Error, Sendable, CustomStringConvertible {
        package let description: String
        /// Whether it is the server that failed, and not the key that is wrong.
        package let isTemporary: Bool
    }

    /// The token itself.
    package let token: ProviderKey
    /// When it ends. A new one should be got some minutes earlier.
    package let expiry: Date

    /// Reads the answer of a token server (RFC 6749 §5).
    package init(status: Int, body: [UInt8], now: Date) throws(Refused) {
        let isTemporary = status == 408 || status == 429 || status >= 500
        do {
            let root = try JSONNode(body)
            guard status == 200, let text = root.string("access_token") else {
                let reason = root.string("error_description") ?? root.string("error") ?? "no reason was given"
                throw Refused(
                    description: "the token server answered \(status): \(ProviderMessage.clean(reason, key: nil))",
                    isTemporary: isTemporary)
            }
            token = ProviderKey(text)
            expiry = now.addingTimeInterval(min(max(0, root.double("expires_in") ?? 3600), 86_400))
        } catch let error as Refused {
            throw error
        } catch {
            throw Refused(description: "the token server answered \(status) and no JSON", isTemporary: isTemporary)
        }
    }
}

/// An application of Microsoft Entra that asks Azure in its own name.
package struct EntraApplication: Sendable {
    private let tenant: String
    private let clientID: String
    private let secret: ProviderKey
    private let authority: String

    package init(
        tenant: String, clientID: String, secret: ProviderKey, authority: String = "https://login.microsoftonline.com"
    ) {
        self.tenant = tenant
        self.clientID = clientID
        self.secret = secret
        self.authority = authority
    }

    /// The call that gets a token.
    package func tokenRequest() -> ProviderRequest {
        let fields = [
            ("grant_type", "client_credentials"), ("client_id", clientID), ("client_secret", secret.text),
            ("scope", "https://cognitiveservices.azure.com/.default"),
        ]
        let body = fields.map { "\($0.0)=\(ProviderAddress.segment($0.1))" }.joined(separator: "&")
        return ProviderRequest(
            url: "\(authority)/\(ProviderAddress.segment(tenant))/oauth2/v2.0/token",
            headers: ["content-type": "application/x-www-form-urlencoded"], body: Array(body.utf8))
    }
}
