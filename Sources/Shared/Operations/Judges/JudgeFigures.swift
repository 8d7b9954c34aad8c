internal import Scoring
internal import Tenancy

/// What the audit keeps of a judge, with a digest of its intent in place of it.
struct JudgeFigures: Encodable, Sendable {
    let name: String
    let version: Int
    let project: String?
    let visibility: String
    let intent: KeptText?
    let stage: String
    /// Each with the version that it is kept to, if any.
    let evaluators: [String]
    let file: String?
    let changeNote: String
    /// What it was copied from.
    let copiedFrom: String?

    init(_ judge: Judge, copiedFrom original: JudgeID? = nil) {
        let definition = judge.version.definition
        name = definition.name
        version = judge.version.number
        project = judge.projectID?.description
        visibility = judge.visibility.rawValue
        intent = KeptText(definition.intent)
        stage = definition.stage
        evaluators = definition.evaluators.map { reference in
            reference.pinned.map { "\(reference.id) at \($0)" } ?? "\(reference.id)"
        }
        file = definition.fileID?.description
        changeNote = definition.changeNote
        copiedFrom = original?.description
    }
}
