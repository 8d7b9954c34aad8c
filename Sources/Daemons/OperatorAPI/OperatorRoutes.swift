package import Access
package import HTTPServing
package import Operations
package import WireAPI

/// What the internal API serves to the console.
package struct OperatorRoutes: Sendable {
    let authenticator: Authenticator
    let signIn: SignIn
    let organizations: Organizations
    let projects: Projects
    let logs: ExecutionLogs
    let feed: EventFeed
    /// Which installation this is.
    let deployment: OperatorSession.Deployment

    package init(
        authenticator: Authenticator, signIn: SignIn, organizations: Organizations, projects: Projects,
        logs: ExecutionLogs, feed: EventFeed, deployment: OperatorSession.Deployment
    ) {
        self.authenticator = authenticator
        self.signIn = signIn
        self.organizations = organizations
        self.projects = projects
        self.logs = logs
        self.feed = feed
        self.deployment = deployment
    }

    /// Every route below `/internal`.
    package func router() -> Router {
        var routes = ProtectedRoutes(authenticator: authenticator)
        addSession(to: &routes)
        addExecutions(to: &routes)
        addEvents(to: &routes)
        return routes.router
    }
}
