import HTTPServing
import JSON

extension Reply {
    /// A document of SCIM.
    static func scim(_ document: some Encodable, status: Int = 200) -> Reply {
        .bytes(
            JSONCodec.encode(document, keys: .verbatim, absent: .omitted), type: "application/scim+json",
            status: status)
    }

    /// One resource, with its version.
    static func resource(
        _ document: some Encodable, _ schema: ResourceSchema, version: String, location: String? = nil,
        showing selection: AttributeSelection
    ) throws -> Reply {
        let reply = scim(selection.shown(try JSONObject(of: document), of: schema), status: location == nil ? 200 : 201)
            .adding("etag", EntityTag(version).text)
        return location.map { reply.adding("location", $0) } ?? reply
    }

    /// The client has this already.
    static func notModified(_ tag: EntityTag) -> Reply {
        bytes([], type: "application/scim+json", status: 304).adding("etag", tag.text)
    }
}

extension JSONObject {
    /// The members of a document, for what is done to any document by name: choosing attributes, and PATCH.
    init(of document: some Encodable) throws {
        let bytes = JSONCodec.encode(document, keys: .verbatim, absent: .omitted)
        self = try JSONCodec.decode(JSONObject.self, from: bytes, keys: .verbatim)
    }
}

extension Decodable {
    /// The document whose canonical members these are.
    init(canonical members: JSONObject) throws {
        self = try JSONCodec.decode(
            Self.self, from: JSONWriter.bytes(of: .object(members)), keys: .verbatim)
    }
}

extension RequestContext {
    /// The body as an object; an empty one is none.
    func object() async throws -> JSONObject {
        guard let body = try await decodeIfPresent(JSONObject.self) else {
            throw SCIMProblem(.invalidSyntax, "The body is empty.")
        }
        return body
    }

    /// What identity providers reach this server by.
    var base: String { address.base }
}
