package import HTTPMessages
package import Tenancy

/// What a route asks of its callers.
package struct AccessRule: Sendable, Hashable {
    package let permission: Permission
    /// Whether people who are signed in have to have shown a moment ago who they are.
    package let wantsConfirmation: Bool
    /// How the project is found in which a role is enough; `nil` where only the role in the organisation counts: for what
    /// lies in no project (people, keys, sign-in, providers and what they cost, queues, workers, webhooks, the audit), for
    /// what is not there yet (a project), and for what is about all projects at once (dashboards, exports, filters of
    /// traces). The tests of the permission table name each with its reason.
    package let place: ProjectPlace?
}

/// How the project is found that a call is about. Names in it are those of the path's parameters.
package enum ProjectPlace: Sendable, Hashable {
    /// The one that the path names.
    case project(String)
    /// That of a thing that the path names.
    case evaluator(String)
    case judge(String)
    case objective(String)
    case dataset(String)
    /// Whichever it turns out to be: the operation itself asks for the project of what it finds, and shows only what lies
    /// where the caller may see it.
    case any
    /// None: scales and models are a whole organisation's, and seen by whoever may see them in any project of it.
    case shared
    /// The one that the body names as `project_id`, else the caller's default.
    case body
}

/// A method and a path with who may call them: a line of the table that a router is.
package struct ProtectedOperation: Sendable, Hashable {
    package let method: HTTPMethod
    /// The pattern, such as `/v1/evaluators/{id}/`.
    package let path: String
    /// `nil` for what is there for everybody, also for those who are not known.
    package let rule: AccessRule?
    /// What a call leaves in the audit beside what the operation keeps itself.
    package let trace: RouteTrace
}
