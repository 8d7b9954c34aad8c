internal import JSON
internal import Records
internal import Scoring

/// Why a value of a file is none that an item can have.
struct DatasetValueProblem: Error, Hashable {
    let message: String

    init(_ message: String) { self.message = message }
}

extension NewDatasetItem {
    /// An item out of the cells of a row, by the names of their columns: those of the fields of an item mean these, `score`
    /// and `justification` are its label, every other one is a variable. Contexts, turns and metadata are JSON; a context
    /// that is no JSON is one text.
    init(cells: [(name: String, text: String)]) throws(DatasetValueProblem) {
        var object: JSONObject = [:]
        for (name, text) in cells {
            switch name {
            case "score":
                guard let number = Double(text.filter { $0 != " " }) else {
                    throw DatasetValueProblem("the score “\(text.prefix(40))” is no number")
                }
                object[name] = .number(number)
            case "contexts": object[name] = Self.json(text) ?? .array([.string(text)])
            case "turns", "metadata":
                guard let value = Self.json(text) else { throw DatasetValueProblem("\(name) is no JSON") }
                object[name] = value
            default: object[name] = .string(text)
            }
        }
        try self.init(object)
    }

    /// An item out of the members of an object, as ``init(cells:)`` has it; variables may also stand in `variables`.
    init(_ object: JSONObject) throws(DatasetValueProblem) {
        var content = DatasetItemContent()
        var value: Double?
        var rationale = ""
        for member in object.members {
            switch member.key {
            case "request": content.request = try Self.text(member.value, member.key)
            case "response": content.response = try Self.text(member.value, member.key)
            case "expected_output": content.expectedOutput = try Self.text(member.value, member.key)
            case "contexts": content.contexts = try Self.contexts(member.value)
            case "turns": content.turns = try Self.turns(member.value)
            case "metadata": content.metadata = member.value.isNull ? nil : OpaqueJSON(text: "\(member.value)")
            case "score": value = try Self.score(member.value)
            case "justification": rationale = try Self.text(member.value, member.key)
            case "variables":
                for variable in member.value.objectValue?.members ?? [] {
                    content.variables[variable.key] = variable.value.variableText
                }
            default: if !member.value.isNull { content.variables[member.key] = member.value.variableText }
            }
        }
        guard !(content == DatasetItemContent()) else { throw DatasetValueProblem("there is nothing to evaluate") }
        self.init(content, label: value.map { ItemLabel(value: $0, rationale: rationale) })
    }

    private static func json(_ text: String) -> JSONValue? {
        do { return try JSONParser.parse(text) } catch { return nil }  // ok: what is no JSON is text
    }

    private static func text(_ value: JSONValue, _ name: String) throws(DatasetValueProblem) -> String {
        if value.isNull { return "" }
        guard let text = value.stringValue else { throw DatasetValueProblem("\(name) is no text") }
        return text
    }

    private static func score(_ value: JSONValue) throws(DatasetValueProblem) -> Double? {
        if value.isNull { return nil }
        guard let number = value.doubleValue, (0...1).contains(number) else {
            throw DatasetValueProblem("the score \(value) is not from 0 to 1")
        }
        return number
    }

    private static func contexts(_ value: JSONValue) throws(DatasetValueProblem) -> [String] {
        if value.isNull { return [] }
        guard let texts = value.arrayValue?.map(\.stringValue), !texts.contains(nil) else {
            throw DatasetValueProblem("contexts are not a list of texts")
        }
        return texts.compactMap { $0 }
    }

    private static func turns(_ value: JSONValue) throws(DatasetValueProblem) -> [Turn] {
        if value.isNull { return [] }
        guard let values = value.arrayValue else { throw DatasetValueProblem("turns are not a list") }
        var turns: [Turn] = []
        for value in values {
            guard let role = value["role"]?.stringValue.flatMap(Turn.Role.init(rawValue:)) else {
                throw DatasetValueProblem("a turn's role is none of user, assistant, tool")
            }
            turns.append(
                Turn(
                    role: role, content: value["content"]?.stringValue,
                    contexts: value["contexts"]?.arrayValue?.compactMap(\.stringValue) ?? [],
                    toolCalls: value["tool_calls"].flatMap { $0.isNull ? nil : OpaqueJSON(text: "\($0)") },
                    toolCallID: value["tool_call_id"]?.stringValue))
        }
        return turns
    }
}

extension JSONValue {
    /// What a variable of this value is put into a prompt as: a text as it is, everything else as JSON.
    fileprivate var variableText: String { stringValue ?? description }
}
