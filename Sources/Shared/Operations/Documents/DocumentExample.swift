internal import Records
internal import Scoring
internal import YAML

/// An input with the score that is right for it, as documents of evaluators have it.
struct DocumentExample: Sendable, Hashable {
    var request = ""
    var response = ""
    var score = 0.0
    var justification = ""

    static let fields = ["request", "response", "score", "justification"]

    init(request: String = "", response: String = "", score: Double = 0, justification: String = "") {
        self.request = request
        self.response = response
        self.score = score
        self.justification = justification
    }

    init(_ demonstration: Demonstration) {
        self.init(
            request: demonstration.request, response: demonstration.response, score: demonstration.score.value,
            justification: demonstration.justification)
    }

    /// The example as an evaluator's own; `nil` when its score is none.
    var demonstration: Demonstration? {
        guard let score = try? Score(score) else { return nil }  // ok: reading has told of it, with its place
        return Demonstration(request: request, response: response, score: score, justification: justification)
    }

    /// The example as an item of a dataset, labelled with its score.
    var item: NewDatasetItem {
        NewDatasetItem(
            DatasetItemContent(request: request, response: response),
            label: ItemLabel(value: score, rationale: justification))
    }

    fileprivate var node: YAMLNode {
        var members: [YAMLEntry] = []
        if !request.isEmpty { members.add("request", request) }
        if !response.isEmpty { members.add("response", response) }
        members.append(YAMLEntry(key: "score", node: YAMLNode(.number(score))))
        if !justification.isEmpty { members.add("justification", justification) }
        return YAMLNode(.mapping(members))
    }
}

extension DocumentFields {
    /// The examples of a list; none when there is no such list.
    mutating func examples(_ field: String, atMost most: Int) -> [DocumentExample] {
        guard let nodes = nodes(field) else { return [] }
        guard nodes.count <= most else {
            add(field, "Give at most \(most).")
            return []
        }
        return nodes.enumerated().map { index, node in
            var part = DocumentFields(node, known: DocumentExample.fields, prefix: "\(field)[\(index)].")
            let example = DocumentExample(
                request: part.text("request") ?? "", response: part.text("response") ?? "",
                score: part.score("score"), justification: part.text("justification") ?? "")
            if example.request.isEmpty, example.response.isEmpty {
                part.add("response", "“response” is missing: what the score is for.")
            }
            add(part)
            return example
        }
    }
}

extension [YAMLEntry] {
    /// Adds a list of examples; nothing for none.
    mutating func add(_ key: String, _ examples: [DocumentExample]) {
        guard !examples.isEmpty else { return }
        append(YAMLEntry(key: key, node: YAMLNode(.sequence(examples.map(\.node)))))
    }
}
