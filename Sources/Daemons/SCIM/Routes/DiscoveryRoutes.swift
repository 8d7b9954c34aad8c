import Access
import HTTPMessages
import HTTPServing
import JSON
import Tenancy

extension SCIMRoutes {
    /// What this server can do and what its resources are made of (RFC 7644 §4).
    func addDiscovery(to routes: inout ProtectedRoutes) {
        routes.on(.get, ResourcePlace.configuration.path, needs: .userProvision) { context, _ in
            .scim(ConfigurationDocument(at: context.base))
        }
        routes.on(.get, ResourcePlace.resourceType.path, needs: .userProvision) { context, _ in
            try Self.list(ResourceTypeDocument.all(at: context.base), context)
        }
        routes.on(.get, "\(ResourcePlace.resourceType.path)/{id}", needs: .userProvision) { context, _ in
            let id = try context.parameter("id", as: String.self)
            guard let type = ResourceTypeDocument.all(at: context.base).first(where: { $0.id == id }) else {
                throw SCIMProblem(404, nil, "There is no resource type “\(id.prefix(80))”.")
            }
            return .scim(type)
        }
        routes.on(.get, ResourcePlace.schema.path, needs: .userProvision) { context, _ in
            try Self.list(ResourceSchema.all.map { SchemaDocument($0, at: context.base) }, context)
        }
        routes.on(.get, "\(ResourcePlace.schema.path)/{id}", needs: .userProvision) { context, _ in
            let id = try context.parameter("id", as: String.self).lowercased()
            guard let schema = ResourceSchema.all.first(where: { $0.id.lowercased() == id }) else {
                throw SCIMProblem(404, nil, "There is no schema “\(id.prefix(200))”.")
            }
            return .scim(SchemaDocument(schema, at: context.base))
        }
        for place in [ResourcePlace.configuration, .resourceType, .schema] {
            for method in [HTTPMethod.post, .put, .patch, .delete] {
                routes.on(method, place.path, needs: .userProvision, leaving: .nothing) { _, _ in
                    throw SCIMProblem(405, nil, "This can be read only.")
                }
            }
        }
    }

    /// All of them: these lists are short, and are not filtered.
    private static func list(_ documents: [some Encodable], _ context: RequestContext) throws -> Reply {
        guard context.query["filter"] == nil else {
            throw SCIMProblem(403, nil, "What this server can do is not filtered.")
        }
        let resources = try documents.map { JSONValue.object(try JSONObject(of: $0)) }
        return .scim(ListDocument(resources, total: resources.count))
    }
}
