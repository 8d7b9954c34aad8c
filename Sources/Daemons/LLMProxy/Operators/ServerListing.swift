internal import ChatModel
internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPTransfer
internal import JSON
internal import Providers

/// What a server says of itself before anything is asked of its models.
struct ServerListing: Sendable {
    var kind = Providers.ProviderKind.openAICompatible
    var models: [OfferedModel] = []
    /// What it says of the context of whatever it serves.
    var contextLength: Int?
    /// Why there is no list.
    var complaint = "The server lists no models."

    /// Asks `server` for its models and for what gives its kind away.
    static func of(
        _ server: Providers.Provider, _ client: HTTPClient, deadline: Deadline, now: @escaping @Sendable () -> Date
    ) async -> ServerListing {
        var listing = ServerListing()
        let exchange = Exchange(
            client: client, endpoint: ModelEndpoint(provider: server, model: ""),
            patience: CallPatience(), deadline: deadline, responseBytes: 8 << 20, now: now)
        let request = server.modelsRequest(now: now())
        do {
            if let request {
                let body = try await exchange.send(request).body
                listing.models = try server.models(body)
                if try JSONParser.parse(body)["data"]?[0]?["owned_by"]?.stringValue == "vllm" { listing.kind = .vllm }
            }
        } catch let failure as AttemptFailure {
            listing.complaint = "The server does not list its models: \(failure.failure.message)."
        } catch {
            listing.complaint = "The server's list of models cannot be read."
        }
        if listing.kind == .openAICompatible {
            await listing.recognise(server, exchange, request?.headers ?? [:])
        }
        return listing
    }

    /// llama.cpp and Ollama have addresses beside OpenAI's that no other server has; they may ask for the key there, too.
    private mutating func recognise(
        _ server: Providers.Provider, _ exchange: Exchange, _ headers: HTTPHeaders
    ) async {
        let root = server.baseURL.hasSuffix("/v1") ? String(server.baseURL.dropLast(3)) : server.baseURL
        func object(_ path: String) async -> JSONScanner? {
            do {
                let request = ProviderRequest(method: .get, url: root + path, headers: headers)
                return try JSONScanner(try await exchange.send(request).body)
            } catch {
                // It has no such address, which is what was to be found out.
                return nil
            }
        }
        if let properties = await object("/props"), properties.has("default_generation_settings") {
            kind = .llamaCpp
            contextLength = properties.integer("default_generation_settings", "n_ctx").map { Int($0) }
        } else if let version = await object("/api/version"), version.has("version") {
            kind = .ollama
        }
    }
}
