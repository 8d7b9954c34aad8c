package import FoundationEssentials

/// One judge in full at one of its versions, `GET /internal/judges/ID` and `…/ID/versions/VERSION`.
package struct OperatorJudge: Codable, Sendable, Hashable {
    /// The judge as the list shows it.
    package let item: OperatorItem
    /// The version whose definition this is.
    package let version: OperatorVersion
    /// The name at this version.
    package let name: String
    /// A raw value of `Visibility`.
    package let visibility: String
    package let intent: String
    package let stage: String
    /// In the judge's order. One that was deleted is left out.
    package let members: [Member]
    /// What an execution has to bring: everything that one of the evaluators uses.
    package let inputs: [OperatorInput]

    /// An evaluator of the judge.
    package struct Member: Codable, Sendable, Hashable {
        package let id: UUID
        /// At the version that is used.
        package let name: String
        package let origin: OperatorItem.Origin
        /// Whether the judge keeps to the version, whatever the evaluator's latest is.
        package let isPinned: Bool
        /// The version that is used.
        package let version: OperatorVersionReference
        /// The evaluator's current version.
        package let latest: OperatorVersionReference
        package let models: [String]
        /// The kind of code that the evaluator is instead, such as `regex`.
        package let code: String?

        package init(
            id: UUID, name: String, origin: OperatorItem.Origin, isPinned: Bool, version: OperatorVersionReference,
            latest: OperatorVersionReference, models: [String], code: String? = nil
        ) {
            self.id = id
            self.name = name
            self.origin = origin
            self.isPinned = isPinned
            self.version = version
            self.latest = latest
            self.models = models
            self.code = code
        }
    }

    package init(
        item: OperatorItem, version: OperatorVersion, name: String, visibility: String, intent: String, stage: String,
        members: [Member], inputs: [OperatorInput]
    ) {
        self.item = item
        self.version = version
        self.name = name
        self.visibility = visibility
        self.intent = intent
        self.stage = stage
        self.members = members
        self.inputs = inputs
    }
}

extension OperatorRequest where Reply == OperatorJudge {
    /// One judge in full at its current version, or at the given one.
    package static func judge(_ id: UUID, version: UUID? = nil) -> Self {
        let path = OperatorItemKind.judge.path(of: id)
        return Self(.get, version.map { "\(path)/versions/\($0.uuidString.lowercased())" } ?? path)
    }
}
