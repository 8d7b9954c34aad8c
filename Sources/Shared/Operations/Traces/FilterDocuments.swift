internal import JSON
package import Records
internal import Scoring
internal import Tenancy

/// What a filter's documents ask for.
package struct FilterPlan: Sendable, Hashable {
    package let conditions: [TraceCondition]
    /// In their order; the standard ones where the filter has none.
    package let rules: [ExtractorRule]

    /// Reads the documents of a filter.
    /// - Throws: `InvalidDefinition` that names each place that is wrong.
    package init(_ content: EvaluationFilter.Content) throws {
        var reader = FilterDocumentReader()
        let conditions = reader.conditions(in: try JSONParser.parse(content.criteria.text), "filter_criteria")
        let rules = reader.rules(in: try JSONParser.parse(content.extractorRules.text))
        guard reader.problems.isEmpty else { throw InvalidDefinition(problems: reader.problems) }
        self.conditions = conditions
        self.rules = rules.isEmpty ? ExtractorRule.standard : rules
    }
}

/// Reads criteria and rules, and gathers what is wrong with them.
private struct FilterDocumentReader {
    private(set) var problems: [InvalidDefinition.Problem] = []

    private static let most = 50

    private mutating func note(_ place: String, _ message: String) {
        problems.append(.init(field: place, message: message))
    }

    // MARK: Conditions

    mutating func conditions(in value: JSONValue, _ place: String) -> [TraceCondition] {
        guard !value.isNull else { return [] }
        guard let object = value.objectValue else {
            note(place, "Must be an object with “conditions”.")
            return []
        }
        guard let list = object["conditions"] else { return [] }
        guard let elements = list.arrayValue, elements.count <= Self.most else {
            note("\(place).conditions", "Must be an array of at most \(Self.most) conditions.")
            return []
        }
        return elements.enumerated().compactMap { index, element in
            condition(element, "\(place).conditions[\(index)]")
        }
    }

    private mutating func condition(_ value: JSONValue, _ place: String) -> TraceCondition? {
        guard let column = value["column"]?.stringValue, let operation = value["operator"]?.stringValue,
            let given = value["value"]
        else {
            note(place, "A condition has “column”, “operator” and “value”, and may have “key” and “type”.")
            return nil
        }
        let values = (given.arrayValue ?? [given]).compactMap(Self.text)
        guard values.count == given.arrayValue?.count ?? 1 else {
            note("\(place).value", "Must be a text, a number, a boolean, or an array of them.")
            return nil
        }
        let written = WrittenCondition(
            column: column, type: value["type"]?.stringValue ?? Self.type(of: given),
            key: value["key"]?.stringValue ?? "", operation: operation, values: values)
        do {
            return try written.splittingOptions().parsed()
        } catch {
            note(place, error.description)
            return nil
        }
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .bool(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .null, .array, .object: nil
        }
    }

    private static func type(of value: JSONValue) -> String {
        switch value {
        case .bool: "boolean"
        case .integer, .number: "number"
        case .null, .string, .array, .object: ""
        }
    }

    // MARK: Rules

    mutating func rules(in value: JSONValue) -> [ExtractorRule] {
        guard !value.isNull else { return [] }
        guard let elements = value.arrayValue, elements.count <= Self.most else {
            note("extractor_rules", "Must be an array of at most \(Self.most) rules.")
            return []
        }
        let before = problems.count
        let rules = elements.enumerated().compactMap { rule($1, "extractor_rules[\($0)]") }
        guard problems.count == before, !rules.isEmpty else { return rules }
        if !rules.contains(where: \.givesUser) {
            note("extractor_rules", "No rule gives what a user said: add a text with role user, or a request_response.")
        }
        if !rules.contains(where: \.givesAgent) {
            note(
                "extractor_rules",
                "No rule gives what the agent said: add a text with role assistant, or a request_response.")
        }
        return rules
    }

    private mutating func rule(_ value: JSONValue, _ place: String) -> ExtractorRule? {
        guard let word = value["emit"]?.stringValue else {
            note("\(place).emit", "Must be one of text, request_response, tool_pair and genai_messages.")
            return nil
        }
        let conditions = conditions(in: value["match"] ?? .null, "\(place).match")
        let emission: ExtractorRule.Emission? =
            switch word {
            case "text": text(value, place)
            case "request_response":
                pair(value, place).map { .requestResponse(input: $0.input, output: $0.output) }
            case "genai_messages": pair(value, place).map { .messages(input: $0.input, output: $0.output) }
            case "tool_pair": toolPair(value, place)
            default: nil
            }
        if emission == nil, !["text", "request_response", "genai_messages", "tool_pair"].contains(word) {
            note("\(place).emit", "“\(word)” is not one of text, request_response, tool_pair and genai_messages.")
        }
        return emission.map { ExtractorRule($0, conditions: conditions) }
    }

    private mutating func text(_ value: JSONValue, _ place: String) -> ExtractorRule.Emission? {
        let word = value["role"]?.stringValue ?? ""
        // “agent” is what the command line calls the assistant.
        guard let role = ExtractorRule.Turn(rawValue: word == "agent" ? "assistant" : word) else {
            note("\(place).role", "“\(word)” is not one of user, assistant, tool and system.")
            return nil
        }
        return locator(value["locator"], "\(place).locator").map {
            .text(role: role, $0, toolName: value["tool_name"]?.stringValue)
        }
    }

    private mutating func toolPair(_ value: JSONValue, _ place: String) -> ExtractorRule.Emission? {
        var name = ExtractorRule.ToolName.span
        if let fixed = value["tool_name"]?.stringValue {
            name = .fixed(fixed)
        } else if let located = value["tool_name_locator"], !located.isNull {
            guard let locator = locator(located, "\(place).tool_name_locator") else { return nil }
            name = .located(locator)
        }
        return pair(value, place).map { .toolPair(input: $0.input, output: $0.output, name: name) }
    }

    private mutating func pair(
        _ value: JSONValue, _ place: String
    ) -> (input: ValueLocator, output: ValueLocator)? {
        let input = locator(value["input_locator"], "\(place).input_locator")
        let output = locator(value["output_locator"], "\(place).output_locator")
        guard let input, let output else { return nil }
        return (input, output)
    }

    private mutating func locator(_ value: JSONValue?, _ place: String) -> ValueLocator? {
        guard let value, let key = value["key"]?.stringValue, !key.isEmpty else {
            note(place, "A locator has “kind” and “key”.")
            return nil
        }
        var path: ValuePath?
        if let text = value["value_path"]?.stringValue {
            do {
                path = try ValuePath(text)
            } catch {
                note("\(place).value_path", error.description)
                return nil
            }
        }
        switch value["kind"]?.stringValue {
        case "span_attr": return ValueLocator(place: .span, key: key, path: path)
        case "resource_attr": return ValueLocator(place: .resource, key: key, path: path)
        case "event_attr":
            guard let name = value["event_name"]?.stringValue else {
                note("\(place).event_name", "An event_attr names its event.")
                return nil
            }
            return ValueLocator(place: .event(named: name), key: key, path: path)
        default:
            note("\(place).kind", "Must be one of span_attr, resource_attr and event_attr.")
            return nil
        }
    }
}

extension WrittenCondition {
    /// Options in one text are separated as in lists.
    fileprivate func splittingOptions() throws(ConditionProblem) -> WrittenCondition {
        guard try ConditionOperator(written: operation).takesSeveral, values.count == 1 else { return self }
        var copy = self
        copy.values = values[0].split(separator: "|").map(String.init)
        return copy
    }
}
