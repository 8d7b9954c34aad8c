/// A file that evaluators look at beside the texts of an input, by what a log keeps of it.
package struct AttachedFile: Sendable, Hashable {
    package let id: FileID
    /// As it was called when it was uploaded.
    package let name: String
    /// Such as `application/pdf`.
    package let mediaType: String

    package init(id: FileID, name: String, mediaType: String) {
        self.id = id
        self.name = name
        self.mediaType = mediaType
    }
}

/// A file with what models get to see of it.
package struct FileMaterial: Sendable, Hashable {
    /// What is seen.
    package enum Content: Sendable, Hashable {
        /// What a document says.
        case text(String)
        /// A picture, as its bytes in base64.
        case picture(base64: String)
    }

    package let name: String
    /// Such as `image/png`.
    package let mediaType: String
    package let content: Content

    package init(name: String, mediaType: String, content: Content) {
        self.name = name
        self.mediaType = mediaType
        self.content = content
    }
}
