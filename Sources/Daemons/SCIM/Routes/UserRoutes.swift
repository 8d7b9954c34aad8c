import Access
import HTTPMessages
import HTTPServing
import JSON
import Operations
import Tenancy

extension SCIMRoutes {
    func addUsers(to routes: inout ProtectedRoutes) {
        let (list, one) = (ResourcePlace.user.path, "\(ResourcePlace.user.path)/{id}")
        routes.on(.get, list, needs: .userProvision) { context, principal in
            .scim(try await users(ListRequest(context.query), context, principal))
        }
        routes.on(.post, list, needs: .userProvision, Self.options) { context, principal in
            let document = try UserDocument(canonical: ResourceSchema.user.canonical(try await context.object()))
            let made = try await provisioning.people.create(
                document.profile(over: nil), by: context.actor(principal))
            return try reply(made, context, isNew: true)
        }
        routes.on(.get, one, needs: .userProvision) { context, principal in
            let person = try await provisioning.people.find(context.parameter("id"), for: principal)
            let tag = EntityTag(person.version)
            return tag.isKnown(to: context) ? .notModified(tag) : try reply(person, context)
        }
        routes.on(.put, one, needs: .userProvision, Self.options) { context, principal in
            let document = try UserDocument(canonical: ResourceSchema.user.canonical(try await context.object()))
            return try await change(context, principal) { try document.profile(over: $0.profile) }
        }
        routes.on(.patch, one, needs: .userProvision, Self.options) { context, principal in
            let request = try PatchRequest(try await context.object())
            return try await change(context, principal) { person in
                let current = try JSONObject(of: UserDocument(person.profile))
                let patched = try await request.applied(to: current, of: .user)
                return try UserDocument(canonical: patched).profile(over: person.profile)
            }
        }
        routes.on(.delete, one, needs: .userProvision) { context, principal in
            let expected = context.header("if-match")
            try await provisioning.people.remove(context.parameter("id"), by: context.actor(principal)) { person in
                try EntityTag(person.version).require(expected)
            }
            return .noContent
        }
    }

    /// A list of people.
    func users(_ request: ListRequest, _ context: RequestContext, _ principal: Principal) async throws -> ListDocument {
        let selection = try request.selection()
        let page = try await provisioning.people.list(try request.query(of: .user), for: principal)
        let resources = try page.items.map { person in
            JSONValue.object(
                selection.shown(try JSONObject(of: UserDocument(person, at: context.base)), of: .user))
        }
        return ListDocument(resources, total: page.total, startIndex: request.offset + 1)
    }

    private func change(
        _ context: RequestContext, _ principal: Principal,
        _ edit: @escaping @Sendable (ProvisionedPerson) async throws -> DirectoryProfile
    ) async throws -> Reply {
        let expected = context.header("if-match")
        let changed = try await provisioning.people.change(
            context.parameter("id"), by: context.actor(principal)
        ) { person in
            try EntityTag(person.version).require(expected)
            return try await edit(person)
        }
        return try reply(changed, context)
    }

    private func reply(_ person: ProvisionedPerson, _ context: RequestContext, isNew: Bool = false) throws -> Reply {
        try .resource(
            UserDocument(person, at: context.base), .user, version: person.version,
            location: isNew ? ResourcePlace.user.address(of: person.user.id.description, at: context.base) : nil,
            showing: AttributeSelection(context))
    }
}

extension PatchRequest {
    /// What becomes of a resource. Others get a turn between the operations: there may be many of them.
    func applied(to members: JSONObject, of schema: ResourceSchema) async throws -> JSONObject {
        var resource = PatchedResource(members, of: schema)
        for operation in operations.gathered(for: schema) {
            try resource.apply(operation)
            await Task.yield()
        }
        return resource.members
    }
}

extension RequestContext {
    /// The caller, as the audit keeps them.
    func actor(_ principal: Principal) -> AuditActor {
        AuditActor(principal, from: remoteAddress, requestID: requestID)
    }
}
