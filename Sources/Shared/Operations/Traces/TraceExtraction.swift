internal import JSON
package import Records
package import Scoring

/// Makes the conversation that is evaluated out of a trace's spans.
///
/// Spans are gone through in the order in which they began. Of each span the first rule counts whose conditions it
/// fulfils and that finds something in it.
package struct TraceExtraction: Sendable {
    private var conversation = ExtractedConversation()

    /// What rules find in spans; `nil` when nobody said anything, or only one side did.
    package static func input(of spans: [TraceSpan], by rules: [ExtractorRule]) -> EvaluationInput? {
        var extraction = TraceExtraction()
        for span in spans where !span.isEvaluation {
            _ = rules.first { extraction.apply($0, to: span) }
        }
        return extraction.conversation.input
    }

    /// Which of the rules find something in some span.
    package static func matching(_ rules: [ExtractorRule], in spans: [TraceSpan]) -> Set<Int> {
        var found = Set<Int>()
        for span in spans where !span.isEvaluation {
            var extraction = TraceExtraction()
            if let index = rules.indices.first(where: { extraction.apply(rules[$0], to: span) }) { found.insert(index) }
        }
        return found
    }

    private mutating func apply(_ rule: ExtractorRule, to span: TraceSpan) -> Bool {
        guard rule.conditions.allSatisfy({ $0.holds(for: span) }) else { return false }
        switch rule.emission {
        case .text(let role, let locator, let toolName):
            guard let text = text(at: locator, in: span) else { return false }
            conversation.append(role, text, toolName: toolName)
        case .requestResponse(let input, let output):
            let (question, answer) = (text(at: input, in: span), text(at: output, in: span))
            guard question != nil || answer != nil else { return false }
            if let question { conversation.append(.user, question) }
            if let answer { conversation.append(.assistant, answer) }
        case .toolPair(let input, let output, let name):
            let (arguments, result) = (text(at: input, in: span), text(at: output, in: span))
            guard arguments != nil || result != nil else { return false }
            conversation.append(
                callOf: toolName(name, in: span), arguments: arguments ?? "{}", result: result, id: "\(span.spanID)")
        case .messages(let input, let output):
            let said = messages(at: input, in: span, from: .user)
            let answered = messages(at: output, in: span, from: .assistant)
            guard !said.isEmpty || !answered.isEmpty else { return false }
            conversation.extend(by: said + answered)
        }
        return true
    }

    private func toolName(_ name: ExtractorRule.ToolName, in span: TraceSpan) -> String {
        switch name {
        case .span: span.name
        case .fixed(let name): name
        case .located(let locator): text(at: locator, in: span) ?? span.name
        }
    }

    /// What a locator finds, as text; several values one below the other. `nil` for nothing, and for an empty text.
    private func text(at locator: ValueLocator, in span: TraceSpan) -> String? {
        guard let value = locator.value(in: span) else { return nil }
        let found: [String]
        if let path = locator.path {
            found = value.document.map { path.values(in: $0).map(\.plainText) } ?? []
        } else {
            found = [value.text ?? value.json.plainText]
        }
        let text = found.filter { !$0.isEmpty }.joined(separator: "\n")
        return text.isEmpty ? nil : text
    }

    private func messages(
        at locator: ValueLocator, in span: TraceSpan, from role: ExtractorRule.Turn
    ) -> [ExtractedTurn] {
        guard let value = locator.value(in: span) else { return [] }
        guard let document = value.document else { return value.text.map { [ExtractedTurn(role, $0)] } ?? [] }
        let places = locator.path.map { $0.values(in: document) } ?? [document]
        return places.flatMap { ConventionalMessages.turns(in: $0, from: role) }
    }
}

extension AttributeValue {
    /// The value as JSON.
    var json: JSONValue {
        switch self {
        case .string(let text): .string(text)
        case .bool(let flag): .bool(flag)
        case .integer(let number): .integer(number)
        case .double(let number): .number(number)
        case .bytes(let bytes): .string(String(decoding: bytes, as: UTF8.self))
        case .array(let values): .array(values.map(\.json))
        case .map(let members): .object(JSONObject(members.map { ($0.key, $0.value.json) }))
        case .empty: .null
        }
    }

    /// The JSON document that the value is, or that its text holds; `nil` for a text that holds none.
    var document: JSONValue? {
        guard case .string(let text) = self else { return json }
        do {
            return try JSONParser.parse(text)
        } catch {
            return nil
        }
    }
}

extension JSONValue {
    /// A string's own text, and the document of anything else; nothing for null.
    var plainText: String { isNull ? "" : stringValue ?? description }
}

extension ValuePath {
    /// The most values that a path finds.
    private static let most = 1000

    /// What the path leads to.
    func values(in document: JSONValue) -> [JSONValue] {
        var found = [document]
        for step in steps {
            var next: [JSONValue] = []
            for value in found {
                switch step {
                case .member(let name): if let member = value[name] { next.append(member) }
                case .element(let place):
                    guard let elements = value.arrayValue else { continue }
                    if let element = value[place < 0 ? elements.count + place : place] { next.append(element) }
                case .all: next += value.arrayValue ?? value.objectValue?.members.map(\.value) ?? []
                }
                guard next.count <= Self.most else { break }
            }
            found = Array(next.prefix(Self.most))
        }
        return found
    }
}
