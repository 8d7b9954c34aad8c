/// One attribute of a resource: how `/Schemas` describes it (RFC 7643 §7), and how bodies, paths and filters are read.
struct AttributeDefinition: Sendable {
    enum Kind: String, Sendable {
        case string
        case boolean
        case integer
        case dateTime
        case reference
        case complex
    }

    enum Mutability: String, Sendable {
        case readOnly
        case readWrite
        case immutable
    }

    enum Returned: String, Sendable {
        case always
        case byDefault = "default"
    }

    enum Uniqueness: String, Sendable {
        case none
        case server
    }

    let name: String
    let kind: Kind
    /// What it is, for a person.
    let summary: String
    let isMultiValued: Bool
    let isRequired: Bool
    let isCaseExact: Bool
    let mutability: Mutability
    let returned: Returned
    let uniqueness: Uniqueness
    let canonicalValues: [String]
    let referenceTypes: [String]
    let subAttributes: [AttributeDefinition]

    init(
        _ name: String, _ summary: String, as kind: Kind = .string, isMultiValued: Bool = false,
        isRequired: Bool = false, isCaseExact: Bool = false, _ mutability: Mutability = .readWrite,
        returned: Returned = .byDefault, uniqueness: Uniqueness = .none, canonicalValues: [String] = [],
        referenceTypes: [String] = [], of subAttributes: [AttributeDefinition] = []
    ) {
        self.name = name
        self.kind = kind
        self.summary = summary
        self.isMultiValued = isMultiValued
        self.isRequired = isRequired
        self.isCaseExact = isCaseExact
        self.mutability = mutability
        self.returned = returned
        self.uniqueness = uniqueness
        self.canonicalValues = canonicalValues
        self.referenceTypes = referenceTypes
        self.subAttributes = subAttributes
    }

    /// The part of this attribute that has that name, whatever the case of its letters.
    func subAttribute(_ name: String) -> AttributeDefinition? { subAttributes.named(name) }
}

extension [AttributeDefinition] {
    /// The one of that name, whatever the case of its letters.
    func named(_ name: String) -> AttributeDefinition? {
        let wanted = name.lowercased()
        return first { $0.name.lowercased() == wanted }
    }
}
