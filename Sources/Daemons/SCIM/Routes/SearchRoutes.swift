import Access
import HTTPMessages
import HTTPServing
import JSON
import Operations
import Tenancy

extension SCIMRoutes {
    /// What a query can ask for, asked for in a body, so that no filter with somebody's name gets into logs on the way (RFC
    /// 7644 §3.4.3).
    func addSearches(to routes: inout ProtectedRoutes) {
        routes.on(.post, "\(ResourcePlace.user.path)/.search", needs: .userProvision, leaving: .nothing, Self.options) {
            context, principal in
            .scim(try await users(ListRequest(searching: try await context.object()), context, principal))
        }
        routes.on(.post, "\(ResourcePlace.group.path)/.search", needs: .userProvision, leaving: .nothing, Self.options)
        {
            context, principal in
            .scim(try await groups(ListRequest(searching: try await context.object()), context, principal))
        }
        routes.on(.post, "\(ResourcePlace.root)/.search", needs: .userProvision, leaving: .nothing, Self.options) {
            context, principal in
            .scim(try await everything(ListRequest(searching: try await context.object()), context, principal))
        }
    }

    /// A list of people, with the groups behind the last one.
    private func everything(
        _ request: ListRequest, _ context: RequestContext, _ principal: Principal
    ) async throws -> ListDocument {
        let people = try await users(request, context, principal)
        var rest = request
        rest.startIndex = max(request.offset - people.totalResults, 0) + 1
        rest.count = request.limit - people.itemsPerPage
        let groups = try await groups(rest, context, principal)
        return ListDocument(
            people.resources + groups.resources, total: people.totalResults + groups.totalResults,
            startIndex: request.offset + 1)
    }
}

extension ListRequest {
    /// By the body of a search.
    init(searching body: JSONObject) throws { try self.init(canonical: body) }
}
