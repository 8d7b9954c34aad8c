import JSON

/// The body of a PATCH (RFC 7644 §3.5.2).
struct PatchRequest {
    let operations: [PatchOperation]

    private static let mostOperations = 1000

    /// Reads the body; `Operations` in whatever case.
    init(_ body: JSONObject) throws(SCIMProblem) {
        guard let list = body.members.first(where: { $0.key.lowercased() == "operations" })?.value.arrayValue else {
            throw SCIMProblem(.invalidSyntax, "Operations: A list of operations is missing.")
        }
        guard list.count <= Self.mostOperations else {
            throw SCIMProblem(.tooMany, "Operations: No more than \(Self.mostOperations) are done at once.")
        }
        var operations: [PatchOperation] = []
        for value in list {
            guard let object = value.objectValue else {
                throw SCIMProblem(.invalidSyntax, "Operations: Each of them must be an object.")
            }
            operations.append(try PatchOperation(object))
        }
        self.operations = operations
    }
}

/// One step of a PATCH.
struct PatchOperation {
    enum Kind: String, CaseIterable {
        case add
        case remove
        case replace
    }

    let kind: Kind
    /// `nil` for the resource itself.
    let path: PatchPath?
    let value: JSONValue?

    init(kind: Kind, path: PatchPath?, value: JSONValue?) {
        self.kind = kind
        self.path = path
        self.value = value
    }

    /// Reads an operation. Some write its name with a capital.
    init(_ object: JSONObject) throws(SCIMProblem) {
        let word = object["op"]?.stringValue ?? ""
        guard let kind = Kind(rawValue: word.lowercased()) else {
            throw SCIMProblem(.invalidSyntax, "op: “\(word)” is not add, remove or replace.")
        }
        self.kind = kind
        value = object["value"]
        switch object["path"] {
        case .string(let text) where !text.isEmpty: path = try FilterParser.path(text)
        case .string, .null, nil: path = nil
        case .bool, .integer, .number, .array, .object:
            throw SCIMProblem(.invalidPath, "path: Must be a text.")
        }
        if kind != .remove, value == nil {
            throw SCIMProblem(.invalidValue, "value: An operation to \(kind.rawValue) needs one.")
        }
    }
}
