// Who may do what: the only place that decides it. What is not granted here is denied.

/// One thing that can be allowed, written `resource:action`. API keys carry the same words as scopes.
package enum Permission: String, Sendable, Hashable, CaseIterable {
    case organizationRead = "organization:read"
    case organizationUpdate = "organization:update"
    /// Making further organisations; for those who run the installation.
    case organizationCreate = "organization:create"
    case projectRead = "project:read"
    case projectCreate = "project:create"
    case projectUpdate = "project:update"
    case projectDelete = "project:delete"
    case userRead = "user:read"
    case userCreate = "user:create"
    case userUpdate = "user:update"
    case userDelete = "user:delete"
    /// Keeping people and groups from outside, as an identity provider does.
    case userProvision = "user:provision"
    /// Seeing who is signed in, and signing others out.
    case sessionRead = "session:read"
    case sessionEnd = "session:end"
    /// One's own sign-in: seeing and ending one's session, confirming it, setting up a second factor. It is all that is
    /// left to a session whose owner has to set one up first.
    case signInOwn = "sign_in:own"
    /// How long sign-ins last, and what is wanted of them.
    case signInPolicyRead = "sign_in_policy:read"
    case signInPolicyUpdate = "sign_in_policy:update"
    case identityProviderRead = "identity_provider:read"
    /// Deciding who says who everybody is, owners among them: whoever may do it can sign in as anybody.
    case identityProviderUpdate = "identity_provider:update"
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
    /// Showing a judge to every organisation of the installation.
    case judgePublish = "judge:publish"
    case datasetRead = "dataset:read"
    case datasetCreate = "dataset:create"
    case datasetUpdate = "dataset:update"
    case datasetDelete = "dataset:delete"
    /// Uploading files for evaluators to look at, and seeing them again.
    case fileCreate = "file:create"
    case fileRead = "file:read"
    case scoreConfigRead = "score_config:read"
    case scoreConfigCreate = "score_config:create"
    case scoreConfigUpdate = "score_config:update"
    case scoreConfigDelete = "score_config:delete"
    case annotationRead = "annotation:read"
    case annotationCreate = "annotation:create"
    case annotationUpdate = "annotation:update"
    case annotationDelete = "annotation:delete"
    case calibrationRead = "calibration:read"
    /// Starting and stopping runs.
    case calibrationCreate = "calibration:create"
    case modelRead = "model:read"
    case modelCreate = "model:create"
    case modelUpdate = "model:update"
    case modelDelete = "model:delete"
    /// Having a model answer, as OpenAI's clients ask it.
    case modelExecute = "model:execute"
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
    /// Seeing traces, with what was asked and answered in them.
    case traceRead = "trace:read"
    case traceCreate = "trace:create"
    /// Deciding which traces are evaluated.
    case traceFilterUpdate = "trace_filter:update"
    case queueRead = "queue:read"
    case queueUpdate = "queue:update"
    case webhookRead = "webhook:read"
    case webhookUpdate = "webhook:update"
    case eventRead = "event:read"
    /// Seeing how long what is recorded is kept, and how much room it takes.
    case retentionRead = "retention:read"
    case retentionUpdate = "retention:update"
    case auditRead = "audit:read"
    /// Deciding where the audit is sent to.
    case auditForward = "audit:forward"
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
        .organizationRead, .signInOwn, .projectRead, .objectiveRead, .evaluatorRead, .judgeRead, .datasetRead,
        .scoreConfigRead, .annotationRead, .calibrationRead, .modelRead,
        .fileRead, .executionLogList, .executionLogRead, .traceRead, .eventRead,
    ]

    private static let annotating: Set<Permission> = viewing.union([
        .executionLogTag, .datasetCreate, .datasetUpdate, .annotationCreate, .annotationUpdate, .annotationDelete,
    ])

    private static let engineering: Set<Permission> = annotating.union([
        .objectiveCreate, .objectiveUpdate, .objectiveDelete,
        .evaluatorCreate, .evaluatorUpdate, .evaluatorDelete, .evaluatorExecute,
        .judgeCreate, .judgeUpdate, .judgeDelete, .judgeExecute, .judgePublish,
        .datasetDelete, .fileCreate, .scoreConfigCreate, .scoreConfigUpdate, .scoreConfigDelete, .calibrationCreate,
        .modelCreate, .modelUpdate, .modelDelete, .modelExecute, .priceRead, .budgetRead,
        .traceCreate, .traceFilterUpdate,
        .projectCreate, .projectUpdate,
        .apiKeyRead, .apiKeyCreate, .apiKeyRevoke,
        .userRead,
    ])

    private static let operating: Set<Permission> = [
        .organizationRead, .signInOwn, .projectRead, .modelRead, .executionLogList,
        .providerRead, .providerCreate, .providerUpdate, .providerDelete,
        .modelCreate, .modelUpdate, .modelDelete,
        .priceRead, .priceUpdate, .budgetRead, .budgetUpdate,
        .queueRead, .queueUpdate, .webhookRead, .webhookUpdate, .eventRead, .retentionRead,
    ]

    private static let auditing: Set<Permission> = [.organizationRead, .signInOwn, .auditRead]

    private static let administering: Set<Permission> = engineering.union(operating).union([
        .projectDelete, .userCreate, .userUpdate, .userDelete, .userProvision, .sessionRead, .sessionEnd,
        .signInPolicyRead, .signInPolicyUpdate, .identityProviderRead, .auditRead, .auditForward,
        .retentionUpdate,
    ])

    private static let owning: Set<Permission> = administering.union([
        .organizationUpdate, .organizationCreate, .identityProviderUpdate,
    ])
}

extension Permission {
    /// What only people do who are signed in, whatever a key's scopes and owner are: with these, whoever finds a key would
    /// decide who gets in at all.
    package static let neverByKey: Set<Permission> = [
        .organizationUpdate, .organizationCreate, .identityProviderUpdate, .signInPolicyUpdate,
    ]

    /// What a key may only do that was made for it, by this very word: `*` does not stand for it. An identity provider makes
    /// people who last, of any role that its key's owner has.
    package static let byNameOnly: Set<Permission> = [.userProvision]

    /// What no key may do beside what is ``byNameOnly``: such a key is for keeping people from outside, and nothing else
    /// that makes or changes them.
    package static let neverBesideProvisioning: Set<Permission> = [.userCreate, .userUpdate]
}

extension Scopes {
    /// What somebody who tries the product without an account may do: what an engineer does with evaluators, judges and
    /// data, and nothing that reaches out of the installation, lasts longer than the trial or shows itself to others.
    package static let temporaryUser = Scopes.only(
        Role.engineer.permissions.subtracting([
            .modelCreate, .modelUpdate, .modelDelete, .apiKeyRead, .apiKeyCreate, .apiKeyRevoke, .userRead,
            .projectCreate, .projectUpdate, .judgePublish,
        ]))
}
