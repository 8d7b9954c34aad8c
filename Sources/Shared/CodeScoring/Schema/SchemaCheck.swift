internal import JSON

/// Goes through a schema once: are the keywords well-formed, where do references lead, do the patterns compile?
struct SchemaCheck {
    private let draft: JSONSchema.Draft
    private let root: JSONValue
    private var anchors: [String: JSONValue] = [:]
    /// References that are still to be followed, with where they stand.
    private var pending: [(text: String, path: JSONPath)] = []
    private(set) var targets: [String: JSONValue] = [:]
    private(set) var patterns: [String: Pattern] = [:]
    private(set) var asksForUnevaluated = false

    init(_ draft: JSONSchema.Draft, _ root: JSONValue) {
        self.draft = draft
        self.root = root
    }

    mutating func run() throws(SchemaError) {
        try check(root, at: [])
        while let (text, path) = pending.popLast() {
            guard targets[text] == nil else { continue }
            let target = try resolve(text, at: path)
            targets[text] = target
            // It may stand where no keyword would have led.
            try check(target, at: path + [.member("$ref")])
        }
    }

    private mutating func check(_ schema: JSONValue, at path: JSONPath) throws(SchemaError) {
        if schema.boolValue != nil { return }
        guard let object = schema.objectValue else {
            throw SchemaError(path: path, message: "is no schema: an object, true or false is needed")
        }
        try checkIdentity(object, schema, at: path)
        for member in object.members {
            let path = path + [.member(member.key)]
            switch Keyword(rawValue: member.key)?.form(in: draft) {
            case .schema: try check(member.value, at: path)
            case .schemas: try checkList(member.value, at: path)
            case .schemaMap: try checkMap(member.value, at: path)
            case .schemaOrSchemas:
                if member.value.arrayValue != nil {
                    try checkList(member.value, at: path)
                } else {
                    try check(member.value, at: path)
                }
            case .dependencies: try checkDependencies(member.value, at: path)
            case .value(let isRight, let expected):
                guard isRight(member.value) else { throw SchemaError(path: path, message: "must be \(expected)") }
            case .pattern: try checkPattern(member.value, at: path)
            case .unsupported(let reason): throw SchemaError(path: path, message: reason)
            case .ignored, nil: break
            }
            if ["unevaluatedProperties", "unevaluatedItems"].contains(member.key) { asksForUnevaluated = true }
        }
        if let patterned = object["patternProperties"]?.objectValue {
            for member in patterned.members {
                try checkPattern(.string(member.key), at: path + [.member("patternProperties"), .member(member.key)])
            }
        }
    }

    private mutating func checkIdentity(
        _ object: JSONObject, _ schema: JSONValue, at path: JSONPath
    ) throws(SchemaError) {
        if let id = object["$id"]?.stringValue {
            if draft == .seven, id.hasPrefix("#") {
                anchors[String(id.dropFirst())] = schema
            } else if !path.isEmpty {
                throw SchemaError(
                    path: path + [.member("$id")], message: "gives a part a name of its own, which is not supported")
            }
        }
        for keyword in ["$anchor", "$dynamicAnchor"] {
            if let anchor = object[keyword]?.stringValue { anchors[anchor] = schema }
        }
        guard let reference = object["$ref"] else { return }
        guard let text = reference.stringValue else {
            throw SchemaError(path: path + [.member("$ref")], message: "must be a text")
        }
        pending.append((text, path + [.member("$ref")]))
    }

    private func resolve(_ text: String, at path: JSONPath) throws(SchemaError) -> JSONValue {
        var fragment = text[...]
        if let own = root["$id"]?.stringValue, !own.hasPrefix("#"), text.hasPrefix(own) {
            fragment = fragment.dropFirst(own.count)
        }
        guard fragment.isEmpty || fragment.hasPrefix("#") else {
            throw SchemaError(
                path: path, message: "refers to “\(text)”: nothing outside of the schema is ever fetched; use $defs")
        }
        let pointer = Self.percentDecoded(fragment.dropFirst())
        if pointer.isEmpty { return root }
        guard pointer.hasPrefix("/") else {
            guard let anchor = anchors[pointer] else {
                throw SchemaError(path: path, message: "refers to “\(text)”, and there is no such anchor")
            }
            return anchor
        }
        var value = root
        for part in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let name = String(part.replacing("~1", with: "/").replacing("~0", with: "~"))
            guard let next = value[name] ?? Int(name).flatMap({ value[$0] }) else {
                throw SchemaError(path: path, message: "refers to “\(text)”, where there is nothing")
            }
            value = next
        }
        return value
    }

    private static func percentDecoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            guard byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(value)
            rest.removeFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func checkList(_ value: JSONValue, at path: JSONPath) throws(SchemaError) {
        guard let schemas = value.arrayValue, !schemas.isEmpty else {
            throw SchemaError(path: path, message: "must be a list of schemas")
        }
        for (index, schema) in schemas.enumerated() { try check(schema, at: path + [.element(index)]) }
    }

    private mutating func checkMap(_ value: JSONValue, at path: JSONPath) throws(SchemaError) {
        guard let object = value.objectValue else {
            throw SchemaError(path: path, message: "must be an object of schemas")
        }
        for member in object.members { try check(member.value, at: path + [.member(member.key)]) }
    }

    private mutating func checkDependencies(_ value: JSONValue, at path: JSONPath) throws(SchemaError) {
        guard let object = value.objectValue else { throw SchemaError(path: path, message: "must be an object") }
        for member in object.members where !Keyword.isListOfTexts(member.value) {
            try check(member.value, at: path + [.member(member.key)])
        }
    }

    private mutating func checkPattern(_ value: JSONValue, at path: JSONPath) throws(SchemaError) {
        guard let text = value.stringValue else { throw SchemaError(path: path, message: "must be a text") }
        do {
            patterns[text] = try Pattern(text)
        } catch {
            throw SchemaError(path: path, message: "is no pattern: \(error)")
        }
    }
}
