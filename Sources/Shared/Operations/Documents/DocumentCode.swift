internal import CodeScoring
internal import JSON
internal import Scoring
internal import Tenancy
internal import YAML

extension DocumentFields {
    /// What an evaluator does without a model, with every mistake noted at its option.
    mutating func code(_ field: String) -> CodeEvaluation? {
        guard let node = mapping(field) else { return nil }
        do throws(InvalidDefinition) {
            return try CodeEvaluation(json: node.json)
        } catch {
            for problem in error.problems { add(problem.field, problem.message) }
            return nil
        }
    }
}

extension YAMLNode {
    /// The same value as JSON.
    fileprivate var json: JSONValue {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(Int64(value))
        case .number(let value): .number(value)
        case .string(let value): .string(value)
        case .sequence(let elements): .array(elements.map(\.json))
        case .mapping(let entries): .object(JSONObject(entries.map { ($0.key, $0.node.json) }))
        }
    }

    /// The same value as YAML.
    init(_ json: JSONValue) {
        let value: YAMLValue =
            switch json {
            case .null: .null
            case .bool(let value): .bool(value)
            case .integer(let value): Int(exactly: value).map(YAMLValue.integer) ?? .number(Double(value))
            case .number(let value): .number(value)
            case .string(let value): .string(value)
            case .array(let elements): .sequence(elements.map(YAMLNode.init))
            case .object(let object):
                .mapping(object.members.map { YAMLEntry(key: $0.key, node: YAMLNode($0.value)) })
            }
        self.init(value)
    }
}

extension [YAMLEntry] {
    /// Adds what an evaluator does without a model; nothing for `nil`.
    mutating func add(_ key: String, _ code: CodeEvaluation?) {
        if let code { append(YAMLEntry(key: key, node: YAMLNode(code.json))) }
    }
}
