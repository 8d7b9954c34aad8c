/// What an answer that is written here is called.
package struct AnswerIdentity: Sendable, Hashable {
    /// Without the prefix of any dialect.
    package let id: String
    /// Seconds since 1970.
    package let created: Int64

    package init(id: String, created: Int64) {
        self.id = id
        self.created = created
    }
}
