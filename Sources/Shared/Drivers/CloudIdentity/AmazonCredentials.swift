package import Cryptography
internal import FoundationEssentials
internal import HTTPMessages
package import HTTPTransfer
internal import JSON
internal import XML

/// Keys with which requests to Amazon's services are signed.
package struct AmazonCredentials: Sendable {
    /// Where the keys come from.
    package enum Identity: Sendable {
        /// Keys that hold until somebody takes them away.
        case keys(SigV4.Credentials)
        /// A role, for the token that a platform lays in a file (OpenID Connect).
        case webIdentity(role: String, tokenFile: String, session: String, service: String)
        /// The role of a container, from the agent beside it.
        case container(url: String, token: ContainerToken)
        /// The role of the machine that the program runs on.
        case instance(endpoint: String)
    }

    /// What the agent beside a container wants to be shown.
    package enum ContainerToken: Sendable {
        case none
        case value(SecretBytes)
        case file(String)
    }

    private enum Source: Sendable {
        case fixed(SigV4.Credentials)
        case renewed(Renewed<SigV4.Credentials>)
    }

    private let source: Source

    /// How long the token of a metadata service is asked for, in seconds.
    private static let metadataTokenLifetime = 300

    /// The client has to be one that may reach the metadata services of machines.
    package init(_ identity: Identity, client: HTTPClient) {
        switch identity {
        case .keys(let keys): source = .fixed(keys)
        case .webIdentity(let role, let tokenFile, let session, let service):
            source = .renewed(
                Renewed {
                    try await Self.assume(role, by: IdentityFile.text(tokenFile), as: session, at: service, client)
                })
        case .container(let url, let token):
            source = .renewed(Renewed { try await Self.container(url, token, client) })
        case .instance(let endpoint):
            source = .renewed(Renewed { try await Self.instance(endpoint, client) })
        }
    }

    /// The keys that hold now. Call it on a loop.
    package func current() async throws -> SigV4.Credentials {
        switch source {
        case .fixed(let keys): keys
        case .renewed(let renewed): try await renewed.value()
        }
    }

    /// The keys were refused as ended: the next are got anew. Whether there can be others.
    @discardableResult
    package func forget() -> Bool {
        switch source {
        case .fixed: return false
        case .renewed(let renewed):
            renewed.forget()
            return true
        }
    }

    // MARK: Where they come from

    private typealias Term = Renewed<SigV4.Credentials>.Term

    /// `AssumeRoleWithWebIdentity` of the Security Token Service, which needs no signature.
    private static func assume(
        _ role: String, by token: String, as session: String, at service: String, _ client: HTTPClient
    ) async throws -> Term {
        let exchange = TokenExchange(
            url: service.hasSuffix("/") ? service : "\(service)/",
            fields: [
                ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
                ("RoleSessionName", session), ("WebIdentityToken", token),
            ])
        let call = MetadataCall(client: client, service: "the token service \(service), asked for the role \(role),")
        let body = try await call.send(.post, exchange.url, TokenExchange.headers, body: exchange.body)
        let root: XMLElement
        do throws(XMLProblem) {
            root = try XMLReader.read(String(decoding: body, as: UTF8.self), answerLimits)
        } catch {
            throw unreadable("the token service")
        }
        var found: [String: String] = [:]
        root.visit { element, parent in
            if parent?.name == "Credentials" { found[element.name] = element.value }
        }
        return try term(
            id: found["AccessKeyId"], secret: found["SecretAccessKey"], token: found["SessionToken"],
            expiry: found["Expiration"])
    }

    private static let answerLimits = XMLLimits(
        bytes: 256 << 10, depth: 16, elements: 200, attributesOfAnElement: 8, namespaces: 32, namespacesInScope: 16,
        allowsComments: true)

    private static func container(
        _ url: String, _ token: ContainerToken, _ client: HTTPClient
    ) async throws -> Term {
        var headers: HTTPHeaders = [:]
        switch token {
        case .none: break
        case .value(let value): headers.add("authorization", String(decoding: value.exposed, as: UTF8.self))
        case .file(let path): headers.add("authorization", try IdentityFile.text(path))
        }
        let service = "the credentials of the container at \(url)"
        return try term(
            inJSON: await MetadataCall(client: client, service: service).send(.get, url, headers), of: service)
    }

    /// Version 2 of the metadata service: a token first, so that nobody is tricked into asking for us.
    private static func instance(_ endpoint: String, _ client: HTTPClient) async throws -> Term {
        let call = MetadataCall(client: client, service: "the metadata service of this machine at \(endpoint)")
        let token = try await call.send(
            .put, "\(endpoint)/latest/api/token",
            ["x-aws-ec2-metadata-token-ttl-seconds": "\(metadataTokenLifetime)"])
        let headers: HTTPHeaders = ["x-aws-ec2-metadata-token": String(decoding: token, as: UTF8.self)]
        let path = "\(endpoint)/latest/meta-data/iam/security-credentials/"
        let names = String(decoding: try await call.send(.get, path, headers), as: UTF8.self)
        guard let role = names.split(whereSeparator: \.isNewline).first, !role.contains("<") else {
            throw IdentityError("this machine has no role: attach one to it, or give the access key in the settings")
        }
        let name = PercentEncoding.encode(role.utf8)
        return try term(inJSON: await call.send(.get, path + name, headers), of: call.service)
    }

    /// What agents and machines answer.
    private static func term(inJSON body: [UInt8], of service: String) throws -> Term {
        do {
            let root = try JSONNode(body)
            return try term(
                id: root["AccessKeyId"]?.string, secret: root["SecretAccessKey"]?.string,
                token: root["Token"]?.string, expiry: root["Expiration"]?.string)
        } catch is JSONDecodingError {
            throw unreadable(service)
        }
    }

    private static func term(id: String?, secret: String?, token: String?, expiry: String?) throws -> Term {
        guard let id, let secret, let expiry = expiry.flatMap(ISO8601.date) else {
            throw unreadable("whoever was asked for them")
        }
        return Term(
            SigV4.Credentials(accessKeyID: id, secretAccessKey: SecretBytes(Array(secret.utf8)), sessionToken: token),
            until: expiry)
    }

    private static func unreadable(_ service: String) -> IdentityError {
        IdentityError("\(service) gave something other than credentials")
    }
}
