import JSON

/// A resource that operations of PATCH are done to, one after the other. Its members are canonical, and the writable ones.
struct PatchedResource {
    let schema: ResourceSchema
    private(set) var members: JSONObject

    init(_ members: JSONObject, of schema: ResourceSchema) {
        self.members = members
        self.schema = schema
    }

    /// Does one operation.
    mutating func apply(_ operation: PatchOperation) throws(SCIMProblem) {
        guard let path = operation.path else { return try applyToWhole(operation.kind, operation.value) }
        switch schema.meaning(of: path.attribute, part: path.subAttribute) {
        case .resource: try applyToWhole(operation.kind, operation.value)
        case .disregarded: return
        case .unknown:
            throw SCIMProblem(.invalidPath, "path: A \(schema.name) has no “\(path.attribute.spelling)”.")
        case .attribute(let attribute, let part):
            // What a resource is made of is named by some who add to it; that is the server's to say.
            if attribute.name == "schemas" { return }
            guard attribute.mutability != .readOnly, part?.mutability != .readOnly else {
                throw SCIMProblem(.mutability, "path: “\(path.attribute.spelling)” cannot be changed.")
            }
            let target = Target(attribute: attribute, filter: path.filter, part: part)
            try apply(operation.kind, operation.value, to: target)
        }
    }

    /// What an operation is done to.
    private struct Target {
        let attribute: AttributeDefinition
        let filter: FilterExpression?
        let part: AttributeDefinition?
    }

    /// Without a path the value names what is changed. Its names may be paths, which is how Entra ID writes them; what only
    /// the server writes is left alone, since Okta sends the identifier along.
    private mutating func applyToWhole(_ kind: PatchOperation.Kind, _ value: JSONValue?) throws(SCIMProblem) {
        guard kind != .remove else { throw SCIMProblem(.noTarget, "path: What is to be removed?") }
        guard let object = value?.objectValue else {
            throw SCIMProblem(.invalidValue, "value: Without a path it must be an object.")
        }
        for member in object.members {
            let path = try FilterParser.path(member.key)
            switch schema.meaning(of: path.attribute, part: path.subAttribute) {
            case .resource: try applyToWhole(kind, member.value)
            case .attribute(let attribute, let part)
            where attribute.mutability != .readOnly && part?.mutability != .readOnly:
                try apply(kind, member.value, to: Target(attribute: attribute, filter: path.filter, part: part))
            case .attribute, .disregarded, .unknown: continue
            }
        }
    }

    private mutating func apply(
        _ kind: PatchOperation.Kind, _ value: JSONValue?, to target: Target
    ) throws(SCIMProblem) {
        let attribute = target.attribute
        if attribute.isMultiValued {
            var elements = PatchedElements(members[attribute.name]?.arrayValue ?? [], of: attribute)
            if target.filter != nil || target.part != nil {
                try elements.change(kind, value, where: target.filter, part: target.part)
            } else {
                try elements.apply(kind, value)
            }
            members[attribute.name] = elements.values.isEmpty ? nil : .array(elements.values)
            return
        }
        guard target.filter == nil else {
            throw SCIMProblem(.invalidPath, "path: “\(attribute.name)” has one value only, and no filter.")
        }
        if let part = target.part {
            var object = members[attribute.name]?.objectValue ?? JSONObject()
            object[part.name] = kind == .remove ? nil : try part.canonical(value ?? .null)
            members[attribute.name] = object.isEmpty ? nil : .object(object)
        } else if kind == .remove {
            guard !attribute.isRequired else {
                throw SCIMProblem(.invalidValue, "“\(attribute.name)” cannot be removed.")
            }
            members[attribute.name] = nil
        } else {
            try set(attribute, to: value ?? .null)
        }
    }

    /// Of something that has parts those stay that are not named (RFC 7644 §3.5.2.3).
    private mutating func set(_ attribute: AttributeDefinition, to value: JSONValue) throws(SCIMProblem) {
        let canonical = try attribute.canonical(value)
        guard attribute.kind == .complex, var merged = members[attribute.name]?.objectValue,
            let changed = canonical?.objectValue
        else {
            members[attribute.name] = canonical
            return
        }
        for member in changed.members { merged[member.key] = member.value }
        members[attribute.name] = .object(merged)
    }
}
