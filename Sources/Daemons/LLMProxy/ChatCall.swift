internal import ChatModel
internal import HTTPMessages
internal import HTTPServing
internal import JSON
internal import Providers
internal import Tenancy

/// A chat completion as a caller asks for it, checked as far as the proxy needs it. Everything else in the body is
/// between the caller and the model.
struct ChatCall: Sendable {
    let body: JSONScanner
    let model: String
    let isStreaming: Bool
    /// Whether the caller wants the usage at the end of its stream.
    let wantsUsage: Bool
    let organization: OrganizationID

    /// - Throws: ``ChatFailure`` naming what is wrong.
    init(body bytes: [UInt8], headers: HTTPHeaders) throws(ChatFailure) {
        do {
            body = try JSONScanner(bytes)
        } catch {
            throw ChatFailure(.invalidRequest, "the body is no JSON object: \(error.message)")
        }
        guard let model = body.string("model"), !model.isEmpty, model.utf8.count <= 1000 else {
            throw ChatFailure(.invalidRequest, "\"model\" has to be a name of 1 to 1000 bytes", parameter: "model")
        }
        guard let organization = headers[ProxyHeader.organization].flatMap(OrganizationID.init) else {
            throw ChatFailure(.invalidRequest, "the field \(ProxyHeader.organization) has to be a UUID")
        }
        self.model = model
        self.organization = organization
        isStreaming = body.bool("stream") ?? false
        wantsUsage = body.bool("stream_options", "include_usage") ?? false
    }
}
