package import ChatModel
internal import JSON

// What our own daemons say to each other: chat completions like everybody's.
extension ChatRequest {
    /// The body of `POST /v1/chat/completions`.
    package func body() -> [UInt8] {
        do {
            return try CompletionRequestWriter.body(of: self, model: model, style: CompletionStyle()).bytes
        } catch {
            preconditionFailure("a request of ours has a part that chat completions do not know: \(error)")
        }
    }
}

extension ChatReply {
    /// Reads the body of a chat completion.
    /// - Throws: ``ChatFailure`` with the code `invalidResponse` when it is none.
    package init(body: [UInt8]) throws(ChatFailure) {
        let root: JSONNode
        do {
            root = try JSONNode(body)
        } catch {
            throw ChatFailure(.invalidResponse, "the answer is no chat completion: \(error.message)")
        }
        self = try CompletionReplyReader.read(root)
    }
}
