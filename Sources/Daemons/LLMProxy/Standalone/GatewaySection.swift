internal import Scoring
internal import Settings
internal import YAML

/// A mapping in a gateway's file, read member by member; what nobody asked for is a mistake.
///
/// Used by one thread, while the file is read.
final class GatewaySection {
    let path: String
    private let members: [YAMLEntry]
    private let line: Int
    private var known: Set<String> = []
    /// What it is a part of.
    let reading: GatewayReading
    private var file: String { reading.file }

    /// The mapping `node`, which stands at `path` of the file that is read.
    init(_ node: YAMLNode, at path: String, in reading: GatewayReading) throws(SettingsError) {
        guard case .mapping(let members) = node.value else {
            // What stands in the wrong place may be a key: it is not repeated.
            throw SettingsError(
                .invalid(value: nil), key: path, source: .file(path: reading.file, line: node.line),
                expected: "names with values")
        }
        self.path = path
        self.members = members
        self.reading = reading
        line = node.line
    }

    /// Says that a member cannot be used; of a secret without repeating it.
    func refusal(_ key: String, isSecret: Bool = false, expected: String) -> SettingsError {
        let member = members.first { $0.key == key }
        return SettingsError(
            .invalid(value: isSecret ? nil : member.flatMap { Self.shown($0.node) }), key: "\(path).\(key)",
            source: .file(path: file, line: member?.line ?? line), expected: expected)
    }

    /// A value as it is quoted; `nil` for what is more than a word.
    private static func shown(_ node: YAMLNode) -> String? {
        switch node.value {
        case .mapping, .sequence, .null: nil
        case .bool, .integer, .number, .string: node.text
        }
    }

    /// Throws for the first member that nobody asked for.
    func refuseUnknown() throws(SettingsError) {
        guard let strange = members.first(where: { !known.contains($0.key) }) else { return }
        throw SettingsError(
            .unknown(suggestion: Spelling.nearest(to: strange.key, among: known.sorted())),
            key: "\(path).\(strange.key)",
            source: .file(path: file, line: strange.line))
    }

    // MARK: Members

    private func node(_ key: String) -> YAMLNode? {
        known.insert(key)
        guard let node = members.first(where: { $0.key == key })?.node, node.value != .null else { return nil }
        return node
    }

    /// Whether a member has a value.
    func has(_ key: String) -> Bool { node(key) != nil }

    func text(_ key: String) throws(SettingsError) -> String? {
        guard let node = node(key) else { return nil }
        switch node.value {
        case .mapping, .sequence, .null: throw refusal(key, expected: "a text")
        case .bool, .integer, .number, .string: return node.text
        }
    }

    func requiredText(_ key: String) throws(SettingsError) -> String {
        if let text = try text(key), !text.isEmpty { return text }
        known.insert(key)
        throw SettingsError(
            .invalid(value: nil), key: "\(path).\(key)", source: .file(path: file, line: line), expected: "a text")
    }

    func int(_ key: String, in range: ClosedRange<Int>) throws(SettingsError) -> Int? {
        guard let node = node(key) else { return nil }
        guard case .integer(let value) = node.value, range.contains(value) else {
            throw refusal(key, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func flag(_ key: String) throws(SettingsError) -> Bool? {
        guard let node = node(key) else { return nil }
        guard case .bool(let value) = node.value else { throw refusal(key, expected: "true or false") }
        return value
    }

    func duration(_ key: String) throws(SettingsError) -> Duration? {
        guard let text = try text(key) else { return nil }
        guard let duration = DurationText.parse(text), duration > .zero else {
            throw refusal(key, expected: "a duration such as 30s")
        }
        return duration
    }

    func money(_ key: String) throws(SettingsError) -> Money? {
        guard let text = try text(key) else { return nil }
        guard let dollars = Double(text), dollars.isFinite, (0...1_000_000_000).contains(dollars) else {
            throw refusal(key, expected: "an amount in dollars, such as 0.25")
        }
        return Money(dollars: dollars)
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String) throws(SettingsError) -> Choice? {
        guard let text = try text(key) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw refusal(key, expected: "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    /// Texts in a list, or one that stands alone.
    func texts(_ key: String) throws(SettingsError) -> [String]? {
        guard let node = node(key) else { return nil }
        guard case .sequence(let elements) = node.value else { return try text(key).map { [$0] } }
        var texts: [String] = []
        for element in elements {
            switch element.value {
            case .mapping, .sequence, .null: throw refusal(key, expected: "a list of texts")
            case .bool, .integer, .number, .string: texts.append(element.text)
            }
        }
        return texts
    }

    func section(_ key: String) throws(SettingsError) -> GatewaySection? {
        guard let node = node(key) else { return nil }
        return try GatewaySection(node, at: "\(path).\(key)", in: reading)
    }

    /// The mappings of a list.
    func sections(_ key: String) throws(SettingsError) -> [GatewaySection] {
        guard let node = node(key) else { return [] }
        guard case .sequence(let elements) = node.value else { throw refusal(key, expected: "a list") }
        var sections: [GatewaySection] = []
        for (index, element) in elements.enumerated() {
            sections.append(
                try GatewaySection(element, at: "\(path).\(key)[\(index + 1)]", in: reading))
        }
        return sections
    }
}
