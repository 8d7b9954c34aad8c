extension ResourceSchema {
    /// Those that are published: of people and groups, and of what describes them (RFC 7643 §8.7).
    static let all = [user, group, configuration, resourceType, schema]

    private static let configuration = ResourceSchema(
        id: "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig", name: "ServiceProviderConfig",
        summary: "What this server supports.",
        attributes: [
            support("patch", "Changing parts of resources."),
            support(
                "bulk", "Many operations at once.",
                and: [
                    read("maxOperations", "How many.", as: .integer),
                    read("maxPayloadSize", "Of how many bytes.", as: .integer),
                ]),
            support(
                "filter", "Filtering lists.", and: [read("maxResults", "How many are found at most.", as: .integer)]),
            support("changePassword", "Changing passwords."),
            support("sort", "Sorting lists."),
            support("etag", "Versions."),
            AttributeDefinition(
                "authenticationSchemes", "How callers show who they are.", as: .complex, isMultiValued: true,
                isRequired: true, .readOnly,
                of: [
                    read("type", "Which scheme."), read("name", "What it is called."),
                    read("description", "What it is."),
                    read("specUri", "Where it is specified.", as: .reference, isRequired: false),
                ]),
        ], terms: [:])

    private static let resourceType = ResourceSchema(
        id: "urn:ietf:params:scim:schemas:core:2.0:ResourceType", name: "ResourceType",
        summary: "A type of resources.",
        attributes: [
            read("id", "Its identifier.", isRequired: false), read("name", "Its name."),
            read("description", "What they are.", isRequired: false),
            read("endpoint", "Where they are.", as: .reference),
            read("schema", "What they are made of.", as: .reference),
        ], terms: [:])

    private static let schema = ResourceSchema(
        id: "urn:ietf:params:scim:schemas:core:2.0:Schema", name: "Schema",
        summary: "What resources are made of.",
        attributes: [
            read("id", "Its URN."), read("name", "Its name.", isRequired: false),
            read("description", "What it describes.", isRequired: false),
            AttributeDefinition(
                "attributes", "The attributes.", as: .complex, isMultiValued: true, isRequired: true, .readOnly,
                of: attributeParts + [
                    AttributeDefinition(
                        "subAttributes", "The attributes of a complex one.", as: .complex, isMultiValued: true,
                        .readOnly,
                        of: attributeParts)
                ]),
        ], terms: [:])

    private static let attributeParts = [
        read("name", "Its name."), read("type", "Of which type its values are."),
        read("multiValued", "Whether there are several.", as: .boolean),
        read("description", "What it is.", isRequired: false),
        read("required", "Whether it has to be given.", as: .boolean, isRequired: false),
        AttributeDefinition("canonicalValues", "What it is mostly.", isMultiValued: true, .readOnly),
        read("caseExact", "Whether the case of letters counts.", as: .boolean, isRequired: false),
        read("mutability", "Who changes it."), read("returned", "When it is shown."),
        read("uniqueness", "Within what it is unique.", isRequired: false),
        AttributeDefinition("referenceTypes", "What it refers to.", isMultiValued: true, .readOnly),
    ]

    private static func read(
        _ name: String, _ summary: String, as kind: AttributeDefinition.Kind = .string, isRequired: Bool = true
    ) -> AttributeDefinition {
        AttributeDefinition(name, summary, as: kind, isRequired: isRequired, isCaseExact: kind != .boolean, .readOnly)
    }

    private static func support(
        _ name: String, _ summary: String, and others: [AttributeDefinition] = []
    ) -> AttributeDefinition {
        AttributeDefinition(
            name, summary, as: .complex, isRequired: true, .readOnly,
            of: [read("supported", "Whether it is.", as: .boolean)] + others)
    }
}
