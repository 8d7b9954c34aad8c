// Who may do what: the only place that decides it. What is not granted here is denied.

/// One thing that can be allowed, written `resource:action`. API keys carry the same words as scopes.
package enum Permission: String, Sendable, Hashable, CaseIterable {
    case organizationRead = "organization:read"
    case organizationUpdate = "organization:update"
    case projectRead = "project:read"
    case projectCreate = "project:create"
    case projectUpdate = "project:update"
    case projectDelete = "project:delete"
    case userRead = "user:read"
    case userCreate = "user:create"
    case userUpdate = "user:update"
    case userDelete = "user:delete"
    case apiKeyRead = "api_key:read"
    case apiKeyCreate = "api_key:create"
    case apiKeyRevoke = "api_key:revoke"
    case objectiveRead = "objective:read"
    case objectiveCreate = "objective:create"
    case objectiveUpdate = "objective:update"
    case objectiveDelete = "objective:delete"
    case evaluatorRead = "evaluator:read"
    case evaluatorCreate = "evaluator:create"
    case evaluatorUpdate = "evaluator:update"
    case evaluatorDelete = "evaluator:delete"
    case evaluatorExecute = "evaluator:execute"
    case judgeRead = "judge:read"
    case judgeCreate = "judge:create"
    case judgeUpdate = "judge:update"
    case judgeDelete = "judge:delete"
    case judgeExecute = "judge:execute"
    case datasetRead = "dataset:read"
    case datasetCreate = "dataset:create"
    case datasetUpdate = "dataset:update"
    case datasetDelete = "dataset:delete"
    case modelRead = "model:read"
    case modelCreate = "model:create"
    case modelUpdate = "model:update"
    case modelDelete = "model:delete"
    case providerRead = "provider:read"
    case providerCreate = "provider:create"
    case providerUpdate = "provider:update"
    case providerDelete = "provider:delete"
    case priceRead = "price:read"
    case priceUpdate = "price:update"
    case budgetRead = "budget:read"
    case budgetUpdate = "budget:update"
    /// Seeing that executions happened: names, times, scores, cost, but no prompt and no answer.
    case executionLogList = "execution_log:list"
    /// Seeing what was asked and answered.
    case executionLogRead = "execution_log:read"
    case executionLogTag = "execution_log:tag"
    case queueRead = "queue:read"
    case queueUpdate = "queue:update"
    case eventRead = "event:read"
    case auditRead = "audit:read"
}

extension Role {
    /// Everything a holder of this role may do.
    package var permissions: Set<Permission> {
        switch self {
        case .viewer: Role.viewing
        case .annotator: Role.annotating
        case .engineer: Role.engineering
        case .operator: Role.operating
        case .auditor: Role.auditing
        case .admin: Role.administering
        case .owner: Role.owning
        }
    }

    /// Whether a holder of this role may do it.
    package func grants(_ permission: Permission) -> Bool { permissions.contains(permission) }

    private static let viewing: Set<Permission> = [
        .organizationRead, .projectRead, .objectiveRead, .evaluatorRead, .judgeRead, .datasetRead, .modelRead,
        .executionLogList, .executionLogRead, .eventRead,
    ]

    private static let annotating: Set<Permission> = viewing.union([
        .executionLogTag, .datasetCreate, .datasetUpdate,
    ])

    private static let engineering: Set<Permission> = annotating.union([
        .objectiveCreate, .objectiveUpdate, .objectiveDelete,
        .evaluatorCreate, .evaluatorUpdate, .evaluatorDelete, .evaluatorExecute,
        .judgeCreate, .judgeUpdate, .judgeDelete, .judgeExecute,
        .datasetDelete,
        .modelCreate, .modelUpdate, .modelDelete, .priceRead, .budgetRead,
        .projectCreate, .projectUpdate,
        .apiKeyRead, .apiKeyCreate, .apiKeyRevoke,
        .userRead,
    ])

    private static let operating: Set<Permission> = [
        .organizationRead, .projectRead, .modelRead, .executionLogList,
        .providerRead, .providerCreate, .providerUpdate, .providerDelete,
        .modelCreate, .modelUpdate, .modelDelete,
        .priceRead, .priceUpdate, .budgetRead, .budgetUpdate,
        .queueRead, .queueUpdate, .eventRead,
    ]

    private static let auditing: Set<Permission> = [.organizationRead, .auditRead]

    private static let administering: Set<Permission> = engineering.union(operating).union([
        .projectDelete, .userCreate, .userUpdate, .userDelete, .auditRead,
    ])

    private static let owning: Set<Permission> = administering.union([.organizationUpdate])
}
