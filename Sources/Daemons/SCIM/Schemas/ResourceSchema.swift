import Tenancy

/// What resources of one type are made of.
struct ResourceSchema: Sendable {
    /// Its URN.
    let id: String
    let name: String
    let summary: String
    let attributes: [AttributeDefinition]
    /// What filters and sorting may name, in small letters, and what that is here.
    let terms: [String: DirectoryTerm]

    /// What every resource has beside them (RFC 7643 §3.1).
    static let commonAttributes = [
        AttributeDefinition("id", "The identifier here.", isCaseExact: true, .readOnly, returned: .always),
        AttributeDefinition("externalId", "The identity provider's own identifier.", isCaseExact: true),
        AttributeDefinition(
            "meta", "What this server knows about the resource.", as: .complex, .readOnly,
            of: [
                AttributeDefinition("resourceType", "Its type.", isCaseExact: true, .readOnly),
                AttributeDefinition("created", "When it was made.", as: .dateTime, .readOnly),
                AttributeDefinition("lastModified", "When it was changed.", as: .dateTime, .readOnly),
                AttributeDefinition("location", "Where it is.", as: .reference, isCaseExact: true, .readOnly),
                AttributeDefinition("version", "Another one after every change.", isCaseExact: true, .readOnly),
            ]),
        AttributeDefinition(
            "schemas", "What it is made of.", as: .reference, isMultiValued: true, .readOnly, returned: .always),
    ]

    /// Attributes of RFC 7643 that identity providers send, and that are of no use here: they are accepted and not kept.
    static let disregarded: Set<String> = [
        "nickname", "profileurl", "title", "usertype", "preferredlanguage", "locale", "timezone", "password",
        "phonenumbers", "ims", "photos", "addresses", "entitlements", "roles", "x509certificates",
    ]

    /// What a name stands for.
    enum Meaning {
        case attribute(AttributeDefinition, part: AttributeDefinition?)
        /// The resource as a whole, named by its URN.
        case resource
        /// Something of another schema, or of no use here.
        case disregarded
        case unknown
    }

    /// What is meant by a path in a body, a PATCH or a list of attributes.
    func meaning(of path: AttributePath, part: String? = nil) -> Meaning {
        if path.spelling.lowercased() == id.lowercased() { return .resource }
        if let schema = path.schema, schema.lowercased() != id.lowercased() { return .disregarded }
        guard let attribute = attributes.named(path.name) ?? Self.commonAttributes.named(path.name) else {
            // Of these also parts that this server has not heard of.
            return Self.disregarded.contains(path.name.lowercased()) ? .disregarded : .unknown
        }
        guard let part = part ?? path.subAttribute else { return .attribute(attribute, part: nil) }
        if let found = attribute.subAttribute(part) { return .attribute(attribute, part: found) }
        return Self.disregardedParts.contains("\(attribute.name.lowercased()).\(part.lowercased())")
            ? .disregarded : .unknown
    }

    private static let disregardedParts: Set<String> = [
        "name.middlename", "name.honorificprefix", "name.honorificsuffix", "emails.display", "emails.$ref",
        "members.display", "members.displayname",
    ]
}

/// What a name in a filter stands for in a directory.
enum DirectoryTerm: Sendable {
    case attribute(DirectoryAttribute)
    /// An attribute of each element of a collection.
    case element(DirectoryCollection, DirectoryAttribute)
}

extension ResourceSchema {
    static let user = ResourceSchema(
        id: "urn:ietf:params:scim:schemas:core:2.0:User", name: "User", summary: "A person.",
        attributes: [
            AttributeDefinition(
                "userName", "What the identity provider calls the person.", isRequired: true, uniqueness: .server),
            AttributeDefinition(
                "name", "The person's name in parts.", as: .complex,
                of: [
                    AttributeDefinition("formatted", "The whole name."),
                    AttributeDefinition("familyName", "The name of the family."),
                    AttributeDefinition("givenName", "The name that was given."),
                ]),
            AttributeDefinition("displayName", "What others see beside what the person made."),
            AttributeDefinition(
                "active",
                "Whether the person may get in; true where nothing is said. False ends their sessions and keys.",
                as: .boolean,
                isRequired: true),
            AttributeDefinition(
                "emails",
                "Email addresses. The primary one, else one of work, else the first is what the person signs in with.",
                as: .complex,
                isMultiValued: true, isRequired: true,
                of: [
                    AttributeDefinition("value", "The address.", isRequired: true),
                    AttributeDefinition("type", "What it is for.", canonicalValues: ["work", "home", "other"]),
                    AttributeDefinition("primary", "Whether it is the one to use.", as: .boolean),
                ]),
            AttributeDefinition(
                "groups", "The groups that the person is in; changed by changing the groups.", as: .complex,
                isMultiValued: true, .readOnly,
                of: [
                    AttributeDefinition("value", "The group's identifier.", isCaseExact: true, .readOnly),
                    AttributeDefinition(
                        "$ref", "Where the group is.", as: .reference, isCaseExact: true, .readOnly,
                        referenceTypes: ["Group"]),
                    AttributeDefinition("display", "The group's name.", .readOnly),
                ]),
        ],
        terms: commonTerms.merging([
            "username": .attribute(.userName), "displayname": .attribute(.displayName),
            "name.givenname": .attribute(.givenName), "name.familyname": .attribute(.familyName),
            "name.formatted": .attribute(.formattedName), "active": .attribute(.isActive),
            "emails": .element(.addresses, .value), "emails.value": .element(.addresses, .value),
            "emails.type": .element(.addresses, .type), "emails.primary": .element(.addresses, .isPrimary),
            "groups": .element(.groups, .value), "groups.value": .element(.groups, .value),
            "groups.display": .element(.groups, .display),
        ]) { $1 })

    static let group = ResourceSchema(
        id: "urn:ietf:params:scim:schemas:core:2.0:Group", name: "Group",
        summary: "A group of people. It gives a role where this organisation's identity provider is set up so.",
        attributes: [
            AttributeDefinition("displayName", "The group's name.", isRequired: true, uniqueness: .server),
            AttributeDefinition(
                "members", "The people in it.", as: .complex, isMultiValued: true,
                of: [
                    AttributeDefinition("value", "The person's identifier.", isCaseExact: true, .immutable),
                    AttributeDefinition(
                        "$ref", "Where the person is.", as: .reference, isCaseExact: true, .immutable,
                        referenceTypes: ["User"]),
                    AttributeDefinition("type", "Always User.", .immutable, canonicalValues: ["User"]),
                ]),
        ],
        terms: commonTerms.merging([
            "displayname": .attribute(.displayName),
            "members": .element(.members, .value), "members.value": .element(.members, .value),
        ]) { $1 })

    private static let commonTerms: [String: DirectoryTerm] = [
        "id": .attribute(.id), "externalid": .attribute(.externalID), "meta.created": .attribute(.createdAt),
        "meta.lastmodified": .attribute(.updatedAt),
    ]
}
