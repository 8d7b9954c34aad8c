internal import ChatModel
internal import Cryptography
internal import Dialects
internal import Records
internal import Scoring
internal import Tenancy

/// A picture or document that stands in a conversation.
struct CompletionAttachment: Sendable {
    /// What its sender calls it.
    let name: String?
    let bytes: [UInt8]
}

extension CompletionOrder {
    /// The pictures and documents that stand in the conversation, in its order.
    /// - Throws: for what a judge cannot be shown, or for more than it looks at; nothing is left out in silence.
    func attachments() throws(InvalidDefinition) -> [CompletionAttachment] {
        var found: [CompletionAttachment] = []
        for message in request.messages {
            for part in message.parts { found += try attachments(in: part, of: message.role, after: found.count) }
        }
        return found
    }

    private func attachments(
        in part: ChatPart, of role: ChatMessage.Role, after count: Int
    ) throws(InvalidDefinition) -> [CompletionAttachment] {
        switch part.content {
        case .image(let media, _):
            return [CompletionAttachment(name: "picture-\(count + 1)", bytes: try bytes(of: media, count + 1))]
        case .file(let media, let name):
            return [CompletionAttachment(name: name, bytes: try bytes(of: media, count + 1))]
        case .toolResult(let result):
            var found: [CompletionAttachment] = []
            for part in result.parts { found += try attachments(in: part, of: role, after: count + found.count) }
            return found
        case .audio: throw refusal("A judge cannot hear, and the conversation has sound in it.")
        case .opaque:
            // What a model itself has left there for its provider is nothing to look at.
            guard role != .assistant else { return [] }
            throw refusal("The conversation has a part that is neither text nor a picture nor a document.")
        case .text, .refusal, .toolCall, .reasoning: return []
        }
    }

    private func bytes(of media: ChatMedia, _ number: Int) throws(InvalidDefinition) -> [UInt8] {
        switch media.source {
        case .base64(let text):
            guard let bytes = Base64.decode(text) else { throw refusal("Attachment \(number) is not proper base64.") }
            return bytes
        case .url:
            throw refusal(
                """
                A judge does not load what lies at an address: give attachment \(number) as a data: URL with its base64, \
                or execute the judge with file_ids.
                """)
        case .identifier, .text:
            throw refusal(
                """
                A judge does not have the files of a provider: give attachment \(number) as a data: URL with its base64, \
                or execute the judge with file_ids.
                """)
        }
    }

    /// The part of the body that is wrong.
    func refusal(_ message: String) -> InvalidDefinition {
        switch dialect {
        case .chatCompletions, .messages: InvalidDefinition("messages", message)
        case .responses: InvalidDefinition("input", message)
        }
    }
}

extension JudgedCompletions {
    /// The order with the pictures and documents of its conversation kept as files of the caller, so that the judge sees them
    /// whenever it looks: now, in the background, or when the execution is repeated.
    /// - Throws: `PermissionDenied` when there are any and the caller may keep none; `InvalidDefinition` for what the judge
    ///   cannot be shown; `FileTooLarge`; `FileReaderUnavailable`;
    ///   `BlobError`.
    func attach(
        _ order: CompletionOrder, for judge: Judge, as principal: Principal
    ) async throws -> CompletionOrder {
        let attachments = try order.attachments()
        guard !attachments.isEmpty else { return order }
        try principal.requireAnywhere(.fileCreate)
        guard attachments.count <= Files.mostAtOnce else {
            throw order.refusal("A judge looks at up to \(Files.mostAtOnce) pictures and documents.")
        }
        var shown = order
        do {
            for attachment in attachments {
                var rest: [UInt8]? = attachment.bytes
                let file = try await executions.files.keep(named: attachment.name, for: principal) {
                    defer { rest = nil }
                    return rest
                }.file
                if !shown.files.contains(where: { $0.id == file.id }) { shown.files.append(file) }
            }
            // What is too much together is refused before a model is paid for its answer.
            let looked = ExecutionOrder(
                input: shown.input(answeredBy: ""), labels: ExecutionLabels(), projectID: order.projectID)
            _ = try await executions.look(into: looked, judge, for: principal)
        } catch let invalid as InvalidDefinition {
            throw order.refusal(
                "A judge cannot be shown what is attached. \(invalid.problems.map(\.message).joined(separator: " "))")
        }
        return shown
    }
}
