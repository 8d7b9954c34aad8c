internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
package import Operations
internal import Tenancy
internal import WireAPI

/// What the internal API serves of the dashboard.
package struct DashboardRoutes: Sendable {
    private let dashboards: Dashboards
    private let projects: Projects
    private let notices: Notices
    private let health: HealthWatch
    private let rights: InstallationRights

    package init(
        dashboards: Dashboards, projects: Projects, notices: Notices, health: HealthWatch, rights: InstallationRights
    ) {
        self.rights = rights
        self.dashboards = dashboards
        self.projects = projects
        self.notices = notices
        self.health = health
    }

    func add(to routes: inout ProtectedRoutes) {
        routes.on(.get, OperatorDashboard.path, needs: .executionLogList) { context, principal in
            let window = try context.query.choice("window", of: OperatorDashboardWindow.self) ?? .hour
            let project = try context.query.uuid("project_id").map(ProjectID.init(uuid:))
            if let project { _ = try await projects.find(project, for: principal) }
            let figures = try await dashboards.figures(
                back: window.duration, every: window.bucket, in: project, for: principal)
            return .json(
                OperatorDashboard(
                    figures, window: window, project: project, health: health.health,
                    notices: try await notices.newest(for: principal), for: principal,
                    runsInstallation: try await rights.runsInstallation(principal)))
        }
    }
}
