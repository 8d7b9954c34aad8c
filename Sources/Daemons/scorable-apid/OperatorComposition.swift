import Access
import DaemonRuntime
import EventLoop
import FoundationEssentials
import HTTPTransfer
import IngestGate
import Logging
import Observability
import OperatorAPI
import Operations
import Postgres
import Settings
import StoreConnections
import Stores
import Tenancy

// What the console asks for beside evaluators, judges and projects.
extension APIServer {
    /// The dashboard, with the watch over the other daemons.
    func dashboard(
        _ product: Product, _ recorder: ExecutionRecorder, in composition: inout Composition<APIServerSettings>
    ) -> DashboardRoutes {
        // Apart from the one for executions, so that a flood of those does not look like daemons that do not answer.
        let known = [settings.evaluationService] + settings.proxies + settings.workers
        let client = HTTPClient(loops: composition.loops, settings: HTTPClientSettings(egress: .onlyTo(known)))
        composition.add(Service("health probes", stop: { _ in await client.close() }))
        let others =
            [HealthTarget.daemon("evald", at: settings.evaluationService, through: client)]
            + settings.proxies.map { .daemon("llmproxyd", at: $0, through: client) }
        let workers = settings.workers.map { HealthTarget.daemon("workerd", at: $0, through: client) }
        let health = HealthWatch(
            [own(recorder, composition.metrics)] + others + workers + [.postgresql(database), .redis(redis)],
            notices: product.notices, redis: redis, logger: composition.logger)
        composition.work("health") { drain in try await drain.cancelling { try await health.run() } }
        return DashboardRoutes(
            dashboards: product.dashboards, projects: product.projects, notices: product.notices, health: health,
            rights: installationRights)
    }

    /// The processes of the installation, as they say themselves.
    func instances(in composition: inout Composition<APIServerSettings>) -> InstanceReadings {
        // Replicas behind one name are asked by their addresses, which no list of names permits.
        let client = HTTPClient(loops: composition.loops, settings: HTTPClientSettings())
        composition.add(Service("instances", stop: { _ in await client.close() }))
        let registry = InstanceRegistry(redis: redis)
        return InstanceReadings(
            announced: { try await registry.all() }, asking: [settings.evaluationService], through: client,
            serviceToken: settings.serviceToken.reveal())
    }

    /// What the installation is made of, and how that does.
    func installation(
        _ proxies: LLMProxyClient, _ readings: InstanceReadings, in composition: inout Composition<APIServerSettings>
    ) -> InstallationRoutes {
        let others = [("evald", settings.evaluationService)] + settings.proxies.map { ("llmproxyd", $0) }
        let places = (others + settings.workers.map { ("workerd", $0) }).map { daemon, url in
            DaemonExaminations.Place(daemon: daemon, url: url)
        }
        let client = HTTPClient(
            loops: composition.loops, settings: HTTPClientSettings(egress: .onlyTo(places.map(\.url))))
        composition.add(Service("installation", stop: { _ in await client.close() }))
        let blobPlace = settings.blobs.kind == .local ? settings.blobs.directory : settings.blobs.kind.rawValue
        // Whether the server is this installation's alone is not known here; `scorable doctor` looks at the role.
        let examinations =
            DaemonExaminations(places, through: client, proxies: proxies, version: Release.version).all
            + LatencyExaminations(database: database, redis: redis).all
            + DatabaseExaminations(database: database, isPrivate: true).all + RedisExaminations(redis: redis).all
            + [StorageExamination(blobs, at: blobPlace, probe: UUID()).examination]
            + DiskExaminations(database: database, redis: redis).all + WorkExaminations(database: database).current
            + TrustExaminations(database: database).all + BackupExaminations(database: database).all
        return InstallationRoutes(
            InstallationView(
                rights: installationRights, examinations, readings, version: Release.version))
    }

    /// The LLM proxies, as operators ask them.
    func proxies(in composition: inout Composition<APIServerSettings>) -> LLMProxyClient {
        let client = HTTPClient(loops: composition.loops, settings: .ofReplicas(at: settings.proxies))
        composition.add(Service("LLM proxies", stop: { _ in await client.close() }))
        return LLMProxyClient(
            client: client, addresses: settings.proxies, serviceToken: settings.serviceToken.reveal())
    }

    /// The LLM proxies, as those ask them who want an answer of a model.
    func gateway(in composition: inout Composition<APIServerSettings>) -> ModelGateway {
        let client = HTTPClient(
            loops: composition.loops, settings: .ofReplicas(at: settings.proxies, maxConnectionsPerHost: 1024))
        composition.add(Service("models", stop: { _ in await client.close() }))
        return ModelGateway(
            client: client, addresses: settings.proxies, serviceToken: settings.serviceToken.reveal())
    }

    /// Providers, models, prices and budgets, with the watch over them.
    func providers(
        _ product: Product, _ client: LLMProxyClient, _ probes: ServerProbes,
        in composition: inout Composition<APIServerSettings>
    ) -> ProviderRoutes {
        let operations = ProviderOperations(
            database: database, redis: redis, client: client, probes: probes, identifiers: composition.identifiers,
            changes: product.changes, settingsPrices: settings.prices, logger: composition.logger)
        let news = ProviderNews(
            watch: operations.watch, providers: ProviderStore(database: database),
            budgets: BudgetAlerts(store: BudgetStore(database: database), notices: product.notices),
            notices: product.notices, redis: redis, logger: composition.logger)
        composition.work("provider news") { drain in try await drain.cancelling { try await news.run() } }
        return ProviderRoutes(operations)
    }

    /// Webhooks, whose requests the LLM proxy sends.
    func webhooks(
        _ product: Product, _ proxies: LLMProxyClient, _ composition: Composition<APIServerSettings>
    ) -> WebhookRoutes {
        WebhookRoutes(
            WebhookProduct(
                database: database, queue: product.queue, client: proxies, identifiers: composition.identifiers,
                logger: composition.logger))
    }

    /// People and organisations.
    func people(
        _ product: Product, _ passwords: PasswordChecks, _ composition: Composition<APIServerSettings>
    ) -> PeopleProduct {
        PeopleProduct(
            database: database, address: settings.publicAddress, passwords: passwords,
            identifiers: composition.identifiers, changes: product.changes, logger: composition.logger)
    }

    /// API keys.
    func keys(
        _ product: Product, _ hash: CredentialHash, _ composition: Composition<APIServerSettings>
    ) -> KeyRoutes {
        KeyRoutes(
            keys: APIKeys(
                database: database, hash: hash, changes: product.changes, identifiers: composition.identifiers,
                logger: composition.logger))
    }

    /// How long something is kept, and how much room there is.
    func retention(_ composition: Composition<APIServerSettings>) -> RetentionRoutes {
        RetentionRoutes(
            product: RetentionProduct(
                database: database, standard: settings.keeping.standard, identifiers: composition.identifiers,
                logger: composition.logger),
            forecasts: StorageForecasts(
                sizes: StorageSizeStore(database: database), board: StorageBoard(redis: redis)),
            rights: installationRights)
    }

    /// Who may see what concerns all organisations.
    private var installationRights: InstallationRights {
        InstallationRights(organizations: OrganizationStore(database: database))
    }

    /// Files of execution logs.
    func exports(_ product: Product, in composition: inout Composition<APIServerSettings>) -> Exports {
        Exports(
            database: database, blobs: blobs, queue: product.queue,
            audit: Audit(database: database, identifiers: composition.identifiers, logger: composition.logger),
            identifiers: composition.identifiers)
    }

    /// The plans, and what they can do.
    func plans(
        _ product: Product, _ background: QueueProduct, _ exports: Exports, _ authenticator: Authenticator,
        in composition: inout Composition<APIServerSettings>
    ) -> PlanRoutes {
        let executions = ExecutionPlans(logs: product.logs, tags: product.tags, reruns: product.reruns)
        let plans = Plans(
            executions.actions + ItemPlans(items: product.items).actions + background.plans.plannedActions + [
                ExportPlans(exports: exports, searches: ExecutionSearchStore(database: database)).action
            ], redis: redis,
            identifiers: composition.identifiers, timeout: settings.executionTimeout,
            takesNew: { [gate] in gate.takesNew() }, logger: composition.logger)
        let loop = composition.loops.next()
        composition.add(Service("plans", stop: { time in await loop.run { await plans.stop(within: time) } }))
        return PlanRoutes(plans: plans, authenticator: authenticator)
    }

    /// Signing in, and who is signed in.
    func signIns(
        _ product: Product, _ hash: CredentialHash, _ passwords: PasswordChecks, _ trail: AuditTrail,
        _ composition: Composition<APIServerSettings>
    ) -> SignInProduct {
        SignInProduct(
            database: database, hash: hash, passwords: passwords,
            attempts: SignInAttempts(redis: redis, hash: hash, logger: composition.logger),
            issuer: settings.deploymentName, identifiers: composition.identifiers, changes: product.changes,
            logger: composition.logger, trail: trail, whenSlowedDown: slowedSignIns(product.notices, composition.logger)
        )
    }

    /// What is done when attempts to sign in as somebody have failed so often that further ones have to wait.
    private func slowedSignIns(_ notices: Notices, _ logger: Logger) -> @Sendable (User, String) async -> Void {
        { user, address in
            do {
                try await notices.signInsAreSlowedDown(of: user, from: address)
            } catch {
                logger.warning("a notice could not be stored", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// This server itself: it is up when it answers, and knows what waits in it.
    private func own(_ recorder: ExecutionRecorder, _ metrics: Metrics) -> HealthTarget {
        HealthTarget("apid", at: nil) { [database] in
            var reading = HealthReading(
                metrics: String(decoding: metrics.exposition(), as: UTF8.self), of: "apid", at: Date())
            let records = await recorder.statistics()
            let connections = await database.statistics()
            reading.queues += [
                QueueReading(
                    name: "apid.records", waiting: records.waiting, running: records.underWay, limit: records.limit,
                    oldestSeconds: records.oldest?.inSeconds),
                QueueReading(
                    name: "apid.database", waiting: connections.waiting, running: connections.open - connections.idle,
                    limit: nil, oldestSeconds: nil),
            ]
            return reading
        }
    }
}
