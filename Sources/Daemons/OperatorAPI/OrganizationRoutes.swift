internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Tenancy
internal import WireAPI

extension PeopleRoutes {
    func addOrganizations(to routes: inout ProtectedRoutes) {
        let organizations = product.organizations
        routes.on(.get, OperatorOrganization.path, needs: .organizationCreate) { context, principal in
            let found = try await organizations.page(try context.pageRequest(), for: context.actor(principal))
            return .json(
                OperatorOrganizationPage(
                    results: found.items,
                    next: found.nextCursor { Keyset(createdAt: $0.createdAt, id: $0.id) }))
        }
        routes.on(.post, OperatorOrganization.path, needs: .organizationCreate, confirmed: true) { context, principal in
            let made = try await organizations.create(
                try await context.decode(OperatorNewOrganization.self), by: context.actor(principal))
            return .json(made, status: 201).secret
        }
        routes.on(.patch, OperatorOrganization.path + "/{id}", needs: .organizationUpdate) { context, principal in
            let name = try await context.decode(OperatorOrganizationName.self)
            return .json(
                try await organizations.rename(
                    context.parameter("id"), to: name.name, by: context.actor(principal)))
        }
    }
}
