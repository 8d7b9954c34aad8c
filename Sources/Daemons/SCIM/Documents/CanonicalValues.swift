import JSON

extension ResourceSchema {
    /// The writable members of a body, by the names of this schema: names count whatever the case of their letters, members
    /// of other schemas and those that only the server writes are left out, as RFC 7644 §3.3 has it.
    func canonical(_ body: JSONObject) throws(SCIMProblem) -> JSONObject {
        var resource = JSONObject()
        for member in body.members {
            guard let path = AttributePath(member.key), path.subAttribute == nil else { continue }
            switch meaning(of: path) {
            case .attribute(let attribute, _) where attribute.mutability != .readOnly:
                if let value = try attribute.canonical(member.value) { resource[attribute.name] = value }
            case .attribute, .resource, .disregarded, .unknown: continue
            }
        }
        return resource
    }
}

extension AttributeDefinition {
    /// A value as this attribute holds it; `nil` for none. Identity providers write some values in their own way: `"False"`
    /// for `false`, one element for an array of one, a text for an element's `value`.
    func canonical(_ value: JSONValue) throws(SCIMProblem) -> JSONValue? {
        if value.isNull { return nil }
        guard isMultiValued else { return try canonicalElement(value) }
        var elements: [JSONValue] = []
        for element in value.arrayValue ?? [value] {
            if let element = try canonicalElement(element) { elements.append(element) }
        }
        return elements.isEmpty ? nil : .array(elements)
    }

    /// One value, or one of several.
    func canonicalElement(_ value: JSONValue) throws(SCIMProblem) -> JSONValue? {
        if value.isNull { return nil }
        if kind != .complex, let wrapped = Self.unwrapped(value) { return try canonicalElement(wrapped) }
        switch kind {
        case .complex: return try canonicalObject(value)
        case .boolean:
            if value.boolValue != nil { return value }
            if let flag = value.stringValue.flatMap({ Bool($0.lowercased()) }) { return .bool(flag) }
            throw SCIMProblem(.invalidValue, "\(name): Must be true or false.")
        case .integer:
            if value.integerValue != nil { return value }
            throw SCIMProblem(.invalidValue, "\(name): Must be a whole number.")
        case .string, .reference, .dateTime:
            if value.stringValue != nil { return value }
            throw SCIMProblem(.invalidValue, "\(name): Must be a text.")
        }
    }

    /// The one value in `[{"value": …}]`, as Entra ID writes it for attributes that have one value only.
    private static func unwrapped(_ value: JSONValue) -> JSONValue? {
        guard let elements = value.arrayValue, elements.count == 1 else { return nil }
        return elements[0].objectValue?[Self.value]
    }

    private func canonicalObject(_ value: JSONValue) throws(SCIMProblem) -> JSONValue? {
        guard let object = value.objectValue else {
            guard isMultiValued, let text = value.stringValue else {
                throw SCIMProblem(.invalidValue, "\(name): Must be an object.")
            }
            return .object([Self.value: .string(text)])
        }
        var members = JSONObject()
        for member in object.members {
            guard let part = subAttribute(member.key), part.mutability != .readOnly else { continue }
            if let value = try part.canonical(member.value) { members[part.name] = value }
        }
        return members.isEmpty ? nil : .object(members)
    }

    /// The attribute of an element that says which one it is (RFC 7643 §2.4).
    static let value = "value"
    /// The attribute of an element that only one of them may have as true.
    static let primary = "primary"
}
