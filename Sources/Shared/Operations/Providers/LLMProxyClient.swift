internal import EventLoop
internal import HTTPMessages
package import HTTPTransfer
internal import JSON
internal import Tenancy
internal import WireAPI

/// llmproxyd, as operators ask it.
package struct LLMProxyClient: Sendable {
    private let client: HTTPClient
    /// The base address of each replica that is known.
    let addresses: [String]
    private let serviceToken: String

    /// How long one may take to say how it does.
    private static let patience = Duration.seconds(5)
    private static let replyLimit = 32 << 20

    /// `addresses` are base addresses, one for each replica where they are known; one address that leads to any of them
    /// will do.
    /// `serviceToken` is what the daemons know each other by.
    package init(client: HTTPClient, addresses: [String], serviceToken: String) {
        self.client = client
        self.addresses = addresses
        self.serviceToken = serviceToken
    }

    /// What the replica at an address says.
    /// - Throws: `LLMProxyUnavailable`; `CancellationError`.
    func get<Reply: Decodable & Sendable>(_ path: String, at address: String) async throws -> Reply {
        try decode(
            try await send(.get, address + path, nil, patience: Self.patience), of: path, at: address)
    }

    /// Asks a replica to do something that may take a while: the first that can be reached.
    /// - Throws: `InvalidDefinition` when it refuses what was asked; `LLMProxyUnavailable`; `CancellationError`.
    func post<Reply: Decodable & Sendable>(
        _ path: String, _ body: some Encodable & Sendable, patience: Duration
    ) async throws -> Reply {
        let body = JSONCodec.encode(body)
        var last = LLMProxyUnavailable("No address of the LLM proxy is configured.")
        for address in addresses {
            do {
                let response = try await send(.post, address + path, body, patience: patience)
                return try decode(response, of: path, at: address)
            } catch let error as LLMProxyUnavailable where error.isBeforeRequestSent {
                last = error
            }
        }
        throw last
    }

    private func send(
        _ method: HTTPMethod, _ url: String, _ body: [UInt8]?, patience: Duration
    ) async throws -> InboundResponse {
        var headers: HTTPHeaders = ["authorization": "Bearer \(serviceToken)"]
        if body != nil { headers["content-type"] = "application/json" }
        do {
            return try await client.send(
                OutboundRequest(
                    method: method, url: url, headers: headers, body: body.map { .bytes($0) } ?? .none,
                    deadlines: TransferDeadlines(
                        connect: .seconds(1), firstByte: patience, idle: patience, total: patience)),
                bodyLimit: Self.replyLimit)
        } catch  where error.kind == .cancelled {
            throw CancellationError()
        } catch {
            throw LLMProxyUnavailable(
                "The LLM proxy (scorable-llmproxyd) at \(url.prefix { $0 != "?" }) cannot be reached: \(error.message).",
                isBeforeRequestSent: error.isBeforeRequestSent)
        }
    }

    private func decode<Reply: Decodable>(
        _ response: InboundResponse, of path: String, at address: String
    ) throws -> Reply {
        switch response.status {
        case 200:
            do {
                return try JSONCodec.decode(Reply.self, from: response.body)
            } catch {
                throw LLMProxyUnavailable(
                    "The LLM proxy (scorable-llmproxyd) at \(address) answers in a way that is not understood. Is it of "
                        + "another release?")
            }
        case 400: throw InvalidDefinition(refusal: response.body)
        default:
            throw LLMProxyUnavailable(
                "The LLM proxy (scorable-llmproxyd) at \(address) answered \(path) with status \(response.status).")
        }
    }
}

/// The LLM proxy did not do what it was asked to.
package struct LLMProxyUnavailable: Error, CustomStringConvertible {
    package let description: String
    /// Whether it cannot have seen the request.
    let isBeforeRequestSent: Bool

    init(_ description: String, isBeforeRequestSent: Bool = false) {
        self.description = description
        self.isBeforeRequestSent = isBeforeRequestSent
    }
}

extension InvalidDefinition {
    /// What another daemon complains about.
    fileprivate init(refusal body: [UInt8]) {
        struct Refusal: Decodable {
            let detail: String?
            let url: [String]?
            let sealedKey: [String]?
        }
        do {
            let refusal = try JSONCodec.decode(Refusal.self, from: body)
            if let complaint = refusal.url?.first {
                self.init(problems: [.init(field: "url", message: complaint)])
            } else if let complaint = refusal.sealedKey?.first {
                self.init(problems: [.init(field: "key", message: complaint)])
            } else {
                self.init(problems: [.init(field: "non_field_errors", message: refusal.detail ?? "It was refused.")])
            }
        } catch {
            self.init(problems: [.init(field: "non_field_errors", message: "The LLM proxy refused it.")])
        }
    }
}
