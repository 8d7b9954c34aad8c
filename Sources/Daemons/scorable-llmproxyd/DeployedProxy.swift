import Cryptography
import DaemonRuntime
import EventLoop
import FoundationEssentials
import HTTPServing
import HTTPTransfer
import LLMProxy
import Logging
import Postgres
import Providers
import Redis
import Scoring
import Settings
import StoreConnections
import Stores
import Tenancy
import Webhooks

/// Puts together the proxy of a deployment, which has a database and Redis.
struct DeployedProxy {
    private let deployment: ProxyServerSettings.Deployment
    private let settings: ProxyServerSettings
    private let database: PostgresClient
    private let redis: RedisClient
    private let keys: SealedBox.KeyRing
    /// Under what this process writes down how deployments did.
    private let replica = UUID()

    init(
        _ deployment: ProxyServerSettings.Deployment, _ settings: ProxyServerSettings,
        in composition: inout Composition<ProxyServerSettings>
    ) throws {
        self.deployment = deployment
        self.settings = settings
        keys = SealedBox.KeyRing(
            current: try SealedBox.KeyPair(privateKeyPEM: deployment.privateKey.reveal()),
            former: try deployment.formerPrivateKey.map { try SealedBox.KeyPair(privateKeyPEM: $0.reveal()) })
        database = composition.database(deployment.database, program: "scorable-llmproxyd")
        redis = try composition.redis(deployment.redis, .useful)
        composition.announce(over: redis)
    }

    /// Adds every part and the routes.
    func compose(_ composition: inout Composition<ProxyServerSettings>) throws {
        composition.showStores(database, redis)
        let tokens = ServiceTokens([deployment.serviceToken.reveal()])
        let governor = ProxyParts.governor(redis: redis, among: settings.expectedProxies, in: &composition)
        let parts = try ProxyParts(settings, sources(tokens, governor), in: &composition)
        composition.serveInternally(parts.front)
        composition.serveInternally(parts.operators(open: open), through: [tokens.middleware])
        let outside = outsideClient(in: &composition)
        composition.serveInternally(deliveries(by: outside).router, through: [tokens.middleware])
        composition.serveInternally(Fetches(client: outside).router, through: [tokens.middleware])
        let changes = RouteChanges(
            redis: redis, routes: parts.routes, prices: parts.prices, budgets: parts.budgets, pools: parts.pools,
            limits: parts.limits, drains: parts.drains)
        composition.work("changes") { drain in
            try await drain.cancelling { try await changes.follow() }
        }
        composition.onReload { _ in try parts.usageLog.reopen() }
        composition.forwardingAudit(
            from: database, keys: keys, to: settings.webhookClient(trusting: deployment.webhookHosts).egress)
        publishKey(in: &composition)
    }

    private func sources(_ tokens: ServiceTokens, _ governor: Governor) -> ProxyParts.Sources {
        let (database, prices) = (database, deployment.prices)
        let routes = StoredRoutes(
            models: ModelStore(database: database), isDemoOn: deployment.isDemoOn,
            defaultModel: deployment.defaultModel, open: open)
        return ProxyParts.Sources(
            callers: .daemons(tokens), routes: routes.source, governor: governor, redis: redis,
            budgets: .stored(
                BudgetStore(database: database), SpendingLedger(database: database), holder: UUID()),
            prices: { try await PriceStore(database: database).all(from: Date()) + prices },
            limits: { try await CallLimitStore(database: database).all() },
            keys: { try await ProviderKeyStore(database: database).sealedKeys(of: $0) },
            open: { [open] in ProviderKey(try open($0)) },
            drains: { Set(try await DrainStore(database: database).all().map(DrainedPlace.init)) },
            history: { [replica] in try await DeploymentSpanStore(database: database).write($0, of: replica) })
    }

    /// What goes to where tenants say, with connections of its own: those of providers may go where these may not.
    private func outsideClient(in composition: inout Composition<ProxyServerSettings>) -> HTTPClient {
        let client = HTTPClient(
            loops: composition.loops, settings: settings.webhookClient(trusting: deployment.webhookHosts))
        composition.add(Service("webhooks", stop: { _ in await client.close() }))
        return client
    }

    private func deliveries(by client: HTTPClient) -> Deliveries {
        Deliveries(client: client, now: { Date() }) { [keys] box, endpoint in
            let secret = try keys.open(
                box, purpose: WebhookEndpoint.secretPurpose, context: Array(endpoint.lowercaseText.utf8))
            return String(decoding: secret, as: UTF8.self)
        }
    }

    private var open: @Sendable ([UInt8]) throws -> String {
        { [keys] box in
            String(decoding: try keys.open(box, purpose: Provider.keyPurpose), as: UTF8.self)
        }
    }

    /// Tells the API server what to seal the keys of providers with, as soon as the database can be reached.
    private func publishKey(in composition: inout Composition<ProxyServerSettings>) {
        let installation = InstallationStore(database: database)
        let (key, logger) = (keys.current.publicKey.bytes, composition.logger)
        composition.work("public key") { drain in
            while !drain.hasBegun {
                do {
                    if try await installation.proxyPublicKey() != key { try await installation.setProxyPublicKey(key) }
                    return await drain.wait()
                } catch {
                    logger.warning("the proxy's public key could not be published", metadata: ["reason": "\(error)"])
                }
                await drain.wait(atMost: .seconds(2))
            }
        }
    }
}

extension DrainedPlace {
    fileprivate init(_ subject: DrainSubject) {
        switch subject {
        case .provider(let id): self.init(.identified(id.description))
        case .deployment(let id, let model): self.init(.identified(id.description), model: model)
        case .model(let id): self.init(.identified(id.description))
        }
    }
}
