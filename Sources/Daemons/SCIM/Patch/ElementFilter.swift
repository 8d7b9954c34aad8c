import JSON

/// Which elements of an attribute a filter between brackets means.
struct ElementFilter {
    let attribute: AttributeDefinition

    init(_ attribute: AttributeDefinition) { self.attribute = attribute }

    /// Says of elements whether they fulfil the filter. Its names are looked up once: there may be many elements.
    func matcher(_ filter: FilterExpression) throws(SCIMProblem) -> (JSONValue) -> Bool {
        switch filter {
        case .all(let parts):
            let matchers = try matchers(parts)
            return { element in matchers.allSatisfy { $0(element) } }
        case .any(let parts):
            let matchers = try matchers(parts)
            return { element in matchers.contains { $0(element) } }
        case .not(let inner):
            let matcher = try matcher(inner)
            return { !matcher($0) }
        case .present(let path):
            let name = try part(path).name
            return { $0[name] != nil }
        case .compares(let path, let comparison, let value):
            let part = try part(path)
            return { Self.compares($0[part.name], comparison, value, isExact: part.isCaseExact) }
        case .element(let path, _):
            throw SCIMProblem(.invalidPath, "path: “\(path.spelling)[”: there are no brackets within brackets.")
        }
    }

    private func matchers(_ filters: [FilterExpression]) throws(SCIMProblem) -> [(JSONValue) -> Bool] {
        var matchers: [(JSONValue) -> Bool] = []
        for filter in filters { matchers.append(try matcher(filter)) }
        return matchers
    }

    /// Whether a filter names elements by a kind that is known, and by nothing else: of each there is at most one.
    func namesKind(_ filter: FilterExpression) -> Bool {
        guard case .compares(let path, .equal, .text(let kind)) = filter, path.subAttribute == nil,
            let part = attribute.subAttribute(path.name)
        else { return false }
        return part.canonicalValues.contains(kind.lowercased())
    }

    /// An element that fulfils the filter, for adding to one that is not there: Entra ID adds `emails[type eq "work"].value`.
    func example(of filter: FilterExpression?) throws(SCIMProblem) -> JSONObject {
        var object = JSONObject()
        switch filter {
        case .compares(let path, .equal, let value):
            let part = try part(path)
            object[part.name] = try part.canonical(value.json)
        case .all(let parts):
            for inner in parts {
                for member in try example(of: inner).members { object[member.key] = member.value }
            }
        case nil: break
        case .compares, .any, .not, .present, .element:
            throw SCIMProblem(.noTarget, "path: None of the “\(attribute.name)” is meant by it.")
        }
        return object
    }

    private func part(_ path: AttributePath) throws(SCIMProblem) -> AttributeDefinition {
        guard path.subAttribute == nil, let part = attribute.subAttribute(path.name) else {
            throw SCIMProblem(.invalidPath, "path: “\(attribute.name)” have no “\(path.spelling)”.")
        }
        return part
    }

    private static func compares(
        _ found: JSONValue?, _ comparison: FilterExpression.Operator, _ wanted: FilterValue, isExact: Bool
    ) -> Bool {
        switch comparison {
        case .equal: return isEqual(found, wanted, isExact: isExact)
        case .notEqual: return !isEqual(found, wanted, isExact: isExact)
        case .contains, .startsWith, .endsWith, .greater, .greaterOrEqual, .less, .lessOrEqual: break
        }
        guard case .text(let wanted) = wanted, let found = found?.stringValue else { return false }
        let left = isExact ? found : found.lowercased()
        let right = isExact ? wanted : wanted.lowercased()
        return switch comparison {
        case .equal: left == right
        case .notEqual: left != right
        case .contains: right.isEmpty || left.contains(right)
        case .startsWith: left.hasPrefix(right)
        case .endsWith: left.hasSuffix(right)
        case .greater: left > right
        case .greaterOrEqual: left >= right
        case .less: left < right
        case .lessOrEqual: left <= right
        }
    }

    private static func isEqual(_ found: JSONValue?, _ wanted: FilterValue, isExact: Bool) -> Bool {
        switch wanted {
        case .null: return found == nil
        case .flag(let flag): return found?.boolValue == flag
        case .number(let number): return found?.doubleValue == number
        case .text(let text):
            if let flag = found?.boolValue { return Bool(text.lowercased()) == flag }
            guard let found = found?.stringValue else { return false }
            return found == text || !isExact && found.lowercased() == text.lowercased()
        }
    }
}

extension FilterValue {
    fileprivate var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .flag(let flag): .bool(flag)
        case .number(let number): .number(number)
        case .null: .null
        }
    }
}
