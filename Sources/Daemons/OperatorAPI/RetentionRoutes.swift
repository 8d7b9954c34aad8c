internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
package import Operations
internal import Records
internal import Tenancy
internal import WireAPI

/// What the internal API serves of how long something is kept, and of the room that it takes.
package struct RetentionRoutes: Sendable {
    private let product: RetentionProduct
    private let forecasts: StorageForecasts
    private let rights: InstallationRights

    /// A preview counts what lies in millions of rows.
    private static let patience = RouteOptions(timeout: .seconds(120))

    /// `rights` tell who runs the installation, whose disks and sizes are nobody else's to see.
    package init(product: RetentionProduct, forecasts: StorageForecasts, rights: InstallationRights) {
        self.product = product
        self.rights = rights
        self.forecasts = forecasts
    }

    func add(to routes: inout ProtectedRoutes) {
        routes.on(.get, OperatorRetention.path, needs: .retentionRead) { context, principal in
            .json(try await product.show(of: principal.organizationID))
        }
        routes.on(.get, OperatorRetention.previewPath, needs: .retentionRead, Self.patience) { context, principal in
            .json(try await product.preview(of: principal.organizationID))
        }
        routes.on(
            .put, OperatorRetention.rulesPath, needs: .retentionUpdate, confirmed: true,
            leaving: .change("retention.update"), Self.patience
        ) { context, principal in
            let change = try await context.decode(OperatorRetentionChange.self)
            return .json(
                try await product.change(change, of: principal.organizationID, by: context.actor(principal)))
        }
        routes.on(
            .post, OperatorRetention.holdsPath, needs: .retentionUpdate, leaving: .change("retention.hold")
        ) { context, principal in
            let draft = try await context.decode(OperatorRetentionHoldDraft.self)
            return .json(
                try await product.hold(draft, of: principal.organizationID, by: context.actor(principal)), status: 201)
        }
        routes.on(
            .delete, OperatorRetention.holdsPath + "/{id}", needs: .retentionUpdate, confirmed: true,
            leaving: .change("retention.release")
        ) { context, principal in
            let id: RetentionHoldID = try context.parameter("id")
            return .json(
                try await product.release(id, of: principal.organizationID, by: context.actor(principal)))
        }
        routes.on(.get, OperatorStorage.path, needs: .retentionRead) { _, principal in
            let storage = try await forecasts.forecast()
            return .json(try await rights.runsInstallation(principal) ? storage : storage.withoutSizes)
        }
    }
}

extension OperatorStorage {
    /// What concerns everybody: whether something new is taken. What fills the disks is of all organisations together.
    fileprivate var withoutSizes: OperatorStorage { OperatorStorage(level: level, disks: [], parts: []) }
}
