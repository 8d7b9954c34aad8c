internal import JSON

// The keywords for objects and arrays.
extension SchemaValidation {
    mutating func applyToMembers(
        _ object: JSONObject, _ members: JSONObject, _ value: JSONValue, _ path: JSONPath, _ seen: inout Seen
    ) -> Bool {
        var holds = checkNames(object, members, path)
        if let limit = object["maxProperties"]?.count {
            holds =
                require(members.count <= limit, "\(path.text) has \(members.count) members, more than \(limit)")
                && holds
        }
        if let limit = object["minProperties"]?.count {
            holds =
                require(members.count >= limit, "\(path.text) has \(members.count) members, fewer than \(limit)")
                && holds
        }
        holds = applyToEachMember(object, members, path, &seen) && holds
        holds = applyDependencies(object, members, value, path, &seen) && holds
        if let rest = object["unevaluatedProperties"], schema.draft == .twentyTwenty {
            for member in members.members where !seen.members.contains(member.key) {
                holds = apply(rest, to: member.value, at: path + [.member(member.key)]) != nil && holds
            }
            seen.members.formUnion(members.keys)
        }
        return holds
    }

    private mutating func checkNames(_ object: JSONObject, _ members: JSONObject, _ path: JSONPath) -> Bool {
        var holds = true
        for name in object["required"]?.arrayValue ?? [] {
            guard let name = name.stringValue else { continue }
            holds = require(members[name] != nil, "\((path + [.member(name)]).text) is missing") && holds
        }
        if let names = object["propertyNames"] {
            for name in members.keys where holding(names, on: .string(name), at: path) == nil {
                holds = require(false, "\((path + [.member(name)]).text) has a name that is not allowed") && holds
            }
        }
        return holds
    }

    private mutating func applyToEachMember(
        _ object: JSONObject, _ members: JSONObject, _ path: JSONPath, _ seen: inout Seen
    ) -> Bool {
        let properties = object["properties"]?.objectValue
        let patterned = object["patternProperties"]?.objectValue?.members ?? []
        let additional = object["additionalProperties"]
        guard properties != nil || !patterned.isEmpty || additional != nil else { return true }
        var holds = true
        for member in members.members {
            let path = path + [.member(member.key)]
            var isKnown = false
            if let part = properties?[member.key] {
                isKnown = true
                holds = apply(part, to: member.value, at: path) != nil && holds
            }
            for pattern in patterned where matches(pattern.key, member.key) {
                isKnown = true
                holds = apply(pattern.value, to: member.value, at: path) != nil && holds
            }
            if !isKnown, let additional {
                isKnown = true
                if additional == false {
                    holds = require(false, "\(path.text) is not allowed: the schema has no such member") && holds
                } else {
                    holds = apply(additional, to: member.value, at: path) != nil && holds
                }
            }
            if isKnown { seen.members.insert(member.key) }
        }
        return holds
    }

    private mutating func applyDependencies(
        _ object: JSONObject, _ members: JSONObject, _ value: JSONValue, _ path: JSONPath, _ seen: inout Seen
    ) -> Bool {
        var holds = true
        for keyword in ["dependencies", "dependentRequired", "dependentSchemas"] {
            for member in object[keyword]?.objectValue?.members ?? [] where members[member.key] != nil {
                guard let names = member.value.arrayValue else {
                    if let there = apply(member.value, to: value, at: path) { seen.add(there) } else { holds = false }
                    continue
                }
                for name in names.compactMap(\.stringValue) {
                    let message = "\((path + [.member(name)]).text) is missing, which \(member.key) asks for"
                    holds = require(members[name] != nil, message) && holds
                }
            }
        }
        return holds
    }

    mutating func applyToElements(
        _ object: JSONObject, _ elements: [JSONValue], _ path: JSONPath, _ seen: inout Seen
    ) -> Bool {
        var holds = true
        if let limit = object["maxItems"]?.count {
            holds =
                require(elements.count <= limit, "\(path.text) has \(elements.count) elements, more than \(limit)")
                && holds
        }
        if let limit = object["minItems"]?.count {
            holds =
                require(elements.count >= limit, "\(path.text) has \(elements.count) elements, fewer than \(limit)")
                && holds
        }
        if object["uniqueItems"]?.boolValue == true {
            holds = require(elements.areUnique, "\(path.text) has an element twice") && holds
        }
        holds = applyToEachElement(object, elements, path, &seen) && holds
        holds = applyContains(object, elements, path, &seen) && holds
        if let rest = object["unevaluatedItems"], schema.draft == .twentyTwenty {
            for index in elements.indices where !seen.elements.contains(index) {
                holds = apply(rest, to: elements[index], at: path + [.element(index)]) != nil && holds
            }
            seen.elements.formUnion(elements.indices)
        }
        return holds
    }

    private mutating func applyToEachElement(
        _ object: JSONObject, _ elements: [JSONValue], _ path: JSONPath, _ seen: inout Seen
    ) -> Bool {
        let leading: [JSONValue]
        let rest: JSONValue?
        switch schema.draft {
        case .seven:
            leading = object["items"]?.arrayValue ?? []
            rest = object["items"]?.arrayValue == nil ? object["items"] : object["additionalItems"]
        case .twentyTwenty:
            leading = object["prefixItems"]?.arrayValue ?? []
            rest = object["items"]
        }
        var holds = true
        for (index, element) in elements.enumerated() {
            guard let part = index < leading.count ? leading[index] : rest else { break }
            holds = apply(part, to: element, at: path + [.element(index)]) != nil && holds
            if schema.asksForUnevaluated { seen.elements.insert(index) }
        }
        return holds
    }

    private mutating func applyContains(
        _ object: JSONObject, _ elements: [JSONValue], _ path: JSONPath, _ seen: inout Seen
    ) -> Bool {
        guard let part = object["contains"] else { return true }
        let found = elements.indices.filter { holding(part, on: elements[$0], at: path + [.element($0)]) != nil }
        seen.elements.formUnion(found)
        let least = schema.draft == .seven ? 1 : object["minContains"]?.count ?? 1
        var holds = require(
            found.count >= least, "\(path.text) has \(found.count) elements of a form of which it needs \(least)")
        if schema.draft == .twentyTwenty, let most = object["maxContains"]?.count {
            let message = "\(path.text) has \(found.count) elements of a form of which it may have \(most)"
            holds = require(found.count <= most, message) && holds
        }
        return holds
    }
}

extension [JSONValue] {
    /// Whether no two elements are the same.
    fileprivate var areUnique: Bool {
        var seen: Set<JSONValue> = []
        return allSatisfy { seen.insert($0.canonical).inserted }
    }
}

extension JSONValue {
    /// The same value with whole numbers written as such, so that values which are the same are equal.
    fileprivate var canonical: JSONValue {
        switch self {
        case .number(let number): Int64(exactly: number).map(JSONValue.integer) ?? self
        case .array(let elements): .array(elements.map(\.canonical))
        case .object(let object): .object(JSONObject(object.members.map { ($0.key, $0.value.canonical) }))
        case .null, .bool, .integer, .string: self
        }
    }
}
