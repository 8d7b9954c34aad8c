internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Tenancy
internal import WireAPI

extension PeopleRoutes {
    func addInvitations(to routes: inout ProtectedRoutes) {
        let invitations = product.invitations
        routes.on(.get, OperatorInvitation.path, needs: .userRead) { context, principal in
            let found = try await invitations.page(
                in: principal.organizationID, try context.query.choice("state", of: Invitation.State.self),
                try context.pageRequest())
            return .json(
                OperatorInvitationPage(
                    results: found.items,
                    next: found.nextCursor { Keyset(createdAt: $0.createdAt, id: $0.id) }))
        }
        // Whoever invites to a role that gives roles confirms it: the operation sees which one it is.
        routes.on(.post, OperatorInvitation.path, needs: .userCreate) { context, principal in
            let made = try await invitations.invite(
                try await context.decode(OperatorInvitationDraft.self), to: principal.organizationID,
                by: context.actor(principal))
            return .json(made, status: 201).secret
        }
        routes.on(.delete, OperatorInvitation.path + "/{id}", needs: .userCreate) { context, principal in
            try await invitations.withdraw(
                context.parameter("id"), in: principal.organizationID, by: context.actor(principal))
            return .noContent
        }
    }
}
