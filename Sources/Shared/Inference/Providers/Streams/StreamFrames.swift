internal import ChatModel
internal import HTTPMessages

/// Finds the events in a provider's bytes.
struct StreamFrames: Sendable {
    /// How a stream is framed.
    enum Framing: Sendable {
        /// As server-sent events.
        case serverSent
        /// In AWS's binary event stream.
        case amazon
    }

    /// One event.
    enum Event: Sendable {
        /// A JSON document.
        case data([UInt8])
        /// The `[DONE]` of OpenAI's streams.
        case done
        /// An error in the frame itself.
        case exception(FailureReport)
    }

    /// How much is kept of a document that came instead of a stream.
    private static let longestDocument = 4 << 20

    private let framing: Framing
    private var events: ServerSentEvents
    private var messages: AmazonEventStream
    private var hasBegun = false
    /// What came so far, when it is no stream at all but a JSON document: servers answer errors so, and some all else.
    private(set) var document: [UInt8]?

    init(_ framing: Framing, longest: Int) {
        self.framing = framing
        events = ServerSentEvents(limit: longest)
        messages = AmazonEventStream(limit: longest)
    }

    mutating func feed(_ bytes: [UInt8]) throws(ChatFailure) -> [Event] {
        // A frame of Amazon's begins with its length, in which any byte may stand, but never so much in the first one.
        if !hasBegun, let first = framing == .amazon ? bytes.first : bytes.first(where: { $0 > 32 }) {
            hasBegun = true
            if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { document = [] }
        }
        if let known = document?.count {
            document? += bytes.prefix(Self.longestDocument - known)
            return []
        }
        switch framing {
        case .serverSent: return try serverSent(bytes)
        case .amazon: return try messages.feed(bytes)
        }
    }

    /// What stands at the end without the empty line that ends an event.
    mutating func end() throws(ChatFailure) -> [Event] {
        switch framing {
        case .serverSent: return document == nil ? try serverSent(Array("\n\n".utf8)) : []
        case .amazon:
            guard messages.isBetweenFrames else { throw ChatFailure(.streamInterrupted, "broke the answer off") }
            return []
        }
    }

    private mutating func serverSent(_ bytes: [UInt8]) throws(ChatFailure) -> [Event] {
        do {
            return try events.feed(bytes).map { $0.data.elementsEqual("[DONE]".utf8) ? .done : .data($0.data) }
        } catch {
            throw ChatFailure(.invalidResponse, "sent an event longer than \(error.limit) bytes")
        }
    }
}
