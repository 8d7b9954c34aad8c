extension ChatRequest {
    /// About how many bytes the texts take, to reserve memory.
    package var approximateSize: Int {
        messages.reduce(tools.count * 400) { sum, message in
            message.parts.reduce(sum + 64) { $0 + $1.approximateSize }
        }
    }
}

extension ChatPart {
    fileprivate var approximateSize: Int {
        switch content {
        case .text(let text), .refusal(let text): text.utf8.count + text.utf8.count / 8 + 32
        case .image(let media, _), .audio(let media), .file(let media, _): media.approximateSize
        case .toolCall(let call): call.arguments.utf8.count + 128
        case .toolResult(let result): result.parts.reduce(64) { $0 + $1.approximateSize }
        case .reasoning(let reasoning): reasoning.text.utf8.count + (reasoning.signature?.utf8.count ?? 0) + 128
        case .opaque(let value, _): value.bytes.count
        }
    }
}

extension ChatMedia {
    fileprivate var approximateSize: Int {
        switch source {
        case .base64(let text), .url(let text), .identifier(let text), .text(let text): text.utf8.count + 128
        }
    }
}
