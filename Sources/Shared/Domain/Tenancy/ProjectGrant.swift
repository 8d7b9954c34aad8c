package import FoundationEssentials

/// What somebody may do in one project beyond what their role in the organisation allows; it never takes anything away.
package struct ProjectGrant: Sendable, Hashable {
    package let projectID: ProjectID
    package let role: Role
    package let createdAt: Date

    package init(projectID: ProjectID, role: Role, createdAt: Date) {
        self.projectID = projectID
        self.role = role
        self.createdAt = createdAt
    }

    /// The roles that there are in a project: owning and auditing are about a whole organisation.
    package static let roles: [Role] = [.viewer, .annotator, .engineer, .operator, .admin]
}

extension Permission {
    /// What is done with what lies in projects, or seen of what all of them use: a role in a project opens it there. The rest
    /// is about the whole organisation, and takes the role in that.
    package static let inProjects: Set<Permission> = [
        .projectRead, .projectUpdate, .projectDelete,
        .objectiveRead, .objectiveCreate, .objectiveUpdate, .objectiveDelete,
        .evaluatorRead, .evaluatorCreate, .evaluatorUpdate, .evaluatorDelete, .evaluatorExecute,
        .judgeRead, .judgeCreate, .judgeUpdate, .judgeDelete, .judgeExecute,
        .datasetRead, .datasetCreate, .datasetUpdate, .datasetDelete, .fileCreate, .fileRead, .scoreConfigRead,
        .annotationRead, .annotationCreate, .annotationUpdate, .annotationDelete, .calibrationRead, .calibrationCreate,
        .modelRead, .modelExecute, .executionLogList, .executionLogRead, .executionLogTag, .traceRead, .traceCreate,
        .eventRead,
    ]
}
