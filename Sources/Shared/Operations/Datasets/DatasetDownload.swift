internal import JSON
package import Records
internal import Replicas
internal import Scoring
internal import Stores
internal import Tenancy

extension Datasets {
    /// How many items are read at once.
    private static let piece = 500
    /// The most variables that get a column.
    private static let mostVariables = 1000

    /// Writes the items of a dataset in their order as ``upload(_:hasHeader:for:)`` reads them, with the newest published
    /// label that each has on the scale that is meant when nothing is said. Archived items are left out. In a table, a
    /// variable that is called like a field of an item has no column.
    package func download(
        _ dataset: Dataset, as format: DatasetFileFormat, to write: ([UInt8]) async throws -> Void
    ) async throws {
        let organization = dataset.organizationID
        var variables: [String] = []
        if format == .csv {
            variables = try await reads.complete { database in
                try await DatasetStore(database: database).variableNames(
                    of: dataset.id, in: organization, limit: Self.mostVariables)
            }.filter { !DatasetFileReader.known.contains($0) }
            try await write(CSVWriter.line(Self.columns + variables))
        }
        let standard = try await configs.standard()?.id
        var place: Int?
        while true {
            let items = try await reads.complete { [place] database in
                try await DatasetStore(database: database).items(
                    of: dataset.id, in: organization, behind: place, limit: Self.piece)
            }
            guard let last = items.last else { return }
            place = last.position
            let labels = try await reads.complete { database in
                try await AnnotationStore(database: database).published(
                    of: items.map(\.externalID), in: organization)
            }
            var bytes: [UInt8] = []
            for item in items {
                let label = labels[item.externalID]?.first { $0.scoreConfigID == standard }
                switch format {
                case .csv: bytes += CSVWriter.line(Self.cells(of: item.content, label, variables))
                case .jsonl: bytes += Self.line(of: item.content, label)
                }
            }
            try await write(bytes)
        }
    }

    private static let columns = [
        "request", "response", "expected_output", "contexts", "turns", "metadata", "score", "justification",
    ]

    private static func cells(
        of content: DatasetItemContent, _ label: Annotation?, _ variables: [String]
    ) -> [String] {
        let fields = [
            content.request, content.response, content.expectedOutput,
            content.contexts.isEmpty ? "" : "\(JSONValue.array(content.contexts.map(JSONValue.string)))",
            content.turns.isEmpty ? "" : "\(json(of: content.turns))", content.metadata?.text ?? "",
            label.map { "\($0.verdict.value)" } ?? "", label?.rationale ?? "",
        ]
        return fields + variables.map { content.variables[$0] ?? "" }
    }

    private static func line(of content: DatasetItemContent, _ label: Annotation?) -> [UInt8] {
        var object: JSONObject = [:]
        func add(_ name: String, _ text: String) {
            if !text.isEmpty { object[name] = .string(text) }
        }
        add("request", content.request)
        add("response", content.response)
        add("expected_output", content.expectedOutput)
        if !content.contexts.isEmpty { object["contexts"] = .array(content.contexts.map(JSONValue.string)) }
        if !content.turns.isEmpty { object["turns"] = json(of: content.turns) }
        if let metadata = content.metadata { object["metadata"] = value(of: metadata) }
        if !content.variables.isEmpty {
            object["variables"] = .object(
                JSONObject(content.variables.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }))
        }
        if let label {
            object["score"] = .number(label.verdict.value)
            add("justification", label.rationale)
        }
        return JSONWriter.bytes(of: .object(object)) + [10]
    }

    private static func json(of turns: [Turn]) -> JSONValue {
        .array(
            turns.map { turn in
                var object: JSONObject = ["role": .string(turn.role.rawValue)]
                object["content"] = turn.content.map(JSONValue.string)
                if !turn.contexts.isEmpty { object["contexts"] = .array(turn.contexts.map(JSONValue.string)) }
                object["tool_calls"] = turn.toolCalls.map(value)
                object["tool_call_id"] = turn.toolCallID.map(JSONValue.string)
                return .object(object)
            })
    }

    /// Stored JSON as a value; a text that is none, which the database does not take, as that text.
    private static func value(of json: OpaqueJSON) -> JSONValue {
        do { return try JSONParser.parse(json.text) } catch { return .string(json.text) }
    }
}
