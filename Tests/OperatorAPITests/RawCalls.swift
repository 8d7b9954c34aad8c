import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPTransfer
import Stores
import Tenancy

/// What a call was answered, as it stands.
struct RawAnswer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let text: String
}

extension OperatorServer {
    /// A call as it stands; without a token, of nobody.
    func raw(
        _ method: HTTPMethod, _ path: String, _ body: String? = nil, token: String? = nil,
        type: String = "application/json", port: Int? = nil, fields: HTTPHeaders = [:]
    ) async throws -> RawAnswer {
        var headers = fields
        if let token { headers["authorization"] = "Bearer \(token)" }
        if body != nil { headers["content-type"] = type }
        let answer = try await http.send(
            OutboundRequest(
                method: method, url: "http://127.0.0.1:\(port ?? self.port)\(path)", headers: headers,
                body: body.map { .bytes(Array($0.utf8)) } ?? .none), bodyLimit: 16 << 20)
        return RawAnswer(
            status: answer.status, headers: answer.headers, text: String(decoding: answer.body, as: UTF8.self))
    }
}

extension Viewer {
    /// A call as it stands.
    func raw(
        _ server: OperatorServer, _ method: HTTPMethod, _ path: String, _ body: String? = nil
    ) async throws -> RawAnswer {
        try await server.raw(method, path, body, token: token)
    }

    /// The same, showing another key or token.
    func with(_ token: String) -> Viewer { Viewer(client: client, token: token, user: user, session: session) }
}

extension Tenant {
    /// A program that acts for nobody.
    func serviceAccount(_ role: Role) async throws -> User {
        let id = server.identifiers.next(User.self)
        let account = User(
            id: id, organizationID: organization, email: "\(id)@service.invalid", fullName: "Collector", role: role,
            createdAt: Date(), kind: .serviceAccount)
        try await UserStore(database: server.database).create(account, passwordHash: nil)
        return account
    }
}
