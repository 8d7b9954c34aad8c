package import FoundationEssentials
package import Records
internal import Tenancy

/// The body of `POST`, `PUT` and `PATCH` on annotations; `null` and absent mean "not given".
package struct AnnotationRequest: Decodable, Sendable {
    package let datasetItem: UUID?
    package let executionLog: UUID?
    package let scoreConfig: UUID?
    package let value: Double?
    package let category: String?
    package let rationale: String?
    package let status: String?
}

/// One annotation.
package struct AnnotationBody: Codable, Sendable {
    package let id: UUID
    package let datasetItem: UUID?
    package let executionLog: UUID?
    package let scoreConfig: UUID
    package let value: Double
    package let category: String?
    package let rationale: String
    package let status: String
    /// Whose label it is.
    package let annotator: UserDetails
    package let createdAt: Date
    package let updatedAt: Date

    package init(_ annotation: Annotation) {
        id = annotation.id.uuid
        switch annotation.target {
        case .datasetItem(let item): (datasetItem, executionLog) = (item.uuid, nil)
        case .executionLog(let log): (datasetItem, executionLog) = (nil, log.uuid)
        }
        scoreConfig = annotation.scoreConfigID.uuid
        value = annotation.verdict.value
        category = annotation.verdict.category
        rationale = annotation.rationale
        status = annotation.status.rawValue
        annotator = UserDetails(annotation.author)
        createdAt = annotation.createdAt
        updatedAt = annotation.updatedAt
    }
}
