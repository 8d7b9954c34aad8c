import Logging
import Settings
import Access
import Blobs
import DaemonRuntime
import EventLoop
import FoundationEssentials
import HTTPServing
import HTTPTransfer
import IngestGate
import Jobs
import Observability
import OperatorAPI
import Operations
import Postgres
import PublicAPI
import Redis
import Replicas
import SCIM
import Stores
import StoreConnections
import WireAPI

/// Puts the API server together.
struct APIServer {
    let settings: APIServerSettings
    let database: PostgresClient
    let reads: ReadReplicas
    let redis: RedisClient
    let blobs: any BlobStore
    let gate: StorageGate

    init(_ settings: APIServerSettings, in composition: inout Composition<APIServerSettings>) throws {
        self.settings = settings
        database = composition.database(settings.database, program: "scorable-apid")
        reads = try composition.replicas(of: database, settings.database, program: "scorable-apid")
        redis = try composition.redis(settings.redis, .useful)
        composition.announce(over: redis)
        blobs = composition.blobs(settings.blobs)
        gate = StorageGate(
            board: StorageBoard(redis: redis), metrics: composition.metrics, logger: composition.logger,
            probe: { [database] in try await RoomProbe(database: database).write() })
    }

    /// Adds every part and the listeners.
    func compose(_ composition: inout Composition<APIServerSettings>) throws {
        composition.trustedProxies = settings.trustedProxies
        composition.showStores(database, redis)
        let instances = instances(in: &composition)
        compareSettings(instances, in: &composition)
        let hash = CredentialHash(secret: Array(settings.credentialSecret.reveal().utf8))
        let authenticator = Authenticator(
            keys: APIKeyStore(database: database), sessions: SessionStore(database: database),
            objects: ObjectProjectStore(database: database), hash: hash)
        let events = EventPublisher(redis: redis, loops: composition.loops)
        let recorder = ExecutionRecorder(database: database, loops: composition.loops, events: events)
        composition.add(Service("execution recorder", stop: { _ in await recorder.close() }))
        let proxies = proxies(in: &composition)
        let probes = ServerProbes(
            client: proxies, database: database, redis: redis, identifiers: composition.identifiers)
        let trail = AuditTrail(
            database: database, loops: composition.loops, identifiers: composition.identifiers,
            metrics: composition.metrics, logger: composition.logger)
        let product = product(in: &composition, authenticator, recorder, events, probes, trail)
        let feed = EventFeed(redis: redis, logger: composition.logger)
        follow(feed, authenticator, product.changes, in: &composition)

        let traces = traces(product, in: &composition)
        let audit = AuditPart(self, trail, product.notices, in: &composition)
        let passwords = PasswordChecks()
        composition.add(Service("passwords", stop: { _ in passwords.shutdown() }))
        let signIns = signIns(product, hash, passwords, audit.trail, composition)
        let account = account(authenticator, signIns, product)
        let people = people(product, passwords, composition)
        let singleSignOn = SingleSignOnPart(
            self, product, people, signIns, hash, proxies, audit.trail, in: &composition)
        servePublicly(
            product, traces, authenticator, hash, singleSignOn.pages, people.provisioning, audit.following,
            in: &composition)
        let background = QueueProduct(
            database: database, queue: product.queue, identifiers: composition.identifiers,
            logger: composition.logger)
        let exports = exports(product, in: &composition)
        let operatorRoutes = OperatorRoutes(
            authenticator: authenticator, account: account,
            catalogue: product.catalogueRoutes(executionTimeout: settings.executionTimeout),
            executions: product.executionRoutes(feed: feed, executionTimeout: settings.executionTimeout),
            exports: ExportRoutes(exports: exports, authenticator: authenticator),
            dashboard: dashboard(product, recorder, in: &composition),
            plans: plans(product, background, exports, authenticator, in: &composition),
            events: EventRoutes(
                feed: feed, authenticator: authenticator,
                storage: { [gate] in OperatorStorageNews(level: gate.levelName, daysLeft: gate.daysLeft) }),
            installation: installation(proxies, instances, in: &composition),
            providers: providers(product, proxies, probes, in: &composition),
            queues: QueueRoutes(product: background, feed: feed),
            webhooks: webhooks(product, proxies, composition),
            traces: TraceRoutes(product: traces, evaluators: product.evaluators, judges: product.judges),
            labels: LabelRoutes(product), batchStarts: BatchStartRoutes(product),
            keys: keys(product, hash, composition), people: PeopleRoutes(people),
            identityProviders: singleSignOn.providerRoutes, deviceLogins: singleSignOn.terminalRoutes(account),
            audit: audit.routes, retention: retention(composition))
        composition.serveInternally(
            operatorRoutes.routes(trail: audit.following, through: [gate.middleware]).router,
            mapping: ClientProblems.mapping)
    }

    /// Adds the listeners of the public API, with the pages that browsers see.
    private func servePublicly(
        _ product: Product, _ traces: TraceProduct, _ authenticator: Authenticator, _ hash: CredentialHash,
        _ pages: Router, _ provisioning: Provisioning, _ trail: AccessTrail,
        in composition: inout Composition<APIServerSettings>
    ) {
        let temporaryUsers = TemporaryUsers(
            database: database, projects: product.projects, hash: hash,
            terms: settings.temporaryUsers, identifiers: composition.identifiers, changes: product.changes,
            audit: Audit(database: database, identifiers: composition.identifiers, logger: composition.logger))
        let rules = rules(in: composition)
        var publicRouter = product.publicRoutes(
            temporaryUsers: temporaryUsers, executionTimeout: settings.executionTimeout
        )
        .routes(
            authenticator: authenticator, trail: trail, release: Release.version, with: OtelRoutes(product: traces),
            through: rules, whileItTakesNew: { [gate] in gate.takesNew() }
        ).router
        publicRouter.include(pages)
        publicRouter.include(
            SCIMRoutes(provisioning: provisioning, mapping: ClientProblems.mapping).router(
                adding: ProtectedRoutes(authenticator: authenticator, trail: trail, through: rules)))
        composition.listen("public", settings.publicListener, publicRouter, mapping: ClientProblems.mapping)
        composition.listen("loopback", settings.loopbackListener, publicRouter, mapping: ClientProblems.mapping)
    }

    private func account(
        _ authenticator: Authenticator, _ signIns: SignInProduct, _ product: Product
    ) -> AccountRoutes {
        AccountRoutes(
            authenticator: authenticator, product: signIns,
            profiles: Profiles(
                users: UserStore(database: database), sessions: SessionStore(database: database),
                changes: product.changes),
            organizations: Organizations(store: OrganizationStore(database: database)),
            deployment: OperatorSession.Deployment(
                name: settings.deploymentName, isProduction: settings.isProduction, version: Release.version))
    }

    private func product(
        in composition: inout Composition<APIServerSettings>, _ authenticator: Authenticator,
        _ recorder: ExecutionRecorder, _ events: EventPublisher, _ probes: ServerProbes,
        _ trail: AuditTrail
    ) -> Product {
        let client = HTTPClient(
            loops: composition.loops, settings: .ofReplicas(at: [settings.evaluationService]))
        composition.add(Service("evaluation service", stop: { _ in await client.close() }))
        return Product(
            database: database, redis: redis, identifiers: composition.identifiers,
            service: EvaldClient(
                client: client, url: settings.evaluationService, serviceToken: settings.serviceToken.reveal()),
            recorder: recorder, events: events,
            queue: JobQueue(
                database: database, dispatcher: JobDispatcher(redis: redis),
                metrics: DispatchMetrics(composition.metrics), logger: composition.logger),
            gateway: gateway(in: &composition), blobs: blobs, presignedFor: settings.blobs.presignedFor, reads: reads,
            probes: probes,
            audit: Audit(
                database: database, identifiers: composition.identifiers, logger: composition.logger, trail: trail),
            forgetAccess: { authenticator.forgetAll() })
    }

    private func traces(_ product: Product, in composition: inout Composition<APIServerSettings>) -> TraceProduct {
        let traces = TraceProduct(
            database: database, loops: composition.loops, projects: product.projects, evaluators: product.evaluators,
            judges: product.judges, identifiers: composition.identifiers, metrics: composition.metrics,
            audit: product.audit)
        composition.add(Service("spans", stop: { _ in await traces.writer.close() }))
        return traces
    }

    /// Knows whether the daemons have the settings alike that they should.
    private func compareSettings(
        _ instances: InstanceReadings, in composition: inout Composition<APIServerSettings>
    ) {
        let differing = composition.metrics.gauge(
            "scorable_config_hash_mismatch",
            "Settings that are not the same in all processes of this installation although they should be.")
        let (drift, logger) = (SettingsDrift(instances), composition.logger)
        composition.work("settings drift") { drain in
            try await drain.cancelling {
                try await drift.watch {
                    differing.set(Int64($0))
                } complaint: { error in
                    logger.debug("the settings could not be compared", metadata: ["reason": "\(error)"])
                }
            }
        }
    }

    /// The work that goes on beside the requests.
    private func follow(
        _ feed: EventFeed, _ authenticator: Authenticator, _ changes: Changes,
        in composition: inout Composition<APIServerSettings>
    ) {
        composition.work("event feed") { drain in try await drain.cancelling { try await feed.run() } }
        composition.work("storage gate") { [gate] drain in try await drain.cancelling { try await gate.run() } }
        composition.work("changes") { drain in try await drain.cancelling { try await changes.follow() } }
        let logger = composition.logger
        composition.work("key uses") { drain in
            while !drain.hasBegun {
                await drain.wait(atMost: .seconds(20))
                do {
                    try await authenticator.flushKeyUses()
                } catch {
                    logger.warning("the last use of keys could not be stored", metadata: ["reason": "\(error)"])
                }
            }
        }
    }
}
