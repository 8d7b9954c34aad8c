internal import ChatModel

/// AWS's binary event stream (`application/vnd.amazon.eventstream`), read in pieces of any size.
///
/// A message is: total length, length of its headers, checksum of these two; headers; payload; checksum of everything.
/// Numbers are big-endian, checksums CRC-32.
struct AmazonEventStream: Sendable {
    /// Lengths and their checksum.
    private static let preludeLength = 12
    private static let longestHeaders = 128 << 10

    private let limit: Int
    private var pending: [UInt8] = []

    init(limit: Int) { self.limit = limit }

    /// Whether no message has begun that has not ended.
    var isBetweenFrames: Bool { pending.isEmpty }

    /// Takes bytes and returns what is complete with them.
    mutating func feed(_ bytes: [UInt8]) throws(ChatFailure) -> [StreamFrames.Event] {
        pending += bytes
        var events: [StreamFrames.Event] = []
        var start = 0
        while let length = try frameLength(at: start) {
            guard pending.count - start >= length else { break }
            if let event = try event(start..<start + length) { events.append(event) }
            start += length
        }
        if start > 0 { pending.removeSubrange(..<start) }
        return events
    }

    /// The length of the message at `start`; `nil` while its prelude is not complete.
    private func frameLength(at start: Int) throws(ChatFailure) -> Int? {
        guard pending.count - start >= Self.preludeLength else { return nil }
        let total = number(start)
        let headers = number(start + 4)
        guard CRC32.checksum(pending[start..<start + 8]) == UInt32(truncatingIfNeeded: number(start + 8)) else {
            throw Self.broken("a checksum that does not fit")
        }
        guard total >= Self.preludeLength + 4, total <= limit, headers <= Self.longestHeaders,
            headers <= total - Self.preludeLength - 4
        else { throw Self.broken("lengths that cannot be") }
        return total
    }

    private func event(_ frame: Range<Int>) throws(ChatFailure) -> StreamFrames.Event? {
        let end = frame.upperBound - 4
        guard CRC32.checksum(pending[frame.lowerBound..<end]) == UInt32(truncatingIfNeeded: number(end)) else {
            throw Self.broken("a checksum that does not fit")
        }
        let headersStart = frame.lowerBound + Self.preludeLength
        let payloadStart = headersStart + number(frame.lowerBound + 4)
        let headers = try headers(headersStart..<payloadStart)
        let payload = Array(pending[payloadStart..<end])
        switch headers[":message-type"] {
        case "event":
            guard let type = headers[":event-type"] else { return nil }
            // The type stands beside the payload; readers find it inside, as it is in AWS's model of the stream.
            return .data(Array("{\"\(type)\":".utf8) + (payload.isEmpty ? Array("{}".utf8) : payload) + Array("}".utf8))
        case "exception":
            var report = FailureReport(payload)
            report.code = headers[":exception-type"] ?? report.code
            report.status = report.code.flatMap(BedrockErrors.status(of:))
            return .exception(report)
        case "error":
            var report = FailureReport()
            report.message = headers[":error-message"]
            report.code = headers[":error-code"]
            report.status = report.code.flatMap(BedrockErrors.status(of:))
            return .exception(report)
        default: return nil
        }
    }

    /// The headers that are text; the others are of no use here.
    private func headers(_ range: Range<Int>) throws(ChatFailure) -> [String: String] {
        var found: [String: String] = [:]
        var position = range.lowerBound
        func take(_ count: Int) throws(ChatFailure) -> Range<Int> {
            guard count >= 0, range.upperBound - position >= count else {
                throw Self.broken("headers that are cut off")
            }
            defer { position += count }
            return position..<position + count
        }
        while position < range.upperBound {
            let nameLength = Int(pending[try take(1).lowerBound])
            let name = String(decoding: pending[try take(nameLength)], as: UTF8.self)
            let type = pending[try take(1).lowerBound]
            switch type {
            case 0, 1: break
            case 2: _ = try take(1)
            case 3: _ = try take(2)
            case 4: _ = try take(4)
            case 5, 8: _ = try take(8)
            case 9: _ = try take(16)
            case 6, 7:
                let length = try take(2)
                let value = try take(Int(pending[length.lowerBound]) << 8 | Int(pending[length.lowerBound + 1]))
                if type == 7 { found[name] = String(decoding: pending[value], as: UTF8.self) }
            default: throw Self.broken("a header of an unknown type")
            }
        }
        return found
    }

    private func number(_ start: Int) -> Int {
        (0..<4).reduce(0) { $0 << 8 | Int(pending[start + $1]) }
    }

    private static func broken(_ what: String) -> ChatFailure {
        ChatFailure(.invalidResponse, "sent an event stream with \(what)")
    }
}
