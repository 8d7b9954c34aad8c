internal import Cryptography
package import FoundationEssentials
internal import JSON
package import Postgres
package import Redis
internal import Scoring
internal import Stores
package import Tenancy
package import WireAPI

/// What was found out about a server by asking it for little things.
struct ProbedServer: Sendable {
    let kind: ProviderKind
    let models: [String]
    /// The one that was tried; `nil` when there was none to try.
    let model: String?
    let abilities: ModelAbilities
    let durationMs: Int?

    init(_ report: ProxyAbilityReport, at moment: Date) {
        kind = ProviderKind(rawValue: report.kind)
        models = report.models
        model = report.model
        abilities = ModelAbilities(
            contextLength: report.contextLength,
            findings: report.abilities.map {
                ModelAbilities.Finding(
                    ability: $0.name, answer: ModelAbilities.Answer(rawValue: $0.finding) ?? .unknown,
                    evidence: $0.evidence)
            }, foundAt: moment)
        durationMs = report.durationMs
    }
}

/// Finds out, through the LLM proxy, what servers can do that somebody wants to add a model of.
package struct ServerProbes: Sendable {
    private let client: LLMProxyClient
    private let models: ModelStore
    private let sealing: ProviderKeySealing
    private let redis: RedisClient
    private let identifiers: IdentifierSource
    private let now: @Sendable () -> Date

    /// How long finding out may take when somebody waits for it, and when it is done beside something else.
    private static let patience = Duration.seconds(125)
    private static let shortPatience = Duration.seconds(15)
    /// How long what was found is known, in seconds.
    private static let kept = 3600

    /// `now` is the wall clock.
    package init(
        client: LLMProxyClient, database: PostgresClient, redis: RedisClient, identifiers: IdentifierSource,
        now: @escaping @Sendable () -> Date = Date.init
    ) {
        self.client = client
        models = ModelStore(database: database)
        sealing = ProviderKeySealing(installation: InstallationStore(database: database))
        self.redis = redis
        self.identifiers = identifiers
        self.now = now
    }

    /// Asks a server. That it does not answer is a finding.
    /// - Throws: `InvalidDefinition`, `KeyCannotBeSealed`, `LLMProxyUnavailable`; `RedisError`.
    package func probe(
        _ wish: OperatorServerProbeWish, for principal: Principal
    ) async throws -> OperatorServerProbe {
        try InvalidDefinition.check { $0.check(url: wish.url, field: "url") }
        let sealed = try await sealing.sealed(wish.key, field: "key")
        let moment = now()
        let report = try await ask(wish.url, sealed, wish.model, patience: Self.patience)
        let found = ProbedServer(report, at: moment)
        let id = identifiers.uuid()
        let kept = KeptProbe(url: wish.url, foundAt: moment, report: report)
        _ = try await redis.command([
            "SET", .init(Self.key(id, principal)), .init(JSONCodec.encode(kept)), "EX", .init(Self.kept),
        ])
        return OperatorServerProbe(
            id: id, url: wish.url, models: found.models, model: found.model,
            abilities: OperatorAbilities(found.abilities, kind: found.kind), durationMs: found.durationMs)
    }

    /// Asks a model, as the caller's organisation has it, a short question. That it fails is a finding.
    /// - Throws: `LLMProxyUnavailable`.
    func ask(_ model: String, for principal: Principal) async throws -> ProxyTestResult {
        try await client.post(
            ProxyTestCall.path, ProxyTestCall(organizationID: principal.organizationID.uuid, model: model),
            patience: Self.patience)
    }

    /// What was found out about a server lately, by somebody of the organisation.
    /// - Throws: `InvalidDefinition` when it is not known any more, or of another server.
    func found(_ id: UUID, of url: String, for principal: Principal) async throws -> ProbedServer {
        let reply = try await redis.command(["GET", .init(Self.key(id, principal))])
        guard let text = reply.text else {
            throw InvalidDefinition(problems: [
                .init(field: "probe_id", message: "What was found out is not known any more. Probe the server again.")
            ])
        }
        let kept = try JSONCodec.decode(KeptProbe.self, from: Array(text.utf8))
        guard ServerAddress(kept.url) == ServerAddress(url) else {
            throw InvalidDefinition(problems: [.init(field: "probe_id", message: "Another server was probed.")])
        }
        return ProbedServer(kept.report, at: kept.foundAt)
    }

    /// Asks the server of a model that is being added, for a moment; `nil` when nothing is found out in that time. Whether
    /// the model is added does not depend on it.
    func look(at url: String, sealedKey: [UInt8]?, model: String) async throws -> ProbedServer? {
        let moment = now()
        do {
            let report = try await ask(url, sealedKey, ServedName.of(model), patience: Self.shortPatience)
            return ProbedServer(report, at: moment)
        } catch is LLMProxyUnavailable {
            return nil
        }
    }

    /// Asks the server of a model that is there.
    /// - Throws: `InvalidDefinition` for a model without an address of its own; `LLMProxyUnavailable`.
    func probe(_ model: Model, for principal: Principal) async throws -> ProbedServer {
        guard let url = model.definition.url, !url.isEmpty else {
            throw InvalidDefinition(problems: [
                .init(field: "url", message: "Only a model with an address of its own is probed.")
            ])
        }
        let sealed = try await models.sealedKey(of: model.id, usableBy: principal.organizationID)
        let moment = now()
        return ProbedServer(
            try await ask(url, sealed, ServedName.of(model.definition.upstreamModel), patience: Self.patience),
            at: moment)
    }

    private func ask(
        _ url: String, _ sealed: [UInt8]?, _ model: String?, patience: Duration
    ) async throws -> ProxyAbilityReport {
        try await client.post(
            ProxyAbilityProbe.path,
            ProxyAbilityProbe(url: url, sealedKey: sealed.map { Base64.encode($0) }, model: model), patience: patience)
    }

    /// What is kept of a probe.
    private struct KeptProbe: Codable {
        let url: String
        let foundAt: Date
        let report: ProxyAbilityReport
    }

    private static func key(_ id: UUID, _ principal: Principal) -> String {
        "scorable:probe:\(principal.organizationID):\(id.uuidString.lowercased())"
    }
}

extension OperatorAbilities {
    init(_ abilities: ModelAbilities, kind: ProviderKind) {
        self.init(
            kind: kind.rawValue, contextLength: abilities.contextLength,
            findings: abilities.findings.map { finding in
                let answer: Answer =
                    switch finding.answer {
                    case .yes: .yes
                    case .no: .no
                    case .unknown: .unknown
                    }
                return Finding(ability: finding.ability, answer: answer, evidence: finding.evidence)
            }, foundAt: abilities.foundAt)
    }
}
