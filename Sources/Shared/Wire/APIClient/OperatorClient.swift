internal import HTTPMessages
package import HTTPTransfer
internal import JSON
package import WireAPI

/// The internal API as typed calls. Each is sent from the loop that the caller runs on.
package struct OperatorClient: Sendable {
    /// A list page has at most 100 rows, an execution at most a few megabytes of prompt and answer.
    private static let bodyLimit = 64 << 20
    /// Signing in waits for the password hash, which is slow on purpose.
    private static let deadlines = TransferDeadlines(
        connect: .seconds(5), firstByte: .seconds(15), idle: .seconds(15), total: .seconds(60))
    /// Longer than the server lets an execution take: it says itself that one took too long.
    private static let modelDeadlines = TransferDeadlines(
        connect: .seconds(5), firstByte: .seconds(600), idle: .seconds(15), total: .seconds(630))

    /// Says that nobody asks, but a timer.
    private static let unattended = "x-scorable-unattended"

    /// The address of the server, without a slash at its end.
    package let server: String
    private let http: HTTPClient

    /// A client of the server at an absolute URL.
    package init(server: String, http: HTTPClient) {
        var server = Substring(server)
        while server.last == "/" { server.removeLast() }
        self.server = String(server)
        self.http = http
    }

    /// Makes a session; its token opens the other calls.
    package func signIn(_ credentials: OperatorSignIn) async throws(APIFailure) -> OperatorSession {
        try await call(.post, OperatorSignIn.path, body: JSONCodec.encode(credentials))
    }

    /// Whose session a token is.
    package func session(token: String) async throws(APIFailure) -> OperatorSession {
        try await call(.get, OperatorSignIn.path, token: token)
    }

    /// Ends the session.
    package func signOut(token: String) async throws(APIFailure) {
        _ = try await send(.delete, OperatorSignIn.path, token: token)
    }

    /// Makes any call and reads its answer.
    package func send<Reply: Decodable & Sendable>(
        _ request: OperatorRequest<Reply>, token: String
    ) async throws(APIFailure) -> Reply {
        guard let reply = try await send(request.erased, token: token) as? Reply else {
            preconditionFailure("a request decodes its own reply")
        }
        return reply
    }

    /// Makes any call; what it returns is of the type that the call asked for. What is asked for unattended, by a timer
    /// and by nobody, does not keep the session from ending.
    package func send(
        _ request: ErasedOperatorRequest, token: String, isUnattended: Bool = false
    ) async throws(APIFailure) -> any Sendable {
        let parameters = request.parameters.map { (name: $0.name, value: $0.value) }
        let bytes = try await send(
            HTTPMethod(rawValue: request.method), request.path, parameters: parameters, body: request.body,
            token: token, isUnattended: isUnattended,
            deadlines: request.patience == .models ? Self.modelDeadlines : Self.deadlines)
        do {
            return try request.decode(bytes)
        } catch {
            throw APIFailure(.notUnderstood, "\(server) answered something else than expected: \(error)")
        }
    }

    /// Opens the event stream behind the event with an id, `nil` for from now on. Returns when the server has accepted.
    package func events(after id: String?, token: String) async throws(APIFailure) -> EventFeed {
        var headers = fields(token: token, accept: "text/event-stream")
        if let id { headers["last-event-id"] = id }
        // The server says something every few seconds; the stream as a whole has no end.
        let deadlines = TransferDeadlines(
            connect: .seconds(5), firstByte: .seconds(15), idle: .seconds(30), total: nil)
        let request = OutboundRequest(
            method: .get, url: server + OperatorEvent.path, headers: headers, deadlines: deadlines)
        return EventFeed(try await open(request), server: server)
    }

    /// Opens a file of the server. Returns when the server has begun to send it.
    package func download(_ path: String, token: String) async throws(APIFailure) -> InboundStream {
        // As long as the file takes, as long as something comes.
        let deadlines = TransferDeadlines(
            connect: .seconds(5), firstByte: .seconds(30), idle: .seconds(60), total: nil)
        return try await open(
            OutboundRequest(
                method: .get, url: server + path, headers: fields(token: token, accept: "*/*"), deadlines: deadlines))
    }

    /// Opens an answer that comes piece by piece; one that is no success is read and thrown.
    private func open(_ request: OutboundRequest) async throws(APIFailure) -> InboundStream {
        let stream: InboundStream
        do { stream = try await http.open(request) } catch { throw APIFailure(error, server: server) }
        guard stream.status == 200 else {
            var body: [UInt8] = []
            do {
                while let piece = try await stream.next(), body.count < 65_536 { body += piece }
            } catch {
                throw APIFailure(error, server: server)
            }
            throw APIFailure(status: stream.status, headers: stream.headers, body: body)
        }
        return stream
    }

    private func call<Answer: Decodable>(
        _ method: HTTPMethod, _ path: String, parameters: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        token: String? = nil
    ) async throws(APIFailure) -> Answer {
        try decode(try await send(method, path, parameters: parameters, body: body, token: token))
    }

    private func decode<Answer: Decodable>(_ bytes: [UInt8]) throws(APIFailure) -> Answer {
        do {
            return try JSONCodec.decode(Answer.self, from: bytes)
        } catch {
            throw APIFailure(.notUnderstood, "\(server) answered something else than expected: \(error)")
        }
    }

    private func send(
        _ method: HTTPMethod, _ path: String, parameters: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        token: String?, isUnattended: Bool = false, deadlines: TransferDeadlines = Self.deadlines
    ) async throws(APIFailure) -> [UInt8] {
        var headers = fields(token: token, accept: "application/json")
        if isUnattended { headers[Self.unattended] = "1" }
        if body != nil { headers["content-type"] = "application/json" }
        let request = OutboundRequest(
            method: method, url: server + path + Query.text(parameters), headers: headers,
            body: body.map { .bytes($0) } ?? .none, deadlines: deadlines)
        let response: InboundResponse
        do {
            response = try await http.send(request, bodyLimit: Self.bodyLimit)
        } catch {
            throw APIFailure(error, server: server)
        }
        guard (200..<300).contains(response.status) else {
            throw APIFailure(status: response.status, headers: response.headers, body: response.body)
        }
        return response.body
    }

    private func fields(token: String?, accept types: String) -> HTTPHeaders {
        var headers: HTTPHeaders = ["accept": types]
        // Until somebody has signed in the token is empty.
        if let token, !token.isEmpty { headers["authorization"] = "Bearer \(token)" }
        return headers
    }
}

/// Query strings.
enum Query {
    /// `?name=value&…`, everything but letters, digits and `-._~` escaped; empty for no parameters.
    static func text(_ parameters: [(name: String, value: String)]) -> String {
        guard !parameters.isEmpty else { return "" }
        return "?" + parameters.map { "\(escaped($0.name))=\(escaped($0.value))" }.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default: bytes += [0x25, digit(byte >> 4), digit(byte & 15)]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}

extension APIFailure {
    /// The members of an error body that a person needs, and the word for programs.
    private struct Body: Decodable {
        let detail: String?
        let title: String?
        let code: String?
    }

    /// What an error status means.
    init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
        let detail: String?
        let code: String?
        do {
            let problem = try JSONCodec.decode(Body.self, from: body)
            detail = problem.detail ?? problem.title
            code = problem.code
        } catch {
            // A proxy in between answers in HTML; its status says enough.
            (detail, code) = (nil, nil)
        }
        let wait = headers["retry-after"].flatMap(Int64.init).map { Duration.seconds($0) }
        self.init(
            .refused(status: status), detail ?? "the server answered with status \(status)", code: code,
            retryAfter: wait)
    }

    /// What a transfer that failed means.
    init(_ error: TransferError, server: String) {
        switch error.kind {
        case .timedOut(.connect): self.init(.unreachable, "\(server) does not answer")
        case .timedOut: self.init(.timedOut, "\(server) did not answer in time")
        case .cancelled: self.init(.cancelled, "cancelled")
        case .protocol, .tooLarge, .invalidRequest, .upload: self.init(.notUnderstood, "\(server): \(error.message)")
        case .resolve, .connect, .tls, .reset, .truncated, .refusedByPolicy, .overloaded:
            self.init(.unreachable, "cannot reach \(server): \(error.message)")
        }
    }
}
