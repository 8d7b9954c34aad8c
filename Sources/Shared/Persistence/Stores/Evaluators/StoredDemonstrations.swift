import JSON
import Scoring

extension StoredJSON {
    private enum DemonstrationName {
        static let request = "request"
        static let response = "response"
        static let score = "score"
        static let justification = "justification"
    }

    /// `nil` for no demonstrations.
    static func text(of demonstrations: [Demonstration]) -> String? {
        guard !demonstrations.isEmpty else { return nil }
        let array = demonstrations.map { demonstration in
            var object: JSONObject = [:]
            object[DemonstrationName.request] = .string(demonstration.request)
            object[DemonstrationName.response] = .string(demonstration.response)
            object[DemonstrationName.score] = .number(demonstration.score.value)
            object[DemonstrationName.justification] = .string(demonstration.justification)
            return JSONValue.object(object)
        }
        return String(decoding: JSONWriter.bytes(of: .array(array)), as: UTF8.self)
    }

    static func demonstrations(from text: String?) throws -> [Demonstration] {
        guard let text else { return [] }
        return try (JSONParser.parse(text).arrayValue ?? []).compactMap { value in
            guard let score = value[DemonstrationName.score]?.doubleValue else { return nil }
            return Demonstration(
                request: value[DemonstrationName.request]?.stringValue ?? "",
                response: value[DemonstrationName.response]?.stringValue ?? "", score: try Score(score),
                justification: value[DemonstrationName.justification]?.stringValue ?? "")
        }
    }
}
