package import FoundationEssentials

/// The body of `POST /v1/evaluators/import-yaml/`.
package struct EvaluatorImportRequest: Decodable, Sendable {
    /// The document.
    package let yaml: String
    package let overwrite: Bool?
    package let projectId: UUID?
}
