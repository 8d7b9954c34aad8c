import HTTPServing
import JSON

/// Which attributes of resources are shown (RFC 7644 §3.9).
struct AttributeSelection {
    private enum Choice {
        case byDefault
        case only([AttributePath])
        case allBut([AttributePath])
    }

    private let choice: Choice

    /// By the lists of a query or body. What is no attribute of these resources chooses nothing.
    init(attributes: [String], excluded: [String]) throws(SCIMProblem) {
        guard attributes.isEmpty || excluded.isEmpty else {
            throw SCIMProblem(.invalidValue, "Give attributes or excludedAttributes, not both.")
        }
        let paths = (attributes + excluded).compactMap { text in
            // Entra ID's validator puts filters here; the attribute is what counts.
            AttributePath(String(text.prefix { $0 != "[" }.filter { $0 != " " }))
        }
        choice = attributes.isEmpty ? (excluded.isEmpty ? .byDefault : .allBut(paths)) : .only(paths)
    }

    /// By the query of a request.
    init(_ context: RequestContext) throws(SCIMProblem) {
        try self.init(
            attributes: context.query.list("attributes"), excluded: context.query.list("excludedAttributes"))
    }

    /// Whether any of an attribute is shown, so that it is worth looking up.
    func shows(_ name: String) -> Bool {
        switch choice {
        case .byDefault: true
        case .only(let paths): paths.contains { $0.name.lowercased() == name.lowercased() }
        case .allBut(let paths):
            !paths.contains { $0.subAttribute == nil && $0.name.lowercased() == name.lowercased() }
        }
    }

    /// What is shown of a resource.
    func shown(_ resource: JSONObject, of schema: ResourceSchema) -> JSONObject {
        switch choice {
        case .byDefault: return resource
        case .only(let paths):
            return JSONObject(
                resource.members.compactMap { member in
                    guard let attribute = Self.attribute(member.key, of: schema) else { return nil }
                    if attribute.returned == .always { return (member.key, member.value) }
                    return Self.value(member.value, of: attribute, keeping: paths).map { (member.key, $0) }
                })
        case .allBut(let paths):
            return JSONObject(
                resource.members.compactMap { member in
                    guard let attribute = Self.attribute(member.key, of: schema), attribute.returned != .always else {
                        return (member.key, member.value)
                    }
                    return Self.value(member.value, of: attribute, without: paths).map { (member.key, $0) }
                })
        }
    }

    private static func attribute(_ key: String, of schema: ResourceSchema) -> AttributeDefinition? {
        schema.attributes.named(key) ?? ResourceSchema.commonAttributes.named(key)
    }

    private static func value(
        _ value: JSONValue, of attribute: AttributeDefinition, keeping paths: [AttributePath]
    ) -> JSONValue? {
        let meant = paths.filter { $0.name.lowercased() == attribute.name.lowercased() }
        if meant.isEmpty { return nil }
        let parts = meant.compactMap { $0.subAttribute?.lowercased() }
        if parts.count < meant.count { return value }
        return value.keepingMembers { parts.contains($0.lowercased()) }
    }

    private static func value(
        _ value: JSONValue, of attribute: AttributeDefinition, without paths: [AttributePath]
    ) -> JSONValue? {
        let meant = paths.filter { $0.name.lowercased() == attribute.name.lowercased() }
        let parts = meant.compactMap { $0.subAttribute?.lowercased() }
        if parts.count < meant.count { return nil }
        return parts.isEmpty ? value : value.keepingMembers { !parts.contains($0.lowercased()) }
    }
}

extension JSONValue {
    /// The object, or the objects of the array, with some of their members.
    fileprivate func keepingMembers(_ isKept: (String) -> Bool) -> JSONValue {
        switch self {
        case .object(let object):
            .object(JSONObject(object.members.filter { isKept($0.key) }.map { ($0.key, $0.value) }))
        case .array(let elements): .array(elements.map { $0.keepingMembers(isKept) })
        case .null, .bool, .integer, .number, .string: self
        }
    }
}
