internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
package import Operations
internal import Tenancy
internal import WireAPI

/// What the internal API serves of API keys.
package struct KeyRoutes: Sendable {
    private let keys: APIKeys

    package init(keys: APIKeys) { self.keys = keys }

    func add(to routes: inout ProtectedRoutes) {
        let path = OperatorAPIKey.path
        routes.on(.get, path, needs: .apiKeyRead) { context, principal in
            let found = try await keys.page(
                try OperatorAPIKeyFilter(context.query), try context.pageRequest(defaultSize: 100),
                for: context.actor(principal))
            return .json(
                OperatorAPIKeyPage(
                    results: found.page.items,
                    next: found.page.nextCursor { Keyset(createdAt: $0.createdAt, id: $0.id) },
                    ageLimitSeconds: found.ageLimit.map { Int($0.components.seconds) }))
        }
        routes.on(.get, path + "/{id}", needs: .apiKeyRead) { context, principal in
            .json(try await keys.find(context.parameter("id"), for: context.actor(principal)))
        }
        // A key passes where its maker would be asked who they are, so it is asked before. Keys of service accounts want more
        // rights: the operation sees whose it is to be.
        routes.on(.post, path, needs: .apiKeyCreate, confirmed: true) { context, principal in
            let draft = try await context.decode(OperatorAPIKeyDraft.self)
            let made = try await keys.create(draft, in: principal.organizationID, by: context.actor(principal))
            return .json(made, status: 201).secret
        }
        routes.on(.post, path + "/{id}/rotate", needs: .apiKeyCreate, confirmed: true) { context, principal in
            let rotation = try await context.decode(OperatorAPIKeyRotation.self)
            let made = try await keys.rotate(context.parameter("id"), rotation, by: context.actor(principal))
            return .json(made, status: 201).secret
        }
        routes.on(.delete, path + "/{id}", needs: .apiKeyRevoke) { context, principal in
            let ended = try await keys.revoke(context.parameter("id"), by: context.actor(principal))
            return ended == 0 ? .noContent : .json(OperatorKeyRevocation(endedWithIt: ended))
        }
    }
}

extension OperatorAPIKeyFilter {
    /// How far ahead one may ask for keys that end.
    private static let longestView = 3650

    fileprivate init(_ query: QueryParameters) throws {
        self.init(
            try Self.owner(query), state: try query.choice("state", of: OperatorAPIKey.State.self),
            expiringWithinDays: try query.int("expiring_within_days", clampedTo: 0...Self.longestView))
    }

    private static func owner(_ query: QueryParameters) throws -> Owner {
        switch query["owner"] {
        case nil: .caller
        case "all": .everybody
        case _?: try query.uuid("owner").map(Owner.user) ?? .caller
        }
    }
}
