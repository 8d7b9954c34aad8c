internal import JSON

/// A JSON Schema of the drafts 2020-12 and 7, checked when it is made: what this accepts can be applied.
///
/// The vocabulary is that of both drafts without references out of the document, without `$dynamicRef`, and with `format`
/// and the `content…` keywords as annotations, which the drafts leave open. Patterns are searched in linear time, so that
/// those which need to go back are refused (``Pattern``).
struct JSONSchema: Sendable {
    enum Draft: Sendable {
        case seven
        case twentyTwenty
    }

    let draft: Draft
    let root: JSONValue
    /// What the references of the document refer to, by their text.
    private(set) var targets: [String: JSONValue] = [:]
    /// The patterns of the document, by their text.
    private(set) var patterns: [String: Pattern] = [:]
    /// Whether a keyword asks which members or elements others have looked at.
    private(set) var asksForUnevaluated = false

    init(_ root: JSONValue) throws(SchemaError) {
        self.root = root
        draft = try Self.draft(of: root)
        var check = SchemaCheck(draft, root)
        try check.run()
        targets = check.targets
        patterns = check.patterns
        asksForUnevaluated = check.asksForUnevaluated
    }

    private static func draft(of root: JSONValue) throws(SchemaError) -> Draft {
        guard let said = root["$schema"] else { return .twentyTwenty }
        switch said.stringValue?.split(separator: "#", omittingEmptySubsequences: false).first {
        case "https://json-schema.org/draft/2020-12/schema": return .twentyTwenty
        case "http://json-schema.org/draft-07/schema", "https://json-schema.org/draft-07/schema": return .seven
        case _:
            throw SchemaError(
                path: [.member("$schema")],
                message: "is \(said), and supported are https://json-schema.org/draft/2020-12/schema and "
                    + "http://json-schema.org/draft-07/schema")
        }
    }
}

/// Why a schema is refused.
struct SchemaError: Error, Sendable, Hashable, CustomStringConvertible {
    let path: JSONPath
    let message: String

    var description: String { "\(path.text) \(message)" }
}
