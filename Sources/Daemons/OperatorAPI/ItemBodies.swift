internal import FoundationEssentials
internal import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

extension OperatorItem.Origin {
    init(_ origin: ItemOrigin) {
        switch origin {
        case .own: self = .own
        case .preset: self = .preset
        case .published: self = .published
        }
    }
}

extension OperatorItem {
    /// Another organisation's project is not the viewer's business.
    init(_ item: ItemSummary, projectName: String?, _ statistics: ItemStatistics, for principal: Principal) {
        let isOwn = item.organizationID == principal.organizationID
        self.init(
            id: item.id, kind: OperatorItemKind(item.kind), name: item.name,
            origin: Origin(item.origin(for: principal.organizationID)),
            projectID: isOwn ? item.projectID?.uuid : nil, projectName: isOwn ? projectName : nil,
            version: OperatorVersionReference(item.version), versionCount: item.versionCount, models: item.models,
            code: item.codeKinds.map(\.rawValue),
            evaluatorCount: item.evaluatorCount, judgeCount: item.judgeCount, owner: OperatorPerson(item.owner),
            createdAt: item.createdAt, updatedAt: item.version.createdAt,
            updatedBy: OperatorPerson(item.version.author), deletedAt: item.deletedAt,
            statistics: OperatorItemStatistics(statistics))
    }
}

extension OperatorVersionReference {
    init(_ version: VersionSummary) { self.init(id: version.id, number: version.number) }
}

extension OperatorVersion {
    init(_ version: VersionSummary, isCurrent: Bool) {
        self.init(
            id: version.id, number: version.number, createdAt: version.createdAt,
            author: OperatorPerson(version.author), changeNote: version.changeNote, isCurrent: isCurrent)
    }
}

extension OperatorItemReference {
    init(_ reference: ItemReference) {
        self.init(kind: OperatorItemKind(reference.kind), id: reference.id, name: reference.name)
    }
}

extension OperatorInput {
    /// Every input of an item, in the order in which its criteria use them.
    static func all(of inputs: ExecutionInputs) -> [OperatorInput] {
        inputs.entries.map { entry in
            OperatorInput(
                name: entry.name, shape: Shape(entry.shape), isBuiltIn: BuiltInInput(rawValue: entry.name) != nil)
        }
    }
}

extension OperatorInput.Shape {
    fileprivate init(_ shape: InputShape) {
        switch shape {
        case .string: self = .text
        case .arrayOfStrings: self = .texts
        case .arrayOfObjects: self = .objects
        }
    }
}
