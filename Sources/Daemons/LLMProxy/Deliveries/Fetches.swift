internal import HTTPMessages
package import HTTPServing
package import HTTPTransfer
internal import WireAPI

/// Fetches documents for the deployment from where tenants say, such as the metadata of identity providers.
package struct Fetches: Sendable {
    private let client: HTTPClient

    /// How long it may take from the connection to the end of the document.
    private static let patience = Duration.seconds(10)
    /// The largest document.
    private static let most = 4 << 20

    /// `client` follows no redirects, verifies TLS and connects to where tenants may send us.
    package init(client: HTTPClient) { self.client = client }

    /// The route; whoever adds it protects it.
    package var router: Router {
        var router = Router()
        router.on(.post, ProxyFetch.path, RouteOptions(timeout: Self.patience + .seconds(5))) { context in
            .json(try await fetch(try await context.decode()))
        }
        return router
    }

    /// Fetches one document.
    /// - Throws: `CancellationError`.
    func fetch(_ wish: ProxyFetch) async throws -> ProxyFetchResult {
        let limit = max(1, min(wish.limit, Self.most))
        let request = OutboundRequest(
            method: .get, url: wish.url, headers: ["accept": wish.accept], body: .none,
            deadlines: TransferDeadlines(
                connect: Self.patience, firstByte: Self.patience, idle: Self.patience, total: Self.patience),
            isIdempotent: true)
        do {
            let answer = try await client.send(request, bodyLimit: limit)
            guard answer.status == 200 else {
                return ProxyFetchResult(status: answer.status, sentence: Self.sentence(for: answer))
            }
            guard let text = String(validating: answer.body, as: UTF8.self) else {
                return ProxyFetchResult(status: 200, sentence: "It is no text in UTF-8.")
            }
            return ProxyFetchResult(status: 200, sentence: "It was fetched.", text: text)
        } catch {
            if error.kind == .cancelled { throw CancellationError() }
            let isTooLarge = error.kind == .tooLarge
            return ProxyFetchResult(
                status: nil,
                sentence: isTooLarge
                    ? "It is larger than \(limit) bytes."
                    : OutsideTransfer.sentence(for: error, patience: Self.patience),
                isForbidden: OutsideTransfer.isForbidden(error))
        }
    }

    private static func sentence(for answer: InboundResponse) -> String {
        guard (300..<400).contains(answer.status) else { return "It was answered with status \(answer.status)." }
        let target = answer.headers["location"].map { " to \($0.prefix(200))" } ?? ""
        return "It was answered by a redirect (\(answer.status))\(target), which is not followed."
    }
}
