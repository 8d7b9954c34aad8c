import Access
import HTTPMessages
import HTTPServing
import JSON
import Operations
import Tenancy

extension SCIMRoutes {
    func addGroups(to routes: inout ProtectedRoutes) {
        let (list, one) = (ResourcePlace.group.path, "\(ResourcePlace.group.path)/{id}")
        routes.on(.get, list, needs: .userProvision) { context, principal in
            .scim(try await groups(ListRequest(context.query), context, principal))
        }
        routes.on(.post, list, needs: .userProvision, Self.options) { context, principal in
            let document = try GroupDocument(canonical: ResourceSchema.group.canonical(try await context.object()))
            let made = try await provisioning.groups.create(document.draft(), by: context.actor(principal))
            return try await reply(made, context, principal, isNew: true)
        }
        routes.on(.get, one, needs: .userProvision) { context, principal in
            let group = try await provisioning.groups.find(context.parameter("id"), for: principal)
            let tag = EntityTag(group.version)
            return tag.isKnown(to: context) ? .notModified(tag) : try await reply(group, context, principal)
        }
        routes.on(.put, one, needs: .userProvision, Self.options) { context, principal in
            let draft = try GroupDocument(
                canonical: ResourceSchema.group.canonical(try await context.object())
            ).draft()
            return try await change(context, principal) { _, _ in draft }
        }
        routes.on(.patch, one, needs: .userProvision, Self.options) { context, principal in
            let request = try PatchRequest(try await context.object())
            return try await change(context, principal) { group, members in
                let draft = DirectoryGroupDraft(
                    displayName: group.displayName, externalID: group.externalID, members: members)
                let patched = try await request.applied(to: try JSONObject(of: GroupDocument(draft)), of: .group)
                return try GroupDocument(canonical: patched).draft()
            }
        }
        routes.on(.delete, one, needs: .userProvision) { context, principal in
            let expected = context.header("if-match")
            try await provisioning.groups.remove(context.parameter("id"), by: context.actor(principal)) { group in
                try EntityTag(group.version).require(expected)
            }
            return .noContent
        }
    }

    /// A list of groups; as many of them as have room with their members, where these are asked for.
    func groups(_ request: ListRequest, _ context: RequestContext, _ principal: Principal) async throws -> ListDocument
    {
        let selection = try request.selection()
        let page = try await provisioning.groups.list(try request.query(of: .group), for: principal)
        let members =
            selection.shows("members") ? try await provisioning.groups.members(of: page.items, for: principal) : nil
        let resources = try page.items.filter { members == nil || members?[$0.id] != nil }.map { group in
            let document = GroupDocument(group, members: members?[group.id], at: context.base)
            return JSONValue.object(selection.shown(try JSONObject(of: document), of: .group))
        }
        return ListDocument(resources, total: page.total, startIndex: request.offset + 1)
    }

    private func change(
        _ context: RequestContext, _ principal: Principal,
        _ edit: @escaping @Sendable (DirectoryGroup, Set<UserID>) async throws -> DirectoryGroupDraft
    ) async throws -> Reply {
        let expected = context.header("if-match")
        let changed = try await provisioning.groups.change(
            context.parameter("id"), by: context.actor(principal)
        ) { group, members in
            try EntityTag(group.version).require(expected)
            return try await edit(group, members)
        }
        return try await reply(changed, context, principal)
    }

    private func reply(
        _ group: DirectoryGroup, _ context: RequestContext, _ principal: Principal, isNew: Bool = false
    ) async throws -> Reply {
        let selection = try AttributeSelection(context)
        let members =
            selection.shows("members")
            ? try await provisioning.groups.members(of: [group], for: principal)[group.id] : nil
        return try .resource(
            GroupDocument(group, members: members, at: context.base), .group, version: group.version,
            location: isNew ? ResourcePlace.group.address(of: group.id.description, at: context.base) : nil,
            showing: selection)
    }
}
