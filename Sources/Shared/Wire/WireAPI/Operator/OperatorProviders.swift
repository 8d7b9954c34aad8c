package import FoundationEssentials

/// A place where models are served, an element of `GET /internal/providers`.
package struct OperatorProvider: Codable, Sendable, Hashable {
    /// Where providers are; one is at `path/ID`.
    package static let path = "/internal/providers"

    package let id: UUID
    package let name: String
    /// A name of ``OperatorProviderKind``.
    package let kind: String
    package let holder: OperatorHolder
    /// Whether the viewer's organisation may change it.
    package let isEditable: Bool
    /// The address that is asked; `nil` for the one that its kind has.
    package let url: String?
    package let settings: OperatorProviderSettings
    /// Switched off, it is as if it were not there.
    package let isEnabled: Bool
    /// What a change has to name, so that nobody changes what somebody else has changed meanwhile.
    package let revision: Int
    package let createdAt: Date
    /// Models that are served there, as their only or as a further place.
    package let modelCount: Int
    /// Keys that are not revoked.
    package let keyCount: Int
    /// That of the model that does worst; `nil` when no proxy answers.
    package let health: OperatorHealth?
    /// How many of its models have a breaker that lets no call through, at some proxy.
    package let openBreakers: Int
    /// Calls at this moment; `nil` where figures are not shown.
    package let running: Int?
    package let figures: OperatorCallFigures?
    /// When all of it is out of service.
    package let drain: OperatorDrain?
    /// How many of its models alone are out of service.
    package let drainedModels: Int

    package init(
        id: UUID, name: String, kind: String, holder: OperatorHolder, isEditable: Bool, url: String?,
        settings: OperatorProviderSettings, isEnabled: Bool, revision: Int, createdAt: Date, modelCount: Int,
        keyCount: Int, health: OperatorHealth?, openBreakers: Int, running: Int?, figures: OperatorCallFigures?,
        drain: OperatorDrain?, drainedModels: Int
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.holder = holder
        self.isEditable = isEditable
        self.url = url
        self.settings = settings
        self.isEnabled = isEnabled
        self.revision = revision
        self.createdAt = createdAt
        self.modelCount = modelCount
        self.keyCount = keyCount
        self.health = health
        self.openBreakers = openBreakers
        self.running = running
        self.figures = figures
        self.drain = drain
        self.drainedModels = drainedModels
    }
}

/// What providers of some kinds need beside an address and a key.
package struct OperatorProviderSettings: Codable, Sendable, Hashable {
    /// Azure's `api-version`, or Anthropic's.
    package let apiVersion: String?
    /// AWS's region.
    package let region: String?
    /// Google's project and location.
    package let project: String?
    package let location: String?

    package init(
        apiVersion: String? = nil, region: String? = nil, project: String? = nil, location: String? = nil
    ) {
        self.apiVersion = apiVersion
        self.region = region
        self.project = project
        self.location = location
    }
}

/// Every provider that the organisation may use: the installation's first, then by name.
package struct OperatorProviderList: Codable, Sendable, Hashable {
    package let results: [OperatorProvider]
    package let proxies: OperatorProxies
    /// The kinds of which a provider can be added.
    package let kinds: [OperatorProviderKind]
    /// Whether the viewer's organisation runs the installation, so that it may add and change what everybody uses.
    package let runsInstallation: Bool

    package init(
        results: [OperatorProvider], proxies: OperatorProxies, kinds: [OperatorProviderKind], runsInstallation: Bool
    ) {
        self.results = results
        self.proxies = proxies
        self.kinds = kinds
        self.runsInstallation = runsInstallation
    }
}

/// A kind of provider.
package struct OperatorProviderKind: Codable, Sendable, Hashable {
    /// Such as `openai`.
    package let name: String
    /// Where it is when nothing else is said; `nil` when an address must be given.
    package let usualURL: String?
    /// The names of ``OperatorProviderSettings`` that it needs.
    package let neededSettings: [String]
    /// Whether it runs on one's own machines, so that its models cost nothing unless somebody says otherwise.
    package let isFree: Bool

    package init(name: String, usualURL: String?, neededSettings: [String], isFree: Bool) {
        self.name = name
        self.usualURL = usualURL
        self.neededSettings = neededSettings
        self.isFree = isFree
    }
}

/// What a provider is to be: `POST /internal/providers`, and `PUT /internal/providers/ID` with the `revision` that the
/// change began from. All of it is replaced but the keys.
package struct OperatorProviderDraft: Codable, Sendable, Hashable {
    package let kind: String
    package let name: String
    package let url: String?
    package let settings: OperatorProviderSettings
    package let isEnabled: Bool
    /// The first key, when it is added; it is sealed at once and never shown. Later ones: `OperatorProviderKeyDraft`.
    package let key: String?
    /// Only when it is added.
    package let holder: OperatorHolder
    /// `nil` when it is added.
    package let revision: Int?

    package init(
        kind: String, name: String, url: String? = nil, settings: OperatorProviderSettings = OperatorProviderSettings(),
        isEnabled: Bool = true, key: String? = nil, holder: OperatorHolder = .organization, revision: Int? = nil
    ) {
        self.kind = kind
        self.name = name
        self.url = url
        self.settings = settings
        self.isEnabled = isEnabled
        self.key = key
        self.holder = holder
        self.revision = revision
    }
}

/// What would be affected if a provider were deleted or switched off, `GET /internal/providers/ID/effects`.
package struct OperatorProviderEffects: Codable, Sendable, Hashable {
    /// The names of models that have no other place: they are deleted with it.
    package let modelsLost: [String]
    /// The names of models that go on at their other places.
    package let modelsNarrowed: [String]
    /// How many evaluators name a model that would be lost.
    package let evaluatorCount: Int
    package let keyCount: Int
    package let limitCount: Int
    /// Calls of the last hour, `nil` where that is not known or not shown.
    package let callsLastHour: Int?

    package init(
        modelsLost: [String], modelsNarrowed: [String], evaluatorCount: Int, keyCount: Int, limitCount: Int,
        callsLastHour: Int?
    ) {
        self.modelsLost = modelsLost
        self.modelsNarrowed = modelsNarrowed
        self.evaluatorCount = evaluatorCount
        self.keyCount = keyCount
        self.limitCount = limitCount
        self.callsLastHour = callsLastHour
    }
}

extension OperatorRequest where Reply == OperatorProviderList {
    /// Every provider.
    package static var providers: Self { Self(.get, OperatorProvider.path) }
}

extension OperatorRequest where Reply == OperatorProvider {
    /// Adds a provider.
    package static func addProvider(_ draft: OperatorProviderDraft) -> Self {
        Self(.post, OperatorProvider.path, body: draft)
    }

    /// Replaces what a provider is.
    package static func changeProvider(_ id: UUID, to draft: OperatorProviderDraft) -> Self {
        Self(.put, "\(OperatorProvider.path)/\(id.uuidString.lowercased())", body: draft)
    }
}

extension OperatorRequest where Reply == OperatorProviderEffects {
    /// What the end of a provider would affect.
    package static func providerEffects(_ id: UUID) -> Self {
        Self(.get, "\(OperatorProvider.path)/\(id.uuidString.lowercased())/effects")
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Deletes a provider with its keys, its limits and the models that have no other place.
    package static func deleteProvider(_ id: UUID, revision: Int) -> Self {
        Self(
            .delete, "\(OperatorProvider.path)/\(id.uuidString.lowercased())",
            [Parameter("revision", "\(revision)")])
    }
}
