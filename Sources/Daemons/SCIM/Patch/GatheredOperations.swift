import JSON

extension [PatchOperation] {
    /// The same operations, those on the members of a group that follow each other made one: identity providers send
    /// hundreds of them, each for one member, and each would be looked for among thousands.
    func gathered(for schema: ResourceSchema) -> [PatchOperation] {
        var gathered: [PatchOperation] = []
        var open: MemberSet?
        for operation in self {
            guard let next = MemberSet(operation, schema) else {
                if let ended = open { gathered.append(ended.operation) }
                open = nil
                gathered.append(operation)
                continue
            }
            if open?.takes(next) == true {
                open?.values += next.values
            } else {
                if let ended = open { gathered.append(ended.operation) }
                open = next
            }
        }
        if let ended = open { gathered.append(ended.operation) }
        return gathered
    }
}

/// Elements, named by their values, that come to an attribute or go.
private struct MemberSet {
    let kind: PatchOperation.Kind
    let attribute: AttributePath
    var values: [JSONValue]

    /// `nil` for an operation that says anything else.
    init?(_ operation: PatchOperation, _ schema: ResourceSchema) {
        guard operation.kind != .replace, let path = operation.path, path.subAttribute == nil,
            case .attribute(let attribute, nil) = schema.meaning(of: path.attribute), attribute.isMultiValued,
            attribute.mutability == .readWrite,
            // Where letters count whatever their case, or one element makes others secondary, the order of steps matters.
            attribute.subAttribute(AttributeDefinition.value)?.isCaseExact == true,
            attribute.subAttribute(AttributeDefinition.primary) == nil
        else { return nil }
        if let filter = path.filter {
            guard operation.kind == .remove, operation.value.map(\.isNull) ?? true, let names = Self.names(filter)
            else {
                return nil
            }
            values = names.map { .object([AttributeDefinition.value: .string($0)]) }
        } else {
            guard let value = operation.value, !value.isNull else { return nil }
            values = value.arrayValue ?? [value]
        }
        kind = operation.kind
        self.attribute = path.attribute
    }

    func takes(_ other: MemberSet) -> Bool {
        kind == other.kind && attribute.name.lowercased() == other.attribute.name.lowercased()
    }

    var operation: PatchOperation {
        PatchOperation(
            kind: kind, path: PatchPath(attribute: attribute, filter: nil, subAttribute: nil), value: .array(values))
    }

    /// The values that a filter names one after the other; `nil` for one that says anything else.
    private static func names(_ filter: FilterExpression) -> [String]? {
        switch filter {
        case .compares(let path, .equal, .text(let name)):
            return path.subAttribute == nil && path.name.lowercased() == AttributeDefinition.value ? [name] : nil
        case .any(let parts):
            var all: [String] = []
            for part in parts {
                guard let names = names(part) else { return nil }
                all += names
            }
            return all
        case .compares, .all, .not, .present, .element: return nil
        }
    }
}
