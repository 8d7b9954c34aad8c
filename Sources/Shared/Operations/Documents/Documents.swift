package import FoundationEssentials
package import Scoring
package import Stores
package import Tenancy
internal import YAML

/// Evaluators and judges as YAML documents: to be edited, carried from one installation to another, and kept in
/// repositories.
package struct Documents: Sendable {
    let items: Items
    let itemStore: ItemStore
    let evaluators: Evaluators
    let judges: Judges
    let objectives: ObjectiveStore
    let models: Models
    let projects: Projects

    /// How much a text may contain, all of its documents together.
    static let limits = YAMLLimits(lengthInBytes: 4 << 20)

    package init(
        items: Items, itemStore: ItemStore, evaluators: Evaluators, judges: Judges, objectives: ObjectiveStore,
        models: Models, projects: Projects
    ) {
        self.items = items
        self.itemStore = itemStore
        self.evaluators = evaluators
        self.judges = judges
        self.objectives = objectives
        self.models = models
        self.projects = projects
    }

    /// A document and the version that it is of.
    package struct Written: Sendable {
        package let item: ItemSummary
        package let version: VersionSummary
        package let text: String
    }

    /// The item at its current or the given version as a document to be edited, with comments that say how.
    /// - Throws: `NotFound`.
    package func write(
        _ kind: ItemKind, _ id: UUID, version: UUID?, for principal: Principal
    ) async throws -> Written {
        let item = try await items.find(kind, id, for: principal)
        let chosen = try await items.version(version ?? item.version.id, of: item)
        let members = try await members(of: item, at: chosen, isComplete: true, principal)
        let text = DocumentText.edited(
            item, at: chosen, origin: item.origin(for: principal.organizationID), members)
        return Written(item: item, version: chosen, text: text)
    }

    /// The form of a new item, with comments that say what belongs where.
    package func form(_ kind: ItemKind) -> String { DocumentText.form(kind) }

    /// Items as one text of several documents, evaluators before the judges that have them.
    /// - Throws: `NotFound` when the caller does not see one of them.
    package func export(
        evaluators: [EvaluatorID], judges: [JudgeID], withEvaluatorsOfJudges: Bool, for principal: Principal
    ) async throws -> (text: String, items: [ItemReference]) {
        var ids = evaluators
        if withEvaluatorsOfJudges {
            for id in judges {
                let own = try await self.judges.find(id, to: .judgeRead, for: principal).evaluators.filter {
                    $0.organizationID == principal.organizationID && !$0.isRoot
                        && principal.may(.evaluatorRead, with: $0.organizationID, in: $0.projectID)
                }
                ids += own.map(\.id)
            }
        }
        var seen: Set<UUID> = []
        let wanted =
            ids.map { (kind: ItemKind.evaluator, id: $0.uuid) } + judges.map { (kind: ItemKind.judge, id: $0.uuid) }
        var texts: [String] = []
        var references: [ItemReference] = []
        for (kind, id) in wanted where seen.insert(id).inserted {
            let item = try await items.find(kind, id, for: principal)
            let members = try await members(of: item, at: item.version, isComplete: false, principal)
            texts.append(DocumentText.exported(item, at: item.version, members))
            references.append(item.reference)
        }
        return (DocumentText.joined(texts), references)
    }

    /// A project's name; `nil` for none, and for one of another organisation.
    func projectName(of id: ProjectID?, _ principal: Principal) async throws -> String? {
        guard let id else { return nil }
        return try await projects.name(of: id, for: principal)
    }

    private func members(
        of item: ItemSummary, at version: VersionSummary, isComplete: Bool, _ principal: Principal
    ) async throws -> [YAMLEntry] {
        let projectName = try await projectName(of: item.projectID, principal)
        switch item.kind {
        case .evaluator:
            let evaluator = try await evaluators.find(
                EvaluatorID(uuid: item.id), version: EvaluatorVersionID(uuid: version.id), for: principal)
            return EvaluatorDocument(evaluator, projectName: projectName).members(isComplete: isComplete)
        case .judge:
            let judge = try await judges.find(
                JudgeID(uuid: item.id), version: JudgeVersionID(uuid: version.id), for: principal)
            let references = judge.version.definition.evaluators
            let members = zip(references, judge.evaluators).map { reference, evaluator in
                JudgeDocument.Member(
                    name: evaluator.name, id: reference.id,
                    version: reference.pinned == nil ? nil : evaluator.version.number)
            }
            return JudgeDocument(judge, projectName: projectName, members: members).members(isComplete: isComplete)
        }
    }
}
