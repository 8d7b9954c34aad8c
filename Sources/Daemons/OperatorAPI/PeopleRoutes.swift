internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
package import Operations
internal import Stores
internal import Tenancy
internal import WireAPI

/// What the internal API serves of people, service accounts, invitations and organisations.
package struct PeopleRoutes: Sendable {
    let product: PeopleProduct

    package init(_ product: PeopleProduct) { self.product = product }

    func add(to routes: inout ProtectedRoutes) {
        addPeople(to: &routes)
        addNewPeople(to: &routes)
        addRevisions(to: &routes)
        addDepartures(to: &routes)
        addPasswordResets(to: &routes)
        addGrants(to: &routes)
        addInvitations(to: &routes)
        addOrganizations(to: &routes)
    }

    private static let one = OperatorUser.path + "/{id}"

    private func addPeople(to routes: inout ProtectedRoutes) {
        let people = product.people
        routes.on(.get, OperatorUser.path, needs: .userRead) { context, principal in
            let found = try await people.page(
                in: principal.organizationID, matching: try PersonFilter(context.query), try context.pageRequest())
            return .json(
                OperatorUserPage(
                    results: found.items,
                    next: found.nextCursor { Keyset(createdAt: $0.createdAt, id: $0.id) }))
        }
        routes.on(.get, Self.one, needs: .userRead) { context, principal in
            .json(try await people.find(context.parameter("id"), in: principal.organizationID))
        }
    }

    private func addNewPeople(to routes: inout ProtectedRoutes) {
        let newPeople = product.newPeople
        routes.on(.post, OperatorUser.path, needs: .userCreate, confirmed: true) { context, principal in
            let made = try await newPeople.add(
                try await context.decode(OperatorNewUser.self), to: principal.organizationID,
                by: context.actor(principal))
            return .json(made, status: 201).secret
        }
        routes.on(.post, OperatorNewServiceAccount.path, needs: .userCreate, confirmed: true) { context, principal in
            let made = try await newPeople.addServiceAccount(
                try await context.decode(OperatorNewServiceAccount.self), to: principal.organizationID,
                by: context.actor(principal))
            return .json(made, status: 201)
        }
    }

    private func addRevisions(to routes: inout ProtectedRoutes) {
        let changes = product.changes
        routes.on(.patch, Self.one, needs: .userUpdate) { context, principal in
            let name = try await context.decode(OperatorUserName.self)
            return .json(
                try await changes.rename(
                    context.parameter("id"), to: name, in: principal.organizationID, by: context.actor(principal)))
        }
        routes.on(.put, Self.one + "/role", needs: .userUpdate, confirmed: true) { context, principal in
            let role = try await context.decode(OperatorUserRole.self)
            return .json(
                try await changes.giveRole(
                    role, to: context.parameter("id"), in: principal.organizationID, by: context.actor(principal)))
        }
    }

    private func addDepartures(to routes: inout ProtectedRoutes) {
        let departures = product.departures
        routes.on(.post, Self.one + "/deactivation", needs: .userDelete, confirmed: true) { context, principal in
            let wish = try await context.decode(OperatorDeactivation.self)
            return .json(
                try await departures.deactivate(
                    context.parameter("id"), wish, in: principal.organizationID, by: context.actor(principal)))
        }
        routes.on(.post, Self.one + "/reactivation", needs: .userUpdate, confirmed: true) { context, principal in
            let wish = try await context.decode(OperatorReactivation.self)
            return .json(
                try await departures.reactivate(
                    context.parameter("id"), wish, in: principal.organizationID, by: context.actor(principal)))
        }
        routes.on(.post, Self.one + "/hand-over", needs: .userUpdate, confirmed: true) { context, principal in
            let wish = try await context.decode(OperatorHandOver.self)
            return .json(
                try await departures.handOver(
                    from: context.parameter("id"), to: UserID(uuid: wish.to), in: principal.organizationID,
                    by: context.actor(principal)))
        }
        routes.on(.post, Self.one + "/sign-out", needs: .sessionEnd, confirmed: true) { context, principal in
            .json(
                try await departures.signOut(
                    context.parameter("id"), in: principal.organizationID, by: context.actor(principal)))
        }
    }

    private func addPasswordResets(to routes: inout ProtectedRoutes) {
        let resets = product.passwordResets
        routes.on(.post, Self.one + "/password-reset", needs: .userUpdate, confirmed: true) { context, principal in
            let link = try await resets.makeLink(
                for: context.parameter("id"), in: principal.organizationID, by: context.actor(principal))
            return .json(link, status: 201).secret
        }
    }

    private func addGrants(to routes: inout ProtectedRoutes) {
        let (grants, people) = (product.grants, product.people)
        let path = Self.one + "/grants/{project}"
        routes.on(.put, path, needs: .userUpdate, confirmed: true) { context, principal in
            let (id, draft) = (
                try context.parameter("id", as: UserID.self), try await context.decode(OperatorProjectGrantDraft.self)
            )
            try await grants.give(
                draft, to: id, in: context.parameter("project"), of: principal.organizationID,
                by: context.actor(principal))
            return .json(try await people.find(id, in: principal.organizationID))
        }
        routes.on(.delete, path, needs: .userUpdate, confirmed: true) { context, principal in
            let id = try context.parameter("id", as: UserID.self)
            try await grants.take(
                from: id, in: context.parameter("project"), of: principal.organizationID,
                by: context.actor(principal))
            return .json(try await people.find(id, in: principal.organizationID))
        }
    }
}

extension PersonFilter {
    fileprivate init(_ query: QueryParameters) throws {
        self.init(
            text: query["query"], role: try query.choice("role", of: Role.self),
            kind: try query.choice("kind", of: User.Kind.self),
            isDisabled: try query.choice("state", of: OperatorUser.State.self).map { $0 == .disabled })
    }
}
