import Settings
import Cryptography
import DaemonRuntime
import EventLoop
import FoundationEssentials
import HTTPServing
import HTTPTransfer
import LLMProxy
import Logging
import Postgres
import Redis
import Scoring
import StoreConnections
import Stores

/// Puts the LLM proxy together.
struct ProxyServer {
    private let settings: ProxyServerSettings
    private let database: PostgresClient
    private let redis: RedisClient
    private let keys: SealedBox.KeyPair

    init(_ settings: ProxyServerSettings, in composition: inout Composition<ProxyServerSettings>) throws {
        self.settings = settings
        keys = try SealedBox.KeyPair(privateKeyPEM: settings.privateKey.reveal())
        database = composition.database(settings.database, program: "scorable-llmproxyd")
        redis = try composition.redis(settings.redis)
    }

    /// Adds every part and the routes.
    func compose(_ composition: inout Composition<ProxyServerSettings>) throws {
        let client = HTTPClient(loops: composition.loops, settings: settings.client)
        composition.add(Service("providers", stop: { _ in await client.close() }))
        let source = StoredRoutes(
            models: ModelStore(database: database), prices: settings.prices, isDemoOn: settings.isDemoOn,
            defaultModel: settings.defaultModel,
            open: { [keys] box in
                let key = try SealedBox.open(box, with: keys, purpose: Provider.keyPurpose)
                return String(decoding: key, as: UTF8.self)
            }
        ).source
        let lastKnown = LastKnownRoutes()
        let routes = LoopLocal(composition.loops) { RouteCache(loop: $0, source: source, lastKnown: lastKnown) }
        let share = composition.loops.loops.count
        let gates = LoopLocal(composition.loops) { [calls = settings.calls] loop in
            ProviderGate(
                loop: loop, limit: (calls.callsPerProvider + share - 1) / share,
                waitingLimit: (calls.waitingPerProvider + share - 1) / share)
        }
        let completions = ChatCompletions(
            client: client, settings: settings.calls, routes: routes, gates: gates,
            metrics: ProxyMetrics(composition.metrics), now: { Int64(Date().timeIntervalSince1970) })
        let tokens = ServiceTokens([settings.serviceToken.reveal()])
        composition.serveInternally(ProxyRoutes(completions: completions, source: source, tokens: tokens).router)
        let changes = RouteChanges(redis: redis, routes: routes)
        composition.work("changes") { drain in try await drain.cancelling { try await changes.follow() } }
        publishKey(in: &composition)
    }

    /// Tells the API server what to seal the keys of providers with, as soon as the database can be reached.
    private func publishKey(in composition: inout Composition<ProxyServerSettings>) {
        let installation = InstallationStore(database: database)
        let (key, logger) = (keys.publicKey.bytes, composition.logger)
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
