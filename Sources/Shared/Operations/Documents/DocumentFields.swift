internal import FoundationEssentials
internal import Tenancy
internal import YAML

/// Reads the fields of a document and gathers all that is wrong with them, each at its place.
///
/// A field of `null` is as one that is left out. Text may be written without quotes also where it looks like a number.
struct DocumentFields {
    private let entries: [String: YAMLEntry]
    private let root: Place
    /// The path of the fields, where they are a part of another.
    private let prefix: String
    private var places: [String: Place] = [:]
    private(set) var problems: [DocumentProblem] = []

    private struct Place {
        let line: Int
        let column: Int

        init(_ node: YAMLNode) { (line, column) = (node.line, node.column) }
    }

    /// Reads a mapping; `prefix` is the path of its fields when it is a part of another.
    init(_ node: YAMLNode, known: [String], prefix: String = "") {
        root = Place(node)
        self.prefix = prefix
        guard case .mapping(let members) = node.value else {
            entries = [:]
            problems.append(
                DocumentProblem(
                    line: node.line, column: node.column, field: prefix.isEmpty ? "" : String(prefix.dropLast()),
                    message: "Expected fields, each as “name: value”."))
            return
        }
        entries = Dictionary(members.map { ($0.key, $0) }) { first, _ in first }
        for member in members where !known.contains(member.key) {
            problems.append(
                DocumentProblem(
                    line: member.line, column: member.column, field: prefix + member.key,
                    message: "There is no field “\(member.key)”. Known ones: \(known.joined(separator: ", "))."))
        }
    }

    /// Whether the field is there with a value.
    func has(_ field: String) -> Bool { value(field) != nil }

    /// Notes a problem at the field, at the closest that there is of it, or else where the document begins.
    mutating func add(_ field: String, _ message: String) {
        let place = place(of: field)
        problems.append(
            DocumentProblem(line: place.line, column: place.column, field: prefix + field, message: message))
    }

    /// Notes a problem with a value; that the field is missing is said already.
    mutating func addIfPresent(_ field: String, _ message: String) {
        if has(field) { add(field, message) }
    }

    /// Takes the problems of a part.
    mutating func add(_ part: DocumentFields) { problems += part.problems }

    /// A text.
    mutating func text(_ field: String) -> String? {
        guard let node = value(field) else { return nil }
        return text(of: node, field)
    }

    /// A text that must be there.
    mutating func requiredText(_ field: String) -> String? {
        if !has(field) { add(field, "“\(field)” is missing.") }
        return text(field)
    }

    /// One of the words of an enumeration.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ field: String, of _: Choice.Type = Choice.self
    ) -> Choice? {
        guard let word = text(field) else { return nil }
        if let choice = Choice(rawValue: word) { return choice }
        add(field, "“\(word)” is not one of \(Choice.allCases.map(\.rawValue).joined(separator: ", ")).")
        return nil
    }

    /// An identifier.
    mutating func identifier<Entity>(_ field: String, of _: Entity.Type = Entity.self) -> EntityID<Entity>? {
        guard let text = text(field) else { return nil }
        if let id = EntityID<Entity>(text) { return id }
        add(field, "“\(text)” is not an identifier.")
        return nil
    }

    /// A number from 1.
    mutating func number(_ field: String) -> Int? {
        guard let node = value(field) else { return nil }
        if case .integer(let number) = node.value, number >= 1 { return number }
        add(field, "Expected a whole number from 1.")
        return nil
    }

    /// A number from 0 to 1 that must be there.
    mutating func score(_ field: String) -> Double {
        guard let node = value(field) else {
            add(field, "“\(field)” is missing.")
            return 0
        }
        let number: Double? =
            switch node.value {
            case .integer(let number): Double(number)
            case .number(let number): number
            case .null, .bool, .string, .sequence, .mapping: nil
            }
        if let number, (0...1).contains(number) { return number }
        add(field, "Expected a number from 0 to 1.")
        return 0
    }

    /// A list of texts; one text alone is a list of it.
    mutating func texts(_ field: String) -> [String]? {
        guard let nodes = nodes(field) else { return nil }
        var texts: [String] = []
        for (index, node) in nodes.enumerated() {
            if let text = text(of: node, "\(field)[\(index)]") { texts.append(text) }
        }
        return texts
    }

    /// The members of a list, or the only one, with their places noted under `field[index]`.
    mutating func nodes(_ field: String) -> [YAMLNode]? {
        guard let node = value(field) else { return nil }
        guard case .sequence(let elements) = node.value else {
            places["\(field)[0]"] = Place(node)
            return [node]
        }
        for (index, element) in elements.enumerated() { places["\(field)[\(index)]"] = Place(element) }
        return elements
    }

    /// A mapping, with the places of its members noted under `field.member`.
    mutating func mapping(_ field: String) -> YAMLNode? {
        guard let node = value(field) else { return nil }
        guard case .mapping(let members) = node.value else {
            add(field, "Expected fields, each as “name: value”.")
            return nil
        }
        for member in members { places["\(field).\(member.key)"] = Place(member.node) }
        return node
    }

    private mutating func text(of node: YAMLNode, _ field: String) -> String? {
        switch node.value {
        case .string(let text): return text
        case .bool, .integer, .number: return node.text
        case .null, .sequence, .mapping:
            add(field, "Expected a text.")
            return nil
        }
    }

    private func value(_ field: String) -> YAMLNode? {
        guard let node = entries[field]?.node, node.value != .null else { return nil }
        return node
    }

    private func place(of field: String) -> Place {
        if let place = places[field] { return place }
        if let entry = entries[field] { return Place(entry.node) }
        let owner = field.prefix { $0 != "[" && $0 != "." }
        return owner.count < field.count ? place(of: String(owner)) : root
    }
}
