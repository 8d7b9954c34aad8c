import FoundationEssentials
import JSON

/// Another resource, named within one.
struct ResourceLink: Codable {
    var value: String?
    /// Where it is.
    var reference: String?
    var type: String?
    var display: String?

    enum CodingKeys: String, CodingKey {
        case value
        case reference = "$ref"
        case type
        case display
    }
}

extension ResourceLink {
    init(_ place: ResourcePlace, id: String, type: String? = nil, display: String? = nil, at base: String) {
        self.init(value: id, reference: place.address(of: id, at: base), type: type, display: display)
    }
}

/// What the server knows about a resource.
struct ResourceMeta: Codable {
    var resourceType: String
    var created: Date?
    var lastModified: Date?
    var location: String
    /// A weak entity tag.
    var version: String?
}

extension ResourceMeta {
    init(
        _ place: ResourcePlace, id: String, created: Date? = nil, lastModified: Date? = nil, version: String? = nil,
        at base: String
    ) {
        self.init(
            resourceType: place.typeName, created: created, lastModified: lastModified,
            location: place.address(of: id, at: base), version: version.map { EntityTag($0).text })
    }
}

/// Where resources of a type are.
enum ResourcePlace: String {
    case user = "Users"
    case group = "Groups"
    case resourceType = "ResourceTypes"
    case schema = "Schemas"
    case configuration = "ServiceProviderConfig"

    /// What everything stands below.
    static let root = "/scim/v2"

    var typeName: String {
        switch self {
        case .user: "User"
        case .group: "Group"
        case .resourceType: "ResourceType"
        case .schema: "Schema"
        case .configuration: "ServiceProviderConfig"
        }
    }

    var path: String { "\(Self.root)/\(rawValue)" }

    /// The URL of one of them on the server at `base`.
    func address(of id: String, at base: String) -> String {
        self == .configuration ? "\(base)\(path)" : "\(base)\(path)/\(id)"
    }
}
