internal import FoundationEssentials
internal import Postgres
internal import Scoring
internal import Spending
internal import Stores
internal import Tenancy

/// Keeps in the audit what people change about providers, models, prices and budgets: how each was before, and how it is
/// then.
struct ProviderAudit: Sendable {
    private let database: PostgresClient
    private let audit: Audit
    private let now: @Sendable () -> Date

    init(database: PostgresClient, audit: Audit, now: @escaping @Sendable () -> Date) {
        self.database = database
        self.audit = audit
        self.now = now
    }

    /// Changes something that is there, in one transaction with the entry that tells of it.
    func changing<Result: Sendable>(
        _ action: String, _ thing: ProviderOperations.Thing, by actor: AuditActor,
        _ change: @Sendable (PostgresClient) async throws -> Result
    ) async throws -> Result {
        try await audit.perform(Audit.Deed(action, on: thing.subject), by: actor, needs: nil) { connection in
            let inside = database.within(connection)
            let before = try await figures(of: thing, for: actor, in: inside)
            let result = try await change(inside)
            return Audit.Change(result, before: before, after: try await figures(of: thing, for: actor, in: inside))
        }
    }

    /// Makes something new, in one transaction with the entry that tells of it.
    func making<Result: Sendable>(
        _ action: String, by actor: AuditActor, _ make: @Sendable (PostgresClient) async throws -> Result,
        thing: @Sendable (Result) -> ProviderOperations.Thing
    ) async throws -> Result {
        let kind = action.prefix { $0 != "." }
        return try await audit.perform(Audit.Deed(action, on: String(kind)), by: actor, needs: nil) { connection in
            let inside = database.within(connection)
            let result = try await make(inside)
            let made = thing(result)
            return Audit.Change(
                result, on: made.subject, after: try await figures(of: made, for: actor, in: inside))
        }
    }

    // MARK: How things are

    /// `nil` for what is not there.
    private func figures(
        of thing: ProviderOperations.Thing, for actor: AuditActor, in database: PostgresClient
    ) async throws -> (any Encodable & Sendable)? {
        guard let organization = actor.principal?.organizationID else { return nil }
        let stores = ProviderStores(database: database)
        switch thing {
        case .provider(let id):
            guard let provider = try await stores.providers.overview(id, usableBy: organization)?.provider.value else {
                return nil
            }
            return ProviderFigures(
                provider, keys: try await stores.keys.list(of: id, usableBy: organization),
                limits: try await stores.limits.list(at: id, usableBy: organization),
                drains: try await stores.drains.list(usableBy: organization))
        case .model(let id):
            guard let model = try await stores.models.find(id, usableBy: organization) else { return nil }
            return ModelFigures(
                model, try await stores.models.routing(of: id, usableBy: organization),
                isDrained: try await stores.drains.list(usableBy: organization).contains { $0.subject == .model(id) })
        case .price(let id):
            return try await PriceStore(database: database).list(usableBy: organization).first { $0.id == id }.map(
                PriceFigures.init)
        case .budget(let id):
            return try await BudgetStore(database: database).standings(of: organization, at: now()).first {
                $0.budget.id == id
            }
            .map { BudgetFigures($0.budget) }
        }
    }
}

extension ProviderOperations.Thing {
    /// As the audit calls it.
    fileprivate var subject: String {
        switch self {
        case .provider(let id): "provider:\(id)"
        case .model(let id): "model:\(id)"
        case .price(let id): "price:\(id)"
        case .budget(let id): "budget:\(id)"
        }
    }
}

// MARK: What the audit keeps; never a key.

private struct ProviderFigures: Encodable, Sendable {
    let name: String
    let kind: String
    let url: String
    let apiVersion: String?
    let region: String?
    let project: String?
    let location: String?
    let isEnabled: Bool
    let keys: [Key]
    let limits: [Limit]
    /// What is out of service of it: itself or models.
    let drained: [String]

    struct Key: Encodable, Sendable {
        let name: String
        let weight: Int
        let state: String
    }

    struct Limit: Encodable, Sendable {
        let of: String
        let requestsPerMinute: Int?
        let tokensPerMinute: Int?
        let concurrency: Int?
    }

    init(_ provider: Provider, keys: [StoredProviderKey], limits: [CallLimitRule], drains: [Drain]) {
        name = provider.name
        kind = provider.kind.rawValue
        url = provider.baseURL
        apiVersion = provider.settings.apiVersion
        region = provider.settings.region
        project = provider.settings.project
        location = provider.settings.location
        isEnabled = provider.isEnabled
        self.keys = keys.map { Key(name: $0.name, weight: $0.weight, state: $0.state.rawValue) }
        self.limits = limits.map { rule in
            let subject =
                switch rule.subject {
                case .provider: "provider"
                case .key(let id): "key \(keys.first { $0.id == id }?.name ?? "\(id)")"
                case .model(let name): "model \(name)"
                }
            return Limit(
                of: subject, requestsPerMinute: rule.limits.requestsPerMinute,
                tokensPerMinute: rule.limits.tokensPerMinute, concurrency: rule.limits.concurrency)
        }
        drained = drains.compactMap { drain in
            switch drain.subject {
            case .provider(provider.id): "provider"
            case .deployment(provider.id, let model): "model \(model)"
            case .provider, .deployment, .model: nil
            }
        }
    }
}

private struct ModelFigures: Encodable, Sendable {
    let name: String
    let upstreamModel: String
    let provider: String?
    let url: String?
    let visibility: String
    let aliases: [String]
    let choice: String?
    let weight: Int?
    let furtherPlaces: [String]
    let fallbacks: [String]
    let isUnpricedAllowed: Bool?
    let hasKey: Bool
    let isDrained: Bool

    init(_ model: Model, _ routing: ModelRouting?, isDrained: Bool) {
        name = model.definition.name
        upstreamModel = model.definition.upstreamModel
        provider = model.definition.providerID?.description
        url = model.definition.url
        visibility = model.definition.visibility.rawValue
        aliases = model.definition.aliases
        choice = routing?.choice.rawValue
        weight = routing?.weight
        furtherPlaces = routing?.furtherPlaces.map { "\($0.providerID) \($0.upstreamModel), weight \($0.weight)" } ?? []
        fallbacks = routing?.fallbacks ?? []
        isUnpricedAllowed = routing?.isUnpricedAllowed
        hasKey = model.hasKey
        self.isDrained = isDrained
    }
}

private struct PriceFigures: Encodable, Sendable {
    let provider: String
    let model: String
    let validFrom: Date
    let validUntil: Date?
    /// Billionths of a dollar, as the price list has them.
    let input: Int64
    let output: Int64
    let cachedInput: Int64?
    let reasoning: Int64?
    let image: Int64
    let request: Int64

    init(_ entry: PriceEntry) {
        provider = entry.provider
        model = entry.model
        validFrom = entry.validFrom
        validUntil = entry.validUntil
        input = entry.tariff.input.nanoDollars
        output = entry.tariff.output.nanoDollars
        cachedInput = entry.tariff.cachedInput?.nanoDollars
        reasoning = entry.tariff.reasoning?.nanoDollars
        image = entry.tariff.image.nanoDollars
        request = entry.tariff.request.nanoDollars
    }
}

private struct BudgetFigures: Encodable, Sendable {
    let scope: String
    let period: String
    /// Billionths of a dollar.
    let limit: Int64
    let warnAt: Int64?
    let enforcement: String

    init(_ budget: Budget) {
        scope =
            switch budget.scope {
            case .organization: "organization"
            case .project(let id): "project:\(id)"
            case .apiKey(let id): "api_key:\(id)"
            }
        period = budget.period.rawValue
        limit = budget.limit.nanoDollars
        warnAt = budget.warnAt?.nanoDollars
        enforcement = budget.enforcement.rawValue
    }
}
