/// Why a request's body could not be read to its end.
package enum HTTPBodyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// It is longer than `limit` bytes.
    case tooLarge(limit: Int)
    /// No more of it will come: the client left before it had sent everything, or the request was answered meanwhile.
    case clientGone
    /// The client sends too slowly, or the reading task was cancelled by its own deadline.
    case timedOut

    package var description: String {
        switch self {
        case .tooLarge(let limit): "the request body is longer than \(limit) bytes"
        case .clientGone: "the client left, or was answered, before the request body was read"
        case .timedOut: "the request body did not arrive in time"
        }
    }
}

/// A request's body, read once, in order, by the task that serves the request, before it answers.
///
/// Nothing large is read from the network before it is asked for, and never more than a bounded part ahead. What is
/// not read when the handler returns its response is given up: a streamed response cannot read on.
package struct HTTPRequestBody: Sendable {
    let stream: BodyStream?

    /// No body.
    package static let empty = HTTPRequestBody(nil)

    init(_ stream: BodyStream?) { self.stream = stream }

    /// A body that is here already.
    package init(_ bytes: [UInt8]) {
        self.init(bytes.isEmpty ? nil : BodyStream(of: bytes))
    }

    /// The next bytes, `nil` after the last. Asking is what lets the client send more.
    package func next() async throws(HTTPBodyError) -> [UInt8]? {
        guard let stream else { return nil }
        return try await stream.next()
    }

    /// The rest of the body as one array.
    /// - Throws: `.tooLarge` as soon as more than `limit` bytes are announced or have come.
    package func collect(upTo limit: Int) async throws(HTTPBodyError) -> [UInt8] {
        guard let stream else { return [] }
        if let length = stream.announcedLength, length > limit { throw .tooLarge(limit: limit) }
        guard var all = try await stream.next() else { return [] }
        // The usual small body is here in one piece. A longer one gets room at once, but not all that is only announced.
        if let length = stream.announcedLength, length > all.count { all.reserveCapacity(min(length, 1 << 20)) }
        while all.count <= limit, let more = try await stream.next() { all += more }
        guard all.count <= limit else { throw .tooLarge(limit: limit) }
        return all
    }
}
