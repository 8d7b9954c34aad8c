package import FoundationEssentials
package import Scoring
package import Tenancy

/// What files can be, told by what is in them.
package enum FileKind: String, Sendable, Hashable, CaseIterable {
    case pdf = "application/pdf"
    case png = "image/png"
    case jpeg = "image/jpeg"
    case webp = "image/webp"
    case svg = "image/svg+xml"

    /// Whether models are shown it as a picture. No model takes a drawing in SVG as one: its source is text that they read.
    package var isPicture: Bool {
        switch self {
        case .png, .jpeg, .webp: true
        case .pdf, .svg: false
        }
    }
}

/// A file that somebody uploaded, for evaluators to look at.
package struct UploadedFile: Sendable, Hashable {
    /// What its beginning or its reader tells of it.
    package enum Extent: Sendable, Hashable {
        case pages(Int)
        /// In pixels.
        case picture(width: Int, height: Int)
        case unknown
    }

    package let id: FileID
    package let organizationID: OrganizationID
    package let projectID: ProjectID
    package let ownerID: UserID
    /// As its sender calls it.
    package let name: String
    package let kind: FileKind
    /// In bytes.
    package let size: Int64
    package let sha256: [UInt8]
    package let extent: Extent
    package let createdAt: Date
    /// When it was last looked at, to a day.
    package let usedAt: Date

    package init(
        id: FileID, organizationID: OrganizationID, projectID: ProjectID, ownerID: UserID, name: String,
        kind: FileKind, size: Int64, sha256: [UInt8], extent: Extent, createdAt: Date, usedAt: Date
    ) {
        self.id = id
        self.organizationID = organizationID
        self.projectID = projectID
        self.ownerID = ownerID
        self.name = name
        self.kind = kind
        self.size = size
        self.sha256 = sha256
        self.extent = extent
        self.createdAt = createdAt
        self.usedAt = usedAt
    }

    /// What a log keeps of it.
    package var reference: AttachedFile { AttachedFile(id: id, name: name, mediaType: kind.rawValue) }
}
