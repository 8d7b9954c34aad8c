internal import FoundationEssentials
internal import Records
internal import Scoring
internal import Spending
internal import Stores
internal import Tenancy
internal import WireAPI

/// Providers as somebody sees them at a moment.
struct ProviderView {
    let readings: ProxyReadings
    let drains: [DrainSubject: OperatorDrain]
    let runsInstallation: Bool

    /// A provider's row.
    func row(_ overview: ProviderOverview) -> OperatorProvider {
        let provider = overview.provider.value
        let place = ProxyPlace(provider)
        let showsFigures = showsFigures(of: provider.organizationID)
        let known = readings.readings.flatMap { $0.deployments.filter(place.isPlace(of:)) }
        let models = Dictionary(grouping: known, by: \.model)
        return OperatorProvider(
            id: provider.id.uuid, name: provider.name, kind: provider.kind.rawValue,
            holder: OperatorHolder(provider.organizationID),
            isEditable: provider.organizationID != nil || runsInstallation,
            url: provider.baseURL.isEmpty ? nil : provider.baseURL,
            settings: OperatorProviderSettings(provider.settings),
            isEnabled: provider.isEnabled, revision: overview.provider.revision, createdAt: provider.createdAt,
            modelCount: overview.modelCount, keyCount: overview.keyCount,
            health: health(of: provider),
            openBreakers: models.values.count {
                $0.contains { $0.breaker == OperatorDeployment.Breaker.open.rawValue }
            },
            running: showsFigures ? known.reduce(0) { $0 + $1.running } : nil,
            figures: showsFigures && !known.isEmpty
                ? OperatorCallFigures(known, at: readings.proxies.askedAt) : nil,
            drain: drains[.provider(provider.id)],
            drainedModels: drains.keys.count { $0.isModel(at: provider.id) })
    }

    /// How a provider does: as the model that does worst; `nil` when no proxy answers.
    func health(of provider: Provider) -> OperatorHealth? {
        guard readings.proxies.answering > 0 else { return nil }
        let place = ProxyPlace(provider)
        let models = readings.models(at: place).sorted().map { model in
            let found = readings.deployments(at: place, upstreamModel: model)
            return (
                name: model,
                health: OperatorHealth.worst(
                    of: found.map { ($0.proxy, OperatorHealth($0.deployment)) }, among: "proxies")
            )
        }
        return .worst(of: models, among: "models")
    }

    /// The models at a provider: those that the catalogue asks for, and those that were asked.
    func deployments(at provider: Provider, _ models: [CataloguedModel]) -> [OperatorDeployment] {
        let place = ProxyPlace(provider)
        var names: [String: [String]] = [:]
        for known in models {
            for upstream in known.upstreamNames(at: provider.id) {
                names[upstream, default: []].append(known.model.definition.name)
            }
        }
        let all = Set(names.keys).union(readings.models(at: place))
        return all.sorted().map { upstream in
            OperatorDeployment(
                upstreamModel: upstream, models: names[upstream] ?? [],
                readings.deployments(at: place, upstreamModel: upstream),
                drain: drains[.deployment(provider.id, upstreamModel: upstream)], of: readings.proxies,
                showsFigures: showsFigures(of: provider.organizationID))
        }
    }

    /// The limits at a provider: those that are set, and those that a proxy has learned or holds calls for.
    func limits(
        _ rules: [CallLimitRule], of provider: Provider, _ keys: [StoredProviderKey]
    ) -> [OperatorCallLimit] {
        var subjects = rules.map(\.subject)
        let candidates =
            [CallLimitSubject.provider] + readings.models(at: ProxyPlace(provider)).sorted().map { .model($0) }
            + keys.map { .key($0.id) }
        subjects += candidates.filter { !subjects.contains($0) }
        return subjects.compactMap { subject in
            let rule = rules.first { $0.subject == subject }
            let known = readings.limits(named: subject.placeName(at: provider.id))
            let isQuiet = known.allSatisfy { $0.learned.isEmpty && $0.blockedMs == nil && $0.waiting == 0 }
            guard rule != nil || !isQuiet else { return nil }
            return OperatorCallLimit(
                subject, rule, known, showsFigures: showsFigures(of: provider.organizationID))
        }
    }

    private func showsFigures(of owner: OrganizationID?) -> Bool { owner != nil || runsInstallation }
}

extension ProxyPlace {
    init(_ provider: Provider) {
        self.init(id: provider.id.uuid, isDemonstration: provider.kind == .demonstration)
    }
}

extension DrainSubject {
    fileprivate func isModel(at provider: ProviderID) -> Bool {
        switch self {
        case .deployment(let id, _): id == provider
        case .provider, .model: false
        }
    }
}

extension DrainStore {
    /// What is out of service, as operators see it.
    func bySubject(usableBy organization: OrganizationID) async throws -> [DrainSubject: OperatorDrain] {
        Dictionary(
            try await list(usableBy: organization).map { drain in
                (
                    drain.subject,
                    OperatorDrain(reason: drain.reason, by: drain.by.map(OperatorPerson.init), since: drain.since)
                )
            }, uniquingKeysWith: { first, _ in first })
    }
}

extension CataloguedModel {
    /// The names that the model has at a provider, among its places.
    func upstreamNames(at provider: ProviderID) -> Set<String> {
        var names = Set(routing.furtherPlaces.filter { $0.providerID == provider }.map(\.upstreamModel))
        let definition = model.definition
        if definition.providerID == provider, definition.url?.isEmpty ?? true { names.insert(definition.upstreamModel) }
        return Set(names.map(ServedName.of))
    }
}

extension CallLimitSubject {
    /// What the proxies call it.
    func placeName(at provider: ProviderID) -> String {
        switch self {
        case .provider: "provider:\(provider)"
        case .model(let model): "model:\(provider):\(model)"
        case .key(let id): "key:\(id)"
        }
    }
}

extension OperatorCallLimit {
    init(_ subject: CallLimitSubject, _ rule: CallLimitRule?, _ known: [ProxyLimitReport.Place], showsFigures: Bool) {
        let wire: Subject =
            switch subject {
            case .provider: Subject()
            case .model(let name): Subject(upstreamModel: name)
            case .key(let id): Subject(keyID: id.uuid)
            }
        func least(_ value: (ProxyLimitReport.Limits) -> Int?) -> Int? { known.compactMap { value($0.learned) }.min() }
        self.init(
            id: rule?.id.uuid, subject: wire, set: OperatorLimits(rule?.limits ?? .none),
            learned: OperatorLimits(
                requestsPerMinute: least(\.requestsPerMinute), tokensPerMinute: least(\.tokensPerMinute),
                concurrency: least(\.concurrency)),
            running: showsFigures ? known.reduce(0) { $0 + $1.running } : nil,
            waiting: showsFigures ? known.reduce(0) { $0 + $1.waiting } : nil,
            blockedMs: known.compactMap(\.blockedMs).max())
    }
}

extension OperatorLimits {
    fileprivate init(_ limits: CallLimits) {
        self.init(
            requestsPerMinute: limits.requestsPerMinute, tokensPerMinute: limits.tokensPerMinute,
            concurrency: limits.concurrency)
    }
}

extension ProxyLimitReport.Limits {
    fileprivate var isEmpty: Bool { requestsPerMinute == nil && tokensPerMinute == nil && concurrency == nil }
}

extension OperatorHealth {
    init(_ worst: WorstHealth) {
        self.init(condition: Condition(score: worst.score), score: worst.score, sentence: worst.sentence)
    }
}

extension OperatorHealth.Condition {
    /// As the proxies divide scores.
    fileprivate init(score: Int) {
        self =
            switch score {
            case 80...: .healthy
            case 40..<80: .degraded
            default: .unhealthy
            }
    }
}

extension OperatorProviderKey {
    /// A key with what the proxies know of it: of several the one that uses it least.
    init(_ key: StoredProviderKey, _ reports: [ProxyKeyReport.Key]) {
        let state: State =
            switch key.state {
            case .active: .active
            case .draining: .draining
            case .revoked: .revoked
            }
        let cooling = reports.max { ($0.coolsMs ?? 0) < ($1.coolsMs ?? 0) }
        self.init(
            id: key.id.uuid, name: key.name, state: state, weight: key.weight, createdAt: key.createdAt,
            load: reports.map(\.load).max(), coolsMs: cooling?.coolsMs,
            reason: cooling?.reason ?? reports.compactMap(\.reason).first)
    }
}

extension OperatorProviderSettings {
    init(_ settings: ProviderSettings) {
        self.init(
            apiVersion: settings.apiVersion, region: settings.region, project: settings.project,
            location: settings.location)
    }
}
