import FoundationEssentials
import HTTPMessages
import Operations
import Postgres
import Records
import Scoring
import Stores
import Tenancy
import WireAPI

/// An organisation with two projects beside the default one, and somebody who is signed in with a role in the first.
struct ProjectScene: Sendable {
    let tenant: Tenant
    let owner: Viewer
    let granted: Viewer
    let mine: Things
    let other: Things

    /// Something of every kind that lies in a project.
    struct Things: Sendable {
        let project: ProjectID
        let evaluator: Evaluator
        let judge: Judge
        let dataset: UUID
        let log: ExecutionLog
        let annotation: UUID

        /// By the paths where it is looked for.
        var byPath: [String: String] {
            [
                OperatorItemKind.evaluator.path: evaluator.id.uuid, OperatorItemKind.judge.path: judge.id.uuid,
                OperatorDataset.path: dataset, OperatorProject.path: project.uuid,
                OperatorExecutionPage.path: log.id.uuid, OperatorLabel.path: annotation,
            ].mapValues { $0.uuidString.lowercased() }
        }
    }

    init(_ server: OperatorServer, role: Role = .auditor, granted: Role) async throws {
        tenant = try await server.tenant()
        owner = try await tenant.viewer(.owner)
        mine = try await tenant.things("Ours")
        other = try await tenant.things("Theirs")
        self.granted = try await tenant.viewer(role)
        try await server.database.execute(
            """
            INSERT INTO project_grants (organization_id, user_id, project_id, role, created_at)
            VALUES (\(tenant.organization), \(self.granted.user.id), \(mine.project), \(granted.rawValue), now())
            """)
    }

    /// Takes the role in the project away.
    func revoke() async throws {
        try await tenant.server.database.execute(
            "DELETE FROM project_grants WHERE user_id = \(granted.user.id)")
        await tenant.server.product.changes.announce(.access)
    }
}

extension Tenant {
    /// Something of every kind in a new project, all of that name.
    fileprivate func things(_ name: String) async throws -> ProjectScene.Things {
        let product = server.product
        var draft = ProjectDraft()
        draft.name = name
        let project = try await product.projectChanges.create(draft, for: principal()).id
        var evaluator = EvaluatorDraft()
        evaluator.name = name
        evaluator.criteria = "Judge {{response}}"
        evaluator.objective = .new(intent: "To measure something.")
        evaluator.projectID = project
        let made = try await product.evaluators.create(evaluator, overwrite: false, for: principal())
        var judge = JudgeDraft()
        judge.name = name
        judge.intent = "To judge."
        judge.evaluators = [EvaluatorReference(id: made.id, pinned: nil)]
        judge.projectID = project
        var dataset = DatasetDraft()
        dataset.name = name
        dataset.projectID = project
        let data = try await product.datasets.create(dataset, for: principal())
        let item = try await product.datasets.add(
            [DatasetItemContent(response: name)], to: data.id, for: principal())[0]
        var label = AnnotationDraft()
        label.value = 0.5
        let annotation = try await product.annotations.create(
            label, of: .datasetItem(item.id), on: nil, for: principal())
        return ProjectScene.Things(
            project: project, evaluator: made, judge: try await product.judges.create(judge, for: principal()),
            dataset: data.id.uuid, log: try await log(name, item: made.id.uuid, in: project),
            annotation: annotation.id.uuid)
    }
}
