internal import Cryptography
internal import FoundationEssentials
internal import JSON
internal import Tenancy
internal import Webhooks
internal import WireAPI

/// Has the LLM proxy send events: it alone opens their secrets, and it alone reaches what is outside.
struct WebhookSender: Sendable {
    private let client: LLMProxyClient

    /// A little longer than the proxy waits itself.
    private static let patience = Duration.seconds(20)

    init(client: LLMProxyClient) { self.client = client }

    /// Sends an event once. That the endpoint does not take it is a finding.
    /// - Throws: `InvalidDefinition` when the proxy cannot open a secret; `LLMProxyUnavailable`; `CancellationError`.
    func send(
        _ event: WebhookEvent, to endpoint: WebhookEndpoint, secrets: [[UInt8]]
    ) async throws -> ProxyDeliveryResult {
        try await client.post(
            ProxyDelivery.path,
            ProxyDelivery(
                endpointID: endpoint.id.uuid, url: endpoint.url, messageID: event.id.description,
                payload: event.payload, sealedSecrets: secrets.map { Base64.encode($0) }),
            patience: Self.patience)
    }
}

extension WebhookEvent {
    /// What is sent: the same bytes, however often.
    var payload: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("id")
        writer.write(id.description)
        writer.key("type")
        writer.write(type.rawValue)
        writer.key("version")
        writer.write(Self.version)
        writer.key("timestamp")
        writer.write(createdAt.formatted(.iso8601))
        writer.key("data")
        writer.writeRaw(data)
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
