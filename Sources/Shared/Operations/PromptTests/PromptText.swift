internal import JSON
internal import Records
internal import Scoring

/// Fills the prompts of prompt tests.
enum PromptText {
    /// The values of an input by their names: texts as they are, anything else as JSON.
    static func values(of variables: OpaqueJSON) throws -> [String: String] {
        guard let object = try JSONParser.parse(variables.text).objectValue else { return [:] }
        return Dictionary(
            object.members.map { member in (member.key, member.value.stringValue ?? member.value.description) },
            uniquingKeysWith: { _, last in last })
    }

    /// The prompt with the values in the places of their names.
    /// - Throws: ``Missing`` for the first name without a value.
    static func filled(_ prompt: CriteriaTemplate, with values: [String: String]) throws(Missing) -> String {
        var text = ""
        for segment in prompt.segments {
            switch segment {
            case .text(let piece): text += piece
            case .placeholder(let name):
                guard let value = values[name] else { throw Missing(name: name) }
                text += value
            }
        }
        return text
    }

    /// The input has no value for a name of the prompt.
    struct Missing: Error, CustomStringConvertible {
        let name: String

        var description: String { "There is no value for {{\(name)}}." }
    }
}

extension PromptTestInput {
    /// What an item of a dataset fills in: its variables, and what it is made of by the usual names.
    init(_ item: EvaluationInput) {
        var variables = item.variables
        for (input, text) in [
            (BuiltInInput.request, item.request), (.response, item.response), (.expectedOutput, item.expectedOutput),
        ] {
            guard let text, !text.isEmpty, variables[input.rawValue] == nil else { continue }
            variables[input.rawValue] = text
        }
        let object = JSONObject(variables.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) })
        let expected = item.expectedOutput ?? ""
        self.init(
            variables: OpaqueJSON(text: JSONValue.object(object).description), contexts: item.contexts,
            expectedOutput: expected.isEmpty ? nil : expected)
    }
}
