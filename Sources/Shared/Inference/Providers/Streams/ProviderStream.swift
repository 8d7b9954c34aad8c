package import ChatModel
internal import Dialects
internal import HTTPMessages
internal import JSON

/// Reads a provider's stream in pieces of any size: bytes in, steps of the answer out.
///
/// The last step is always one of `end` and `failure`, whatever the server does; after it nothing more comes.
package struct ProviderStream: Sendable {
    /// The longest event that is waited for: an image in base64 fits.
    private static let longestEvent = 24 << 20

    private let endpoint: ModelEndpoint
    private var reader: any AnswerReader
    private var frames: StreamFrames
    /// Whether the last step is out.
    package private(set) var isOver = false
    /// What was used, as far as the provider has said.
    package private(set) var usage: ChatUsage?
    /// Whether the provider has said why the answer ended: what it counts before is only what there was until then.
    package private(set) var isFinished = false

    init(_ endpoint: ModelEndpoint, _ request: ChatRequest) {
        self.endpoint = endpoint
        reader = endpoint.wire.reader(for: request)
        frames = StreamFrames(endpoint.provider.kind.framing, longest: Self.longestEvent)
    }

    /// Whether a part of an answer has come: from then on a call cannot be tried again unnoticed.
    package var isBegun: Bool { reader.isBegun }

    /// What came in place of a stream, when it is a JSON document; the beginning of a long one.
    package var document: [UInt8]? { reader.isBegun ? nil : frames.document }

    /// Takes bytes of the server.
    package mutating func receive(_ bytes: [UInt8]) -> [ChatEvent] {
        guard !isOver else { return [] }
        var events: [ChatEvent] = []
        do {
            for event in try frames.feed(bytes) where !isOver { try take(event, into: &events) }
        } catch {
            fail(error, &events)
        }
        return events
    }

    /// Takes the end of the server's bytes. `isTold` is whether the server has said that they end here: the mere end of its
    /// connection looks the same when it dies.
    package mutating func end(isTold: Bool = true) -> [ChatEvent] {
        guard !isOver else { return [] }
        var events: [ChatEvent] = []
        do {
            if let document { try refuse(document) }
            for event in try frames.end() where !isOver { try take(event, into: &events) }
        } catch {
            // Half an event is no mistake of the server's but the place where it broke off.
            fail(reader.isBegun && error.code == .invalidResponse ? Self.brokenOff : error, &events)
        }
        if isOver { return events }
        // Some servers forget the mark, which is no harm where something else tells the end.
        if reader.isComplete, isTold || !reader.isEndedByMark {
            finish(&events)
        } else {
            fail(
                reader.isBegun
                    ? Self.brokenOff : ChatFailure(.invalidResponse, "answered a stream without an answer"), &events)
        }
        return events
    }

    private static let brokenOff = ChatFailure(.streamInterrupted, "broke the answer off")

    private mutating func take(_ event: StreamFrames.Event, into events: inout [ChatEvent]) throws(ChatFailure) {
        switch event {
        case .done:
            if reader.isBegun { finish(&events) }
        case .exception(let report): throw endpoint.failure(unexpected: report)
        case .data(let data):
            let root: JSONNode
            let steps: [ChatEvent]
            do {
                root = try JSONNode(data)
                steps = FailureReport.isStated(in: root) ? [] : try reader.read(root)
            } catch {
                throw ChatFailure(
                    .invalidResponse, "sent an event that is no part of an answer", providerMessage: error.message)
            }
            if FailureReport.isStated(in: root) { throw endpoint.failure(unexpected: endpoint.wire.report(data)) }
            for step in steps { try keep(step, &events) }
            if reader.isComplete, reader.endsItself { finish(&events) }
        }
    }

    private mutating func keep(_ step: ChatEvent, _ events: inout [ChatEvent]) throws(ChatFailure) {
        switch step.kind {
        case .usage(let counted): usage = counted
        case .finish: isFinished = true
        case .failure(let failure): throw failure
        case .start, .text, .refusal, .reasoning, .reasoningSignature, .encryptedReasoning, .toolCall, .toolArguments,
            .logprobs, .end:
            break
        }
        events.append(step)
    }

    /// Some servers answer a stream that they refuse with one JSON object and the status 200.
    private func refuse(_ body: [UInt8]) throws(ChatFailure) {
        do {
            _ = try JSONNode(body)
        } catch {
            // Half a document states nothing.
            return
        }
        let report = endpoint.wire.report(body)
        guard report.message != nil || report.code != nil else { return }
        throw endpoint.failure(unexpected: report)
    }

    private mutating func finish(_ events: inout [ChatEvent]) {
        isOver = true
        events.append(ChatEvent(.end))
    }

    private mutating func fail(_ failure: ChatFailure, _ events: inout [ChatEvent]) {
        isOver = true
        var failure = failure
        if failure.provider == nil {
            failure.provider = endpoint.provider.name
            failure.message = "provider \(endpoint.provider.name) \(failure.message)"
        }
        if reader.isBegun, failure.code != .streamInterrupted {
            failure.code = .streamInterrupted
            failure.isTransient = true
        } else if !reader.isBegun, failure.code == .streamInterrupted {
            // Of an answer of which nothing was there.
            failure.code = .providerError
        }
        events.append(ChatEvent(.failure(failure)))
    }
}
