/// Strict RFC 8259 text to `JSONValue`.
///
/// Refused besides bad grammar: invalid UTF-8, lone surrogates, numbers beyond a double, too much nesting. Of a
/// repeated key the last value counts, at the place of the first.
package enum JSONParser {
    /// The document in `bytes`.
    package static func parse(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONDecodingError)
        -> JSONValue
    {
        try Tape(bytes, limits: limits).value(at: 0)
    }

    /// The document in `text`.
    package static func parse(_ text: String, limits: JSONLimits = JSONLimits()) throws(JSONDecodingError)
        -> JSONValue
    {
        try parse(Array(text.utf8), limits: limits)
    }
}
