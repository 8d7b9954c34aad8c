import JSON

/// The values of an attribute that has several, while operations of PATCH are done to them.
struct PatchedElements {
    let attribute: AttributeDefinition
    private(set) var values: [JSONValue]

    init(_ values: [JSONValue], of attribute: AttributeDefinition) {
        self.values = values
        self.attribute = attribute
    }

    /// Does something to all of them.
    mutating func apply(_ kind: PatchOperation.Kind, _ value: JSONValue?) throws(SCIMProblem) {
        let given = try value.flatMap { value throws(SCIMProblem) in try attribute.canonical(value) }?.arrayValue ?? []
        switch kind {
        case .replace: values = Self.withoutRepetitions(given)
        case .add: add(given)
        case .remove:
            // RFC 7644 has no value here, but Entra ID says by one which elements are to go.
            guard value != nil, value != .null else { return values = [] }
            let gone = Set(given.compactMap(Self.name))
            values.removeAll { Self.name($0).map(gone.contains) ?? false }
        }
    }

    /// Does something to those that a filter chooses, or to one part of them.
    mutating func change(
        _ kind: PatchOperation.Kind, _ value: JSONValue?, where filter: FilterExpression?, part: AttributeDefinition?
    ) throws(SCIMProblem) {
        var chosen = Array(values.indices)
        if let filter {
            let matches = try ElementFilter(attribute).matcher(filter)
            chosen.removeAll { !matches(values[$0]) }
        }
        if chosen.isEmpty {
            switch kind {
            case .remove: return
            case .replace where !(filter.map { part != nil && ElementFilter(attribute).namesKind($0) } ?? true):
                // By RFC 7644 nothing is replaced where nothing is; but Entra ID gives somebody an address of work by this.
                throw SCIMProblem(.noTarget, "path: None of the “\(attribute.name)” is meant by it.")
            case .add, .replace:
                values.append(.object(try ElementFilter(attribute).example(of: filter)))
                chosen = [values.count - 1]
            }
        }
        // An element without its value is none.
        if kind == .remove, part == nil || part?.isRequired == true {
            let gone = Set(chosen)
            values = values.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
            return
        }
        for index in chosen { values[index] = try changed(values[index], kind, value, part) }
        keepOnePrimary(among: chosen)
    }

    private func changed(
        _ element: JSONValue, _ kind: PatchOperation.Kind, _ value: JSONValue?, _ part: AttributeDefinition?
    ) throws(SCIMProblem) -> JSONValue {
        var object = element.objectValue ?? JSONObject()
        if let part {
            if kind != .remove, part.mutability == .immutable, object[part.name] != nil, object[part.name] != value {
                throw SCIMProblem(.mutability, "path: “\(attribute.name).\(part.name)” cannot be changed.")
            }
            object[part.name] = kind == .remove ? nil : try part.canonical(value ?? .null)
            return .object(object)
        }
        // Some send the one element in a list.
        let given = value?.arrayValue.flatMap { $0.count == 1 ? $0[0] : nil } ?? value ?? .null
        for member in try attribute.canonicalElement(given)?.objectValue?.members ?? [] {
            object[member.key] = member.value
        }
        return .object(object)
    }

    /// Adds what is not there yet. What has the same `value` as an element there changes that one.
    private mutating func add(_ given: [JSONValue]) {
        var places: [String: Int] = [:]
        for (index, element) in values.enumerated() {
            if let name = Self.name(element) { places[name] = index }
        }
        var touched: [Int] = []
        for element in given {
            if let name = Self.name(element), let place = places[name] {
                var object = values[place].objectValue ?? JSONObject()
                for member in element.objectValue?.members ?? [] { object[member.key] = member.value }
                values[place] = .object(object)
                touched.append(place)
            } else {
                values.append(element)
                touched.append(values.count - 1)
                if let name = Self.name(element) { places[name] = values.count - 1 }
            }
        }
        keepOnePrimary(among: touched)
    }

    /// When one becomes the primary one, the others are it no longer (RFC 7644 §3.5.2).
    private mutating func keepOnePrimary(among touched: [Int]) {
        let touched = Set(touched)
        guard touched.contains(where: { values[$0][AttributeDefinition.primary] == true }) else { return }
        for index in values.indices where !touched.contains(index) {
            guard var object = values[index].objectValue, object[AttributeDefinition.primary] == true else { continue }
            object[AttributeDefinition.primary] = false
            values[index] = .object(object)
        }
    }

    private static func withoutRepetitions(_ given: [JSONValue]) -> [JSONValue] {
        var seen: Set<JSONValue> = []
        return given.filter { seen.insert($0).inserted }
    }

    private static func name(_ element: JSONValue) -> String? { element[AttributeDefinition.value]?.stringValue }
}
