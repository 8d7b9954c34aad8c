package import FoundationEssentials
package import Scoring
internal import Tenancy

/// The answer to the upload of a file.
package struct FileUploadBody: Codable, Sendable {
    package let id: UUID

    package init(_ id: FileID) { self.id = id.uuid }
}

/// A file that was looked at, as an execution log names it.
package struct AttachedFileBody: Codable, Sendable, Hashable {
    package let id: UUID
    package let name: String
    /// Such as `application/pdf`.
    package let mediaType: String

    package init(id: UUID, name: String, mediaType: String) {
        self.id = id
        self.name = name
        self.mediaType = mediaType
    }

    package init(_ file: AttachedFile) {
        id = file.id.uuid
        name = file.name
        mediaType = file.mediaType
    }
}

/// The file of a judge.
package struct JudgeFileBody: Codable, Sendable {
    package let id: UUID
    package let name: String
    /// Where its bytes are.
    package let url: String

    package init(_ file: AttachedFile) {
        id = file.id.uuid
        name = file.name
        url = "/v1/files/\(file.id)/"
    }
}
