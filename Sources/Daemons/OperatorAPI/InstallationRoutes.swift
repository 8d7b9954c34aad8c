internal import Access
internal import HTTPMessages
internal import HTTPServing
package import Operations
internal import Tenancy
internal import WireAPI

/// What the internal API serves of what the installation is made of.
package struct InstallationRoutes: Sendable {
    private let view: InstallationView

    /// A store that does not answer is waited for.
    private static let patience = RouteOptions(timeout: .seconds(30))

    package init(_ view: InstallationView) { self.view = view }

    func add(to routes: inout ProtectedRoutes) {
        routes.on(.get, OperatorDiagnosis.path, needs: .installationRead, Self.patience) { _, principal in
            .json(try await view.diagnosis(for: principal))
        }
        routes.on(.get, OperatorInstances.path, needs: .installationRead, Self.patience) { context, principal in
            let isWhole = try context.query.bool(OperatorInstances.settingsParameter) ?? false
            return .json(try await view.instances(withSettings: isWhole, for: principal))
        }
    }
}
