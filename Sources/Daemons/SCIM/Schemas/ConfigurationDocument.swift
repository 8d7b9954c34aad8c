import JSON

/// What this server supports (RFC 7643 §5).
struct ConfigurationDocument: Encodable {
    struct Support: Encodable {
        let supported: Bool
    }

    struct Bulk: Encodable {
        let supported = false
        let maxOperations = 0
        let maxPayloadSize = 0
    }

    struct Filter: Encodable {
        let supported = true
        let maxResults = ListRequest.largestCount
    }

    struct Scheme: Encodable {
        let type = "oauthbearertoken"
        let name = "API key"
        let description = "An API key with the scope user:provision, as a bearer token."
        let specUri = "https://www.rfc-editor.org/info/rfc6750"
        let primary = true
    }

    let schemas = ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"]
    let patch = Support(supported: true)
    let bulk = Bulk()
    let filter = Filter()
    let changePassword = Support(supported: false)
    let sort = Support(supported: true)
    let etag = Support(supported: true)
    let authenticationSchemes = [Scheme()]
    let meta: ResourceMeta

    init(at base: String) { meta = ResourceMeta(.configuration, id: "", at: base) }
}

/// A type of resources (RFC 7643 §6).
struct ResourceTypeDocument: Encodable {
    let schemas = ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"]
    let id: String
    let name: String
    let description: String
    let endpoint: String
    let schema: String
    let meta: ResourceMeta

    init(_ place: ResourcePlace, _ resource: ResourceSchema, at base: String) {
        id = resource.name
        name = resource.name
        description = resource.summary
        endpoint = "/\(place.rawValue)"
        schema = resource.id
        meta = ResourceMeta(.resourceType, id: resource.name, at: base)
    }

    static func all(at base: String) -> [ResourceTypeDocument] {
        [ResourceTypeDocument(.user, .user, at: base), ResourceTypeDocument(.group, .group, at: base)]
    }
}
