package import FoundationEssentials

/// A model by the name that evaluators use, with how its calls are spread: an element of `GET /internal/models`, and
/// `GET /internal/models/ID`.
package struct OperatorModel: Codable, Sendable, Hashable {
    /// Where models are; one is at `path/ID`.
    package static let path = "/internal/models"

    package let id: UUID
    package let name: String
    /// Other names under which it is found.
    package let aliases: [String]
    package let holder: OperatorHolder
    /// Whether the viewer's organisation may change it.
    package let isEditable: Bool
    /// Whether lists of models show it to everybody who may use it.
    package let isListed: Bool
    /// What a change has to name, so that nobody changes what somebody else has changed meanwhile.
    package let revision: Int
    package let owner: OperatorPerson
    package let createdAt: Date
    /// Where it is served, its own place first.
    package let places: [OperatorModelPlace]
    package let choice: OperatorPlaceChoice
    /// The names of the models that are asked, in this order, when it fails.
    package let fallbacks: [String]
    /// Whether it is called although nobody has said what it costs.
    package let isUnpricedAllowed: Bool
    /// For how long an answer is given again to the same question; `nil` for never.
    package let cacheSeconds: Int?
    package let maximumOutputTokens: Int?
    package let maximumTokens: Int?
    /// Whether it has a key of its own, instead of its provider's.
    package let hasKey: Bool
    /// What was found out when it was probed last; `nil` when it never was.
    package let abilities: OperatorAbilities?
    /// When it, with an address of its own, is out of service.
    package let drain: OperatorDrain?

    package init(
        id: UUID, name: String, aliases: [String], holder: OperatorHolder, isEditable: Bool, isListed: Bool,
        revision: Int, owner: OperatorPerson, createdAt: Date, places: [OperatorModelPlace],
        choice: OperatorPlaceChoice, fallbacks: [String], isUnpricedAllowed: Bool, cacheSeconds: Int?,
        maximumOutputTokens: Int?, maximumTokens: Int?, hasKey: Bool, abilities: OperatorAbilities?,
        drain: OperatorDrain?
    ) {
        self.id = id
        self.name = name
        self.aliases = aliases
        self.holder = holder
        self.isEditable = isEditable
        self.isListed = isListed
        self.revision = revision
        self.owner = owner
        self.createdAt = createdAt
        self.places = places
        self.choice = choice
        self.fallbacks = fallbacks
        self.isUnpricedAllowed = isUnpricedAllowed
        self.cacheSeconds = cacheSeconds
        self.maximumOutputTokens = maximumOutputTokens
        self.maximumTokens = maximumTokens
        self.hasKey = hasKey
        self.abilities = abilities
        self.drain = drain
    }
}

/// How the places of a model are ordered for a call.
package enum OperatorPlaceChoice: String, Codable, Sendable, Hashable, CaseIterable {
    /// As they are listed.
    case ordered
    /// By chance, each as often as its weight says.
    case weighted
    /// The one with the fewest calls for its weight first.
    case leastBusy = "least_busy"
}

/// One place that serves a model.
package struct OperatorModelPlace: Codable, Sendable, Hashable {
    /// `nil` for an address of the model's own.
    package let providerID: UUID?
    package let providerName: String?
    /// What is spoken there.
    package let kind: String
    /// The address, where it is the model's own.
    package let url: String?
    package let upstreamModel: String
    package let weight: Int
    /// Whether calls may go there: it is switched on and not drained.
    package let isInService: Bool
    /// `nil` when no proxy has met it yet, or none answers.
    package let health: OperatorHealth?
    /// What a call costs there at this moment; `nil` when nobody has said.
    package let tariff: OperatorTariff?

    package init(
        providerID: UUID?, providerName: String?, kind: String, url: String?, upstreamModel: String, weight: Int,
        isInService: Bool, health: OperatorHealth?, tariff: OperatorTariff?
    ) {
        self.providerID = providerID
        self.providerName = providerName
        self.kind = kind
        self.url = url
        self.upstreamModel = upstreamModel
        self.weight = weight
        self.isInService = isInService
        self.health = health
        self.tariff = tariff
    }
}

/// Every model that the organisation may use, its own first, then by name.
package struct OperatorModelList: Codable, Sendable, Hashable {
    package let results: [OperatorModel]
    package let proxies: OperatorProxies
    /// Whether the viewer's organisation runs the installation, so that it may add and change what everybody uses.
    package let runsInstallation: Bool

    package init(results: [OperatorModel], proxies: OperatorProxies, runsInstallation: Bool) {
        self.results = results
        self.proxies = proxies
        self.runsInstallation = runsInstallation
    }
}

/// What a model is to be: `POST /internal/models`, and `PUT /internal/models/ID` with the `revision` that the change began
/// from. All of it is replaced but the key.
package struct OperatorModelDraft: Codable, Sendable, Hashable {
    package let name: String
    package let aliases: [String]
    package let isListed: Bool
    /// Where it is served: at a provider, or at an address of its own.
    package let providerID: UUID?
    package let url: String?
    /// A key of its own; `nil` leaves the one it has. A key goes to no other address than the one it was given for.
    package let key: String?
    /// The name that it has there; the same as `name` when it is `nil`.
    package let upstreamModel: String?
    package let weight: Int
    package let choice: OperatorPlaceChoice
    package let furtherPlaces: [FurtherPlace]
    package let fallbacks: [String]
    package let isUnpricedAllowed: Bool
    package let cacheSeconds: Int?
    package let maximumOutputTokens: Int?
    package let maximumTokens: Int?
    /// Only when it is added.
    package let holder: OperatorHolder
    /// The `id` of an `OperatorServerProbe` of the address: what was found is kept with the model. Without it a model with
    /// an address of its own is probed when it is added.
    package let probeID: UUID?
    /// `nil` when it is added.
    package let revision: Int?

    package init(
        name: String, aliases: [String] = [], isListed: Bool = true, providerID: UUID? = nil, url: String? = nil,
        key: String? = nil, upstreamModel: String? = nil, weight: Int = 1, choice: OperatorPlaceChoice = .ordered,
        furtherPlaces: [FurtherPlace] = [], fallbacks: [String] = [], isUnpricedAllowed: Bool = false,
        cacheSeconds: Int? = nil, maximumOutputTokens: Int? = nil, maximumTokens: Int? = nil,
        holder: OperatorHolder = .organization, probeID: UUID? = nil, revision: Int? = nil
    ) {
        self.name = name
        self.aliases = aliases
        self.isListed = isListed
        self.providerID = providerID
        self.url = url
        self.key = key
        self.upstreamModel = upstreamModel
        self.weight = weight
        self.choice = choice
        self.furtherPlaces = furtherPlaces
        self.fallbacks = fallbacks
        self.isUnpricedAllowed = isUnpricedAllowed
        self.cacheSeconds = cacheSeconds
        self.maximumOutputTokens = maximumOutputTokens
        self.maximumTokens = maximumTokens
        self.holder = holder
        self.probeID = probeID
        self.revision = revision
    }

    /// A further place that serves it.
    package struct FurtherPlace: Codable, Sendable, Hashable {
        package let providerID: UUID
        package let upstreamModel: String
        package let weight: Int

        package init(providerID: UUID, upstreamModel: String, weight: Int = 1) {
            self.providerID = providerID
            self.upstreamModel = upstreamModel
            self.weight = weight
        }
    }
}

/// What would be affected if a model were deleted, `GET /internal/models/ID/effects`.
package struct OperatorModelEffects: Codable, Sendable, Hashable {
    /// Evaluators that name it, in how many judges they are, and the names of the first of them.
    package let evaluatorCount: Int
    package let judgeCount: Int
    package let evaluatorNames: [String]
    /// The names of models that fall back to it.
    package let fallbackOf: [String]

    package init(evaluatorCount: Int, judgeCount: Int, evaluatorNames: [String], fallbackOf: [String]) {
        self.evaluatorCount = evaluatorCount
        self.judgeCount = judgeCount
        self.evaluatorNames = evaluatorNames
        self.fallbackOf = fallbackOf
    }
}

extension OperatorRequest where Reply == OperatorModelList {
    /// Every model.
    package static var models: Self { Self(.get, OperatorModel.path) }
}

extension OperatorRequest where Reply == OperatorModel {
    /// One model.
    package static func model(_ id: UUID) -> Self { Self(.get, "\(OperatorModel.path)/\(id.uuidString.lowercased())") }

    /// Adds a model. One with an address of its own is probed first, which takes a while.
    package static func addModel(_ draft: OperatorModelDraft) -> Self {
        Self(.post, OperatorModel.path, body: draft).askingModels
    }

    /// Replaces what a model is.
    package static func changeModel(_ id: UUID, to draft: OperatorModelDraft) -> Self {
        Self(.put, "\(OperatorModel.path)/\(id.uuidString.lowercased())", body: draft)
    }

    /// Probes a model with an address of its own again and keeps what is found, `POST /internal/models/ID/probe`.
    package static func probeModel(_ id: UUID) -> Self {
        Self(.post, "\(OperatorModel.path)/\(id.uuidString.lowercased())/probe").askingModels
    }
}

extension OperatorRequest where Reply == OperatorModelEffects {
    /// What the end of a model would affect.
    package static func modelEffects(_ id: UUID) -> Self {
        Self(.get, "\(OperatorModel.path)/\(id.uuidString.lowercased())/effects")
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Deletes a model.
    package static func deleteModel(_ id: UUID, revision: Int) -> Self {
        Self(
            .delete, "\(OperatorModel.path)/\(id.uuidString.lowercased())", [Parameter("revision", "\(revision)")])
    }
}
