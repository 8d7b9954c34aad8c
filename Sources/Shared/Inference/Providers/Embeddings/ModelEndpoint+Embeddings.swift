package import ChatModel
internal import Dialects
package import FoundationEssentials
internal import HTTPMessages
internal import JSON

// Vectors, of the providers that make them.
extension ModelEndpoint {
    /// The call for `request`.
    /// - Throws: What of it the provider cannot do.
    package func request(for request: EmbeddingRequest, now: Date) throws(Unsupported) -> ProviderRequest {
        guard provider.kind.descriptor.can(.embeddings) else {
            throw Unsupported("model", "makes no embeddings", advice: "choose a model of another provider")
        }
        var call = try EmbeddingWriter(endpoint: self, request: request).call()
        provider.authorize(&call, now: now)
        return call
    }

    /// The vectors in the body of a status 200.
    package func embeddings(_ body: [UInt8], for request: EmbeddingRequest) throws(ChatFailure) -> EmbeddingReply {
        let name = provider.name
        func failure(_ what: String) -> ChatFailure {
            ChatFailure(.invalidResponse, "provider \(name) \(what)", provider: name, providerStatus: 200)
        }
        let root: JSONNode
        do {
            root = try JSONNode(body)
        } catch {
            throw failure("answered something that is no JSON")
        }
        if root["error"] != nil { throw self.failure(unexpected: wire.report(body)) }
        var reply: EmbeddingReply
        do {
            reply = try EmbeddingReader.read(root, provider.kind)
        } catch {
            throw failure(error.message)
        }
        guard reply.vectors.count == request.inputs.count else {
            throw failure("answered \(reply.vectors.count) vectors for \(request.inputs.count) texts")
        }
        reply.model = reply.model ?? model
        return reply
    }
}
