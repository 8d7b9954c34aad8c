/// One event of an event stream (WHATWG HTML, "Server-sent events").
package struct ServerSentEvent: Sendable, Hashable {
    /// The name, `nil` for the usual `message`.
    package var event: String?
    /// The data, lines separated by LF. Bytes, because what is in it is mostly parsed as JSON next.
    package var data: [UInt8]
    /// The id that a client gives as `Last-Event-ID` when it connects again; `nil` to leave the last one in force.
    package var id: String?

    /// An event with its data as bytes.
    package init(event: String? = nil, data: [UInt8], id: String? = nil) {
        self.event = event
        self.data = data
        self.id = id
    }

    /// An event with its data as text.
    package init(event: String? = nil, text: String, id: String? = nil) {
        self.init(event: event, data: Array(text.utf8), id: id)
    }

    /// The data as text.
    package var text: String { String(decoding: data, as: UTF8.self) }
}

/// Reads an event stream in pieces of any size.
///
/// Line ends (CR, LF, CRLF) and characters may be split between two pieces. An event that the stream breaks off is
/// dropped, as the specification asks.
package struct ServerSentEvents: Sendable {
    /// A line or an event is larger than allowed; the stream cannot be read further.
    package struct TooLarge: Error, Sendable, CustomStringConvertible {
        /// The limit in bytes.
        package let limit: Int
        package var description: String { "an event of the stream is larger than \(limit) bytes" }
    }

    /// The last id that an event brought; what to send as `Last-Event-ID` when connecting again.
    package private(set) var lastEventID = ""
    /// How long the server asks to wait before connecting again, when it does.
    package private(set) var retry: Duration?

    private let limit: Int
    private var line: [UInt8] = []
    private var endedWithCR = false
    private var isFirstLine = true

    private var event: String?
    private var data: [UInt8] = []
    private var hasData = false
    private var id: String?

    /// A parser for events of at most `limit` bytes each.
    package init(limit: Int = 1 << 20) {
        self.limit = limit
    }

    /// Takes the next piece of the stream. Returns the events that are complete with it.
    package mutating func feed(_ bytes: [UInt8]) throws(TooLarge) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        var start = 0
        while start < bytes.count {
            if bytes[start] == 10, endedWithCR {
                endedWithCR = false
                start += 1
                continue
            }
            var end = start
            while end < bytes.count, bytes[end] != 10, bytes[end] != 13 { end += 1 }
            guard line.count + data.count + end - start <= limit else { throw TooLarge(limit: limit) }
            line += bytes[start..<end]
            endedWithCR = end < bytes.count && bytes[end] == 13
            if end < bytes.count, let event = lineEnded() { events.append(event) }
            start = end + 1
        }
        return events
    }

    private mutating func lineEnded() -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xef, 0xbb, 0xbf]) { line.removeFirst(3) }
        }
        guard !line.isEmpty else { return dispatch() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.count
        var value = line[min(colon + 1, line.count)...]
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        take(line[..<colon], value)
        return nil
    }

    private mutating func take(_ field: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
        if field.elementsEqual("data".utf8) {
            if hasData { data.append(10) }
            data += value
            hasData = true
        } else if field.elementsEqual("event".utf8) {
            event = value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
        } else if field.elementsEqual("id".utf8) {
            guard !value.contains(0) else { return }
            id = String(decoding: value, as: UTF8.self)
        } else if field.elementsEqual("retry".utf8) {
            let isNumber = value.allSatisfy { (48...57).contains($0) }
            guard isNumber, let number = Int(String(decoding: value, as: UTF8.self)) else { return }
            retry = .milliseconds(number)
        }
        // A comment is a line whose field name is empty; other names are to be ignored.
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            event = nil
            data = []
            hasData = false
            id = nil
        }
        // An id counts once its event is complete, even when that has no data.
        if let id { lastEventID = id }
        return hasData ? ServerSentEvent(event: event, data: data, id: id) : nil
    }
}

extension ServerSentEvent {
    /// The event as it stands in a stream. Line breaks in the name and the id, which could forge fields, are left out.
    package func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.count + 64)
        if let event { Self.append("event", Self.oneLine(event), to: &bytes) }
        if let id { Self.append("id", Self.oneLine(id), to: &bytes) }
        var rest = data[...]
        while let end = rest.firstIndex(where: { $0 == 10 || $0 == 13 }) {
            Self.append("data", rest[..<end], to: &bytes)
            let isPair = rest[end] == 13 && end + 1 < rest.endIndex && rest[end + 1] == 10
            rest = rest[(end + (isPair ? 2 : 1))...]
        }
        Self.append("data", rest, to: &bytes)
        bytes.append(10)
        return bytes
    }

    /// A comment, which keeps a connection alive and is no event.
    package static func comment(_ text: String) -> [UInt8] {
        [UInt8(ascii: ":"), UInt8(ascii: " ")] + oneLine(text) + [10, 10]
    }

    /// Asks clients to wait so long before they connect again.
    package static func retry(after delay: Duration) -> [UInt8] {
        Array("retry: \(Int64(min(max(0, delay / .milliseconds(1)), 1e15)))\n\n".utf8)
    }

    private static func append(_ field: StaticString, _ value: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        bytes += "\(field): ".utf8
        bytes += value
        bytes.append(10)
    }

    private static func oneLine(_ text: String) -> [UInt8] {
        text.utf8.filter { $0 != 10 && $0 != 13 && $0 != 0 }
    }
}
