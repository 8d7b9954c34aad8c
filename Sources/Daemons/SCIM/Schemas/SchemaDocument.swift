import JSON

/// A schema as it is published (RFC 7643 §7).
struct SchemaDocument: Encodable {
    let schemas = ["urn:ietf:params:scim:schemas:core:2.0:Schema"]
    let id: String
    let name: String
    let description: String
    let attributes: [Attribute]
    let meta: ResourceMeta

    init(_ schema: ResourceSchema, at base: String) {
        id = schema.id
        name = schema.name
        description = schema.summary
        attributes = schema.attributes.map(Attribute.init)
        meta = ResourceMeta(.schema, id: schema.id, at: base)
    }

    struct Attribute: Encodable {
        let name: String
        let type: String
        let multiValued: Bool
        let description: String
        let required: Bool
        let canonicalValues: [String]?
        let caseExact: Bool
        let mutability: String
        let returned: String
        let uniqueness: String
        let referenceTypes: [String]?
        let subAttributes: [Attribute]?

        init(_ definition: AttributeDefinition) {
            name = definition.name
            type = definition.kind.rawValue
            multiValued = definition.isMultiValued
            description = definition.summary
            required = definition.isRequired
            canonicalValues = definition.canonicalValues.isEmpty ? nil : definition.canonicalValues
            caseExact = definition.isCaseExact
            mutability = definition.mutability.rawValue
            returned = definition.returned.rawValue
            uniqueness = definition.uniqueness.rawValue
            referenceTypes = definition.referenceTypes.isEmpty ? nil : definition.referenceTypes
            subAttributes =
                definition.subAttributes.isEmpty ? nil : definition.subAttributes.map(Attribute.init)
        }
    }
}
