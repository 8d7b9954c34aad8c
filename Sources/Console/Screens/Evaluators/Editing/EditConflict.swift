import WireAPI

/// Somebody else saved another version while a text was edited.
struct EditConflict: Sendable {
    /// What they saved.
    let document: OperatorDocument
    /// Their version, where it is known.
    let version: OperatorVersion?

    /// Who, what and when.
    var sentence: String {
        guard let version else { return "Somebody else saved another version" }
        return "\(version.author.fullName) saved version \(version.number) at \(Formats.minute(version.createdAt)) UTC"
    }
}

/// Reads what somebody else saved, and who it was.
struct ConflictLoad: Sendable {
    private var document = Awaited<OperatorDocument>()
    private var versions = Awaited<OperatorVersionPage>()
    private var found: OperatorDocument?
    private var versionsFound: [OperatorVersion]?

    mutating func begin(_ item: OperatorItemReference, _ context: inout ScreenContext) {
        self = ConflictLoad()
        document.ask(.document(item.kind, item.id), &context)
        versions.ask(.versions(item.kind, item.id, limit: 20), &context)
    }

    /// Takes an answer; `nil` until everything is known.
    mutating func receive(_ answer: ServerAnswer) -> Result<EditConflict, ServerFailure>? {
        if let result = document.take(answer) {
            switch result {
            case .success(let reply): found = reply
            case .failure(let failure):
                self = ConflictLoad()
                return .failure(failure)
            }
        } else if let result = versions.take(answer) {
            switch result {
            case .success(let page): versionsFound = page.results
            // Who it was matters less than what they wrote.
            case .failure: versionsFound = []
            }
        } else {
            return nil
        }
        guard let found, let versionsFound else { return nil }
        self = ConflictLoad()
        return .success(
            EditConflict(document: found, version: versionsFound.first { $0.id == found.version?.id }))
    }
}
