internal import HTTPServing
internal import Tenancy

extension QueryParameters {
    /// An identifier; text that is none is the client's mistake, and named.
    func id<Entity>(_ name: String, of _: Entity.Type) throws -> EntityID<Entity>? {
        guard let text = self[name] else { return nil }
        guard let id = EntityID<Entity>(text) else { throw APIProblem.invalid(name, "Must be a valid UUID.") }
        return id
    }
}
