package import FoundationEssentials
package import JSON
package import Records
internal import Scoring
package import Tenancy

/// The body of `POST`, `PUT` and `PATCH` on evaluation filters; `null` and absent mean "not given".
package struct OtelFilterRequest: Decodable, Sendable {
    package let name: String?
    package let evaluatorId: String?
    package let judgeId: String?
    package let filterCriteria: JSONValue?
    package let samplingRate: Double?
    package let delaySeconds: Int?
    package let appliesToNewOnly: Bool?
    package let isActive: Bool?
    package let extractorRules: JSONValue?

    /// What was given, and the rest of what it was, or of what a new filter is.
    /// - Throws: when there is no name or not exactly one of evaluator and judge.
    package func content(
        over known: EvaluationFilter.Content? = nil
    ) throws(InvalidDefinition) -> EvaluationFilter.Content {
        guard let name = name ?? known?.name else {
            throw InvalidDefinition(problems: [.init(field: "name", message: "This field is required.")])
        }
        guard let target = try target() ?? known?.target else {
            throw InvalidDefinition(problems: [
                .init(field: "non_field_errors", message: "Give exactly one of evaluator_id and judge_id.")
            ])
        }
        return EvaluationFilter.Content(
            name: name, target: target,
            criteria: Self.document(filterCriteria) ?? known?.criteria ?? OpaqueJSON(text: "{}"),
            extractorRules: Self.document(extractorRules) ?? known?.extractorRules ?? OpaqueJSON(text: "[]"),
            samplingRate: samplingRate ?? known?.samplingRate ?? 1,
            delaySeconds: delaySeconds ?? known?.delaySeconds ?? 20,
            appliesToNewOnly: appliesToNewOnly ?? known?.appliesToNewOnly ?? true,
            isActive: isActive ?? known?.isActive ?? true)
    }

    private func target() throws(InvalidDefinition) -> EvaluationFilter.Target? {
        let (evaluator, judge) = (evaluatorId.flatMap(Self.given), judgeId.flatMap(Self.given))
        switch (evaluator, judge) {
        case (nil, nil): return nil
        case (let text?, nil):
            guard let id = EvaluatorID(text) else { throw Self.unknown("evaluator_id") }
            return .evaluator(id)
        case (nil, let text?):
            guard let id = JudgeID(text) else { throw Self.unknown("judge_id") }
            return .judge(id)
        case (_?, _?):
            throw InvalidDefinition(problems: [
                .init(field: "non_field_errors", message: "Give exactly one of evaluator_id and judge_id.")
            ])
        }
    }

    private static func given(_ text: String) -> String? { text.isEmpty ? nil : text }

    private static func unknown(_ field: String) -> InvalidDefinition {
        InvalidDefinition(problems: [.init(field: field, message: "Must be a valid UUID.")])
    }

    private static func document(_ value: JSONValue?) -> OpaqueJSON? {
        guard let value, !value.isNull else { return nil }
        return OpaqueJSON(text: value.description)
    }
}

/// An evaluation filter.
package struct OtelFilterBody: Codable, Sendable {
    package let id: UUID
    package let name: String
    package let evaluatorId: UUID?
    package let judgeId: UUID?
    package let filterCriteria: JSONValue
    package let samplingRate: Double
    package let delaySeconds: Int
    package let appliesToNewOnly: Bool
    package let isActive: Bool
    package let extractorRules: JSONValue
    package let createdAt: Date
    package let updatedAt: Date

    /// - Throws: `JSONDecodingError` for a stored text that is no JSON.
    package init(_ filter: EvaluationFilter) throws {
        let content = filter.content
        id = filter.id.uuid
        name = content.name
        switch content.target {
        case .evaluator(let id): (evaluatorId, judgeId) = (id.uuid, nil)
        case .judge(let id): (evaluatorId, judgeId) = (nil, id.uuid)
        }
        filterCriteria = try JSONParser.parse(content.criteria.text)
        samplingRate = content.samplingRate
        delaySeconds = content.delaySeconds
        appliesToNewOnly = content.appliesToNewOnly
        isActive = content.isActive
        extractorRules = try JSONParser.parse(content.extractorRules.text)
        createdAt = filter.createdAt
        updatedAt = filter.updatedAt
    }
}

/// What is odd about a filter that may be made.
package struct OtelFilterWarnings: Codable, Sendable {
    package let warnings: [String]

    package init(_ warnings: [String]) { self.warnings = warnings }
}
