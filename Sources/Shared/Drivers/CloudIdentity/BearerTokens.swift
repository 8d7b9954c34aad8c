internal import Cryptography
internal import FoundationEssentials
internal import HTTPMessages
package import HTTPTransfer
internal import JSON
internal import SystemCalls

/// Tokens that a cloud gives to this program, each shown with requests until shortly before it ends.
package struct BearerTokens: Sendable {
    /// Who this program is.
    package enum Identity: Sendable {
        /// A service account of Google, by its key.
        case serviceAccount(ServiceAccount)
        /// The service account of the machine that the program runs on, at Google.
        case googleMachine(endpoint: String)
        /// The managed identity of the machine that the program runs on, at Azure; the client's identifier where the machine
        /// has several.
        case azureMachine(endpoint: String, clientID: String?)
        /// A workload of Kubernetes that Azure trusts by a token in a file.
        case azureWorkload(authority: String, tenant: String, clientID: String, tokenFile: String)
    }

    private let tokens: Renewed<SecretBytes>

    /// What storage is called where tokens are made for one service.
    private static let azureStorage = "https://storage.azure.com/"

    /// The client has to be one that may reach the metadata services of machines.
    package init(_ identity: Identity, client: HTTPClient) {
        tokens = Renewed { try await Self.get(identity, client) }
    }

    /// The value of the field `authorization`. Call it on a loop.
    package func authorization() async throws -> String {
        "Bearer \(String(decoding: try await tokens.value().exposed, as: UTF8.self))"
    }

    /// The token was refused: the next one is got anew.
    package func forget() { tokens.forget() }

    private static func get(_ identity: Identity, _ client: HTTPClient) async throws -> Renewed<SecretBytes>.Term {
        switch identity {
        case .serviceAccount(let account):
            let exchange = try account.tokenExchange(now: Date())
            return try token(
                await MetadataCall(client: client, service: "Google's server of tokens").send(
                    .post, exchange.url, TokenExchange.headers, body: exchange.body))
        case .googleMachine(let endpoint):
            return try token(
                await MetadataCall(client: client, service: "Google's metadata server \(endpoint)").send(
                    .get, "\(endpoint)/computeMetadata/v1/instance/service-accounts/default/token",
                    ["metadata-flavor": "Google"]))
        case .azureMachine(let endpoint, let clientID):
            let resource = PercentEncoding.encode(azureStorage.utf8)
            let chosen = clientID.map { "&client_id=\(PercentEncoding.encode($0.utf8))" } ?? ""
            return try token(
                await MetadataCall(client: client, service: "Azure's metadata service \(endpoint)").send(
                    .get,
                    "\(endpoint)/metadata/identity/oauth2/token?api-version=2018-02-01&resource=\(resource)\(chosen)",
                    ["metadata": "true"]))
        case .azureWorkload(let authority, let tenant, let clientID, let tokenFile):
            let exchange = TokenExchange(
                url: "\(authority)/\(PercentEncoding.encode(tenant.utf8))/oauth2/v2.0/token",
                fields: [
                    ("grant_type", "client_credentials"), ("client_id", clientID),
                    ("scope", "\(azureStorage).default"),
                    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                    ("client_assertion", try IdentityFile.text(tokenFile)),
                ])
            return try token(
                await MetadataCall(client: client, service: "Microsoft's server of tokens").send(
                    .post, exchange.url, TokenExchange.headers, body: exchange.body))
        }
    }

    /// Reads the answer of a server of tokens (RFC 6749 §5). Azure writes numbers as texts.
    private static func token(_ body: [UInt8]) throws -> Renewed<SecretBytes>.Term {
        do {
            let root = try JSONNode(body)
            let text = try root.required("access_token").text()
            let lifetime = root["expires_in"].flatMap { $0.double ?? $0.string.flatMap(Double.init) } ?? 3600
            return Renewed.Term(
                SecretBytes(Array(text.utf8)), until: Date().addingTimeInterval(min(max(0, lifetime), 86_400)))
        } catch {
            throw IdentityError("the server of tokens gave something other than a token")
        }
    }
}

/// Files in which a platform lays tokens.
enum IdentityFile {
    static func text(_ path: String) throws(IdentityError) -> String {
        do {
            let text = String(decoding: try FileContents.read(path, limit: 65_536), as: UTF8.self)
            return String(text.filter { !$0.isWhitespace })
        } catch {
            throw IdentityError("the token in \(path) cannot be read: \(error)")
        }
    }
}
