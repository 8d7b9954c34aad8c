/// A reply of the server.
package enum RedisValue: Sendable, Hashable {
    case null
    case integer(Int64)
    /// A bulk string: any bytes.
    case string([UInt8])
    /// A short text such as `OK`.
    case status(String)
    /// An error inside a larger reply; one that is the whole reply is thrown.
    case error(String)
    case array([RedisValue])

    /// Whether this is null.
    package var isNull: Bool { self == .null }

    /// The text of a string or status, invalid UTF-8 repaired; else nil.
    package var text: String? {
        switch self {
        case .string(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        case .null, .integer, .error, .array: nil
        }
    }

    /// The bytes of a string; else nil.
    package var bytes: [UInt8]? {
        guard case .string(let bytes) = self else { return nil }
        return bytes
    }

    /// An integer, also one written as a string; else nil.
    package var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .string, .status: text.flatMap { Int64($0) }
        case .null, .error, .array: nil
        }
    }

    /// The elements of an array; else nil.
    package var array: [RedisValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }
}

/// A word of a command: text, number or bytes.
package struct RedisArgument: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    private enum Content: Sendable, Hashable {
        case text(String)
        case bytes([UInt8])
    }

    private let content: Content

    package init(_ text: String) { content = .text(text) }
    package init(_ bytes: [UInt8]) { content = .bytes(bytes) }
    package init(_ number: some BinaryInteger) { content = .text(String(number)) }
    package init(_ number: Double) { content = .text(number.description) }
    package init(stringLiteral text: String) { content = .text(text) }
    package init(integerLiteral number: Int64) { content = .text(String(number)) }

    fileprivate func append(to output: inout [UInt8]) {
        switch content {
        case .text(let text):
            output.appendDecimal(text.utf8.count, after: "$")
            output.append(contentsOf: text.utf8)
        case .bytes(let bytes):
            output.appendDecimal(bytes.count, after: "$")
            output.append(contentsOf: bytes)
        }
        output.append(contentsOf: "\r\n".utf8)
    }
}

extension [UInt8] {
    /// Appends a command in the server's protocol: an array of bulk strings.
    mutating func append(command: [RedisArgument]) {
        appendDecimal(command.count, after: "*")
        for argument in command { argument.append(to: &self) }
    }

    fileprivate mutating func appendDecimal(_ number: Int, after mark: Unicode.Scalar) {
        append(UInt8(ascii: mark))
        if number < 10 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number))
        } else {
            append(contentsOf: String(number).utf8)
        }
        append(contentsOf: "\r\n".utf8)
    }
}
