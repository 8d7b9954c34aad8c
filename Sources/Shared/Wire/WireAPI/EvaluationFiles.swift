package import Scoring

extension EvaluationCall {
    /// A file that models look at: evald has no store, so what is in it comes along.
    package struct File: Codable, Sendable, Hashable {
        package let name: String
        package let mediaType: String
        /// What a document says.
        package let text: String?
        /// A picture.
        package let base64: String?

        package init(_ material: FileMaterial) {
            name = material.name
            mediaType = material.mediaType
            switch material.content {
            case .text(let text): (self.text, base64) = (text, nil)
            case .picture(let bytes): (text, base64) = (nil, bytes)
            }
        }
    }
}

extension EvaluationCall.Input {
    /// What is in the files.
    package var materials: [FileMaterial] { (files ?? []).map(FileMaterial.init) }
}

extension FileMaterial {
    /// What a call wants looked at.
    package init(_ file: EvaluationCall.File) {
        self.init(
            name: file.name, mediaType: file.mediaType,
            content: file.base64.map { .picture(base64: $0) } ?? .text(file.text ?? ""))
    }
}
