internal import ChatModel
internal import Dialects
internal import HTTPMessages
internal import Providers

/// Turns a provider's stream into the caller's: the same bytes where both speak one dialect, else event by event.
///
/// By value it would take kilobytes of the frame of every function that it passes through, for as long as the stream lasts.
final class StreamTranslation {
    // Side by side and not cases of one enumeration, so that they are changed in place: a stream has many pieces.
    private var relayed: RelayedStream?
    private var reader: ProviderStream?
    private var writer: AnswerStream?
    private var statedUsage: ChatUsage?

    /// How many tokens of the answer have been passed on, about.
    private(set) var passedOn = 0
    /// What the provider says of itself in the stream.
    private(set) var model: String?
    private(set) var failure: ChatFailure?
    /// Whether there is a failure: every piece asks, and a look at the failure itself would copy it.
    private(set) var hasFailed = false
    /// Whether the answer has come to its end, after which nothing more is passed on.
    private(set) var isComplete = false

    /// A stream of the caller's own dialect.
    init(_ relayed: RelayedStream) { self.relayed = relayed }

    /// A stream that has to be read and written anew.
    init(from reader: ProviderStream, to writer: AnswerStream) {
        self.reader = reader
        self.writer = writer
    }

    /// An answer of which everything is known.
    init(complete reply: ChatReply) {
        statedUsage = reply.usage
        model = reply.model
        passedOn = max(1, (reply.content?.utf8.count ?? 0) / 4)
        isComplete = true
    }

    /// What was used, as far as the provider has said; before the end of the answer at least what was passed on.
    var usage: ChatUsage? {
        guard var usage = relayed?.usage ?? reader?.usage ?? statedUsage else { return nil }
        // Anthropic counts one token when it begins, and the rest at the end, which an answer that breaks off lacks.
        if !(relayed?.isFinished ?? reader?.isFinished ?? true) {
            usage.completionTokens = max(usage.completionTokens, passedOn)
        }
        return usage
    }

    /// Whether a part of an answer has come.
    var hasBegun: Bool { relayed?.hasBegun ?? reader?.isBegun ?? false }

    /// What came in place of a stream, when it is a JSON document.
    var document: [UInt8]? { relayed?.document ?? reader?.document }

    /// Takes bytes of the provider and says what is passed on. Look at `hasFailed` afterwards.
    func receive(_ bytes: Span<UInt8>) -> Passage {
        guard let passage = relayed?.receive(bytes) else {
            return .bytes(write(reader?.receive(Array(copying: bytes)) ?? []))
        }
        // A token an event is what most servers send; few send less.
        passedOn = relayed?.passedEvents ?? 0
        if relayed?.takeNews() ?? false { look() }
        return passage
    }

    /// Takes the end of the provider's bytes and returns what has to be added. `isTold` is whether something but the end of
    /// the connection tells that end. Look at `hasFailed` afterwards.
    func end(isTold: Bool) -> [UInt8] {
        if relayed != nil {
            let passed = relayed?.end(isTold: isTold) ?? []
            look()
            return passed
        }
        return write(reader?.end(isTold: isTold) ?? [])
    }

    private func look() {
        guard let relayed else { return }
        isComplete = relayed.isComplete
        if let failure = relayed.failure { fail(failure) }
        if hasBegun, failure?.code == .invalidResponse {
            failure?.code = .streamInterrupted
            failure?.isTransient = true
        }
        model = relayed.model
    }

    private func fail(_ failure: ChatFailure) {
        self.failure = failure
        hasFailed = true
    }

    private func write(_ events: [ChatEvent]) -> [UInt8] {
        guard !events.isEmpty else { return [] }
        var passed = events[...]
        for event in events {
            switch event.kind {
            case .start(_, let name): model = name ?? model
            case .text(let text), .refusal(let text), .reasoning(let text, _), .toolArguments(_, let text):
                // Most send a token a piece, some a sentence.
                passedOn += max(1, text.utf8.count / 4)
            case .failure(let failure):
                fail(failure)
                // Written by whoever decides what becomes of the call.
                passed = passed.dropLast()
            case .end: isComplete = true
            case .reasoningSignature, .encryptedReasoning, .toolCall, .logprobs, .finish, .usage: break
            }
        }
        return writer?.write(Array(passed)) ?? []
    }
}
