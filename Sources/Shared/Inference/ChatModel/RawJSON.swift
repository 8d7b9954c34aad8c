package import JSON

/// A JSON value that is passed on as it came: schemas, arguments of tools, members that only one provider knows.
///
/// Whoever makes one has checked that the bytes are one value. Two are equal when their bytes are.
package struct RawJSON: Sendable, Hashable, CustomStringConvertible {
    /// The value, in UTF-8.
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package init(_ text: String) { bytes = Array(text.utf8) }

    /// The value as text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package var description: String { text }
}

/// A member that has no neutral meaning, kept for providers that speak the caller's dialect.
package struct ChatExtra: Sendable, Hashable {
    package let name: String
    package let value: RawJSON

    package init(_ name: String, _ value: RawJSON) {
        self.name = name
        self.value = value
    }
}

/// A wire language that callers speak.
package enum ChatDialect: String, Sendable, Hashable, CaseIterable {
    /// OpenAI's `POST /v1/chat/completions`.
    case chatCompletions = "chat_completions"
    /// OpenAI's `POST /v1/responses`.
    case responses
    /// Anthropic's `POST /v1/messages`.
    case messages
}

extension JSONWriter {
    /// A value as it is.
    package mutating func write(_ value: RawJSON) { writeRaw(value.bytes) }

    /// A member as it is; left out when there is none.
    package mutating func member(_ name: String, _ value: RawJSON?) {
        guard let value else { return }
        key(name)
        writeRaw(value.bytes)
    }
}
