/// One part of a `multipart/form-data` body.
package struct MultipartPart: Sendable, Hashable {
    /// The field that it is the value of.
    package let name: String
    /// Set where the part is a file.
    package let fileName: String?
    package let contentType: String?
}

/// Takes a `multipart/form-data` body apart while it comes in, in pieces of any size.
struct MultipartParser {
    /// What a piece of the body turned out to be.
    enum Event: Hashable {
        case part(MultipartPart)
        /// Bytes of the part that was told of last.
        case bytes([UInt8])
    }

    private enum State {
        /// What stands before the first boundary means nothing.
        case preamble
        /// Right behind a boundary.
        case boundary
        case headers
        case content
        /// Behind the last boundary.
        case ended
    }

    /// The longest head of a part.
    private static let longestHead = 16 << 10
    private static let lineEnd: [UInt8] = [13, 10]
    private static let headEnd: [UInt8] = [13, 10, 13, 10]

    private let delimiter: [UInt8]
    private var state = State.preamble
    // A boundary begins with a line end, also the first one, which may be the first thing there is.
    private var buffer: [UInt8] = lineEnd

    init(boundary: String) { delimiter = Self.lineEnd + Array("--\(boundary)".utf8) }

    /// Whether the last boundary has been seen.
    var hasEnded: Bool {
        if case .ended = state { true } else { false }
    }

    /// Takes the next bytes, and says what they brought.
    /// - Throws: `APIProblem` when they are not what a multipart body is made of.
    mutating func feed(_ bytes: [UInt8]) throws(APIProblem) -> [Event] {
        buffer += bytes
        var events: [Event] = []
        var position = 0
        while try step(&position, &events) {}
        buffer.removeFirst(position)
        return events
    }

    /// Reads one thing from `position` on; false when more bytes are needed for it.
    private mutating func step(_ position: inout Int, _ events: inout [Event]) throws(APIProblem) -> Bool {
        switch state {
        case .preamble, .content: return passContent(&position, &events)
        case .boundary:
            guard buffer.count - position >= 2 else { return false }
            guard buffer[position] == UInt8(ascii: "-"), buffer[position + 1] == UInt8(ascii: "-") else {
                state = .headers
                return true
            }
            state = .ended
            return true
        case .headers:
            guard let end = find(Self.headEnd, from: position) else {
                guard buffer.count - position <= Self.longestHead else {
                    throw .malformed("A part of the multipart body has a head that is too long.")
                }
                return false
            }
            events.append(.part(try Self.part(of: buffer[position..<end])))
            position = end + Self.headEnd.count
            state = .content
            return true
        case .ended:
            position = buffer.count
            return false
        }
    }

    /// Takes what stands before the next boundary; without one in sight, all but what may be its beginning.
    private mutating func passContent(_ position: inout Int, _ events: inout [Event]) -> Bool {
        let end = find(delimiter, from: position)
        let upTo = end ?? max(position, buffer.count - delimiter.count + 1)
        if case .content = state, upTo > position { events.append(.bytes(Array(buffer[position..<upTo]))) }
        position = upTo
        guard end != nil else { return false }
        position += delimiter.count
        state = .boundary
        return true
    }

    private func find(_ wanted: [UInt8], from start: Int) -> Int? {
        let last = buffer.count - wanted.count
        guard last >= start else { return nil }
        let bytes = buffer.span
        var index = start
        while index <= last {
            var matched = 0
            while matched < wanted.count, bytes[index + matched] == wanted[matched] { matched += 1 }
            if matched == wanted.count { return index }
            index += 1
        }
        return nil
    }

    /// What the head of a part says.
    private static func part(of head: ArraySlice<UInt8>) throws(APIProblem) -> MultipartPart {
        var name: String?
        var fileName: String?
        var contentType: String?
        for line in String(decoding: head, as: UTF8.self).split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            switch line[..<colon].lowercased() {
            case "content-disposition":
                name = parameter("name", of: value)
                fileName = parameter("filename", of: value)
            case "content-type": contentType = String(value)
            default: continue
            }
        }
        guard let name else { throw .malformed("A part of the multipart body has no name.") }
        return MultipartPart(name: name, fileName: fileName, contentType: contentType)
    }

    /// A parameter of a header field: `form-data; name="a"; filename="b.csv"`. Within quotes, clients write a quote as `\"`
    /// or as `%22`.
    private static func parameter(_ wanted: String, of value: Substring) -> String? {
        var rest = value[...]
        while let semicolon = rest.firstIndex(of: ";") {
            rest = rest[rest.index(after: semicolon)...].drop { $0 == " " }
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let name = rest[..<equals]
            rest = rest[rest.index(after: equals)...]
            let text: String
            if rest.first == "\"" {
                (text, rest) = quoted(rest.dropFirst())
            } else {
                text = String(rest.prefix { $0 != ";" })
                rest = rest.dropFirst(text.count)
            }
            if name.lowercased() == wanted { return text.replacing("%22", with: "\"") }
        }
        return nil
    }

    private static func quoted(_ text: Substring) -> (String, Substring) {
        var value = ""
        var index = text.startIndex
        while index < text.endIndex, text[index] != "\"" {
            let next = text.index(after: index)
            if text[index] == "\\", next < text.endIndex, text[next] == "\"" || text[next] == "\\" { index = next }
            value.append(text[index])
            index = text.index(after: index)
        }
        return (value, index < text.endIndex ? text[text.index(after: index)...] : "")
    }
}
