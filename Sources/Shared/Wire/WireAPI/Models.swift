package import FoundationEssentials
package import Scoring
internal import Tenancy

/// The body of `POST`, `PUT` and `PATCH` on models; `null` and absent mean "not given".
package struct ModelRequest: Decodable, Sendable {
    /// The key of the model's server. It is sealed before it is stored and never returned.
    package let defaultKey: String?
    package let maxOutputTokenCount: Int?
    package let maxTokenCount: Int?
    package let model: String?
    package let name: String?
    package let url: String?
}

/// One model of the caller's own.
package struct ModelBody: Codable, Sendable {
    package let id: UUID
    package let name: String
    package let model: String
    package let url: String?
    package let maxTokenCount: Int?
    package let maxOutputTokenCount: Int?
    /// What was found out about its server.
    package let abilities: OperatorAbilities?

    private enum CodingKeys: String, CodingKey {
        case id, name, model, url, maxTokenCount, maxOutputTokenCount, abilities
    }

    package init(_ model: Model, abilities: OperatorAbilities?) {
        self.abilities = abilities
        id = model.id.uuid
        name = model.definition.name
        self.model = model.definition.upstreamModel
        url = model.definition.url
        maxTokenCount = model.definition.maximumTokens
        maxOutputTokenCount = model.definition.maximumOutputTokens
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(name, forKey: .name)
        try container.encode(model, forKey: .model)
        try container.encodeIfPresent(url, forKey: .url)
        try container.encodeIfPresent(maxTokenCount, forKey: .maxTokenCount)
        // Clients take a number or nothing here; a null is refused by some.
        if let maxOutputTokenCount { try container.encode(maxOutputTokenCount, forKey: .maxOutputTokenCount) }
        if let abilities { try container.encode(abilities, forKey: .abilities) }
    }
}

/// One model as a row of a list.
package struct ModelRow: Codable, Sendable {
    /// Where the model is served.
    package struct ProviderBody: Codable, Sendable {
        package let id: String
        package let name: String
        package let isGdprCompliant: Bool
    }

    package let id: UUID
    package let name: String
    package let owner: UserDetails
    package let provider: ProviderBody?
    package let visibility: String
    /// The model that really answers, where it differs from the name.
    package let model: String

    package init(_ model: Model) {
        id = model.id.uuid
        name = model.definition.name
        owner = UserDetails(model.owner)
        provider = model.provider.map {
            ProviderBody(id: $0.id.description, name: $0.name, isGdprCompliant: false)
        }
        visibility = model.definition.visibility.rawValue
        self.model = model.definition.upstreamModel
    }
}
