/// One entry of a stream.
package struct RedisStreamEntry: Sendable {
    /// `milliseconds-sequence`.
    package let id: String
    /// Names and values in the order in which they were added.
    package let fields: [(String, [UInt8])]

    /// The value of a field, nil when absent.
    package subscript(name: String) -> [UInt8]? { fields.first { $0.0 == name }?.1 }

    static let malformed = RedisError(.protocolViolation, "a stream's entries are not in the known form")

    /// The entries in a reply of `XRANGE` or in one stream of `XREAD`.
    static func list(_ reply: RedisValue) throws(RedisError) -> [RedisStreamEntry] {
        guard let entries = reply.array else { throw malformed }
        return try entries.map { entry throws(RedisError) in
            guard let parts = entry.array, parts.count == 2, let id = parts[0].text else { throw malformed }
            // An entry deleted meanwhile has null for its fields.
            let words = parts[1].array ?? []
            guard words.count.isMultiple(of: 2) else { throw malformed }
            let fields = try stride(from: 0, to: words.count, by: 2).map { index throws(RedisError) in
                guard let name = words[index].text, let value = words[index + 1].bytes else { throw malformed }
                return (name, value)
            }
            return RedisStreamEntry(id: id, fields: fields)
        }
    }
}
