package import FoundationEssentials
package import Records
internal import Tenancy

/// The body of `POST`, `PUT` and `PATCH` on score configs; `null` and absent mean "not given".
package struct ScoreConfigRequest: Decodable, Sendable {
    package let name: String?
    package let type: String?
    package let categories: [ScoreCategoryBody]?
    package let minValue: Double?
    package let maxValue: Double?
}

/// A label and the number that it stands for.
package struct ScoreCategoryBody: Codable, Sendable, Hashable {
    package let label: String
    package let value: Double

    package init(_ category: ScoreScale.Category) {
        label = category.label
        value = category.value
    }
}

/// One score config.
package struct ScoreConfigBody: Codable, Sendable {
    package let id: UUID
    package let name: String
    package let type: String
    package let categories: [ScoreCategoryBody]
    /// Of a continuous scale; of the others the least value of a label.
    package let minValue: Double
    package let maxValue: Double
    package let isDefault: Bool
    package let createdAt: Date

    package init(_ config: ScoreConfig) {
        id = config.id.uuid
        name = config.name
        type = config.scale.kind.rawValue
        categories = config.scale.categories.map(ScoreCategoryBody.init)
        minValue = config.scale.minimum
        maxValue = config.scale.maximum
        isDefault = config.isDefault
        createdAt = config.createdAt
    }
}
